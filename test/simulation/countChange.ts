/** What a change of a call counts as. */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { Counters } from './counters.ts';

/** Tells from two states of a call what has happened to it. */
export function countChange(counters: Counters, before: Call | undefined, after: Call): void {
  if (before === undefined) counters.hit('call started');
  if (after.final && before?.final !== true) counters.hit('final slice');
  if (before === undefined) return;
  const extended = after.grantedMinutes > before.grantedMinutes;
  if (extended) counters.hit(before.final ? 'extended by credit' : 'extend');
  if (after.state === 'ended') return counters.hit(after.endReason ?? 'failed');
  const cutNext = (call: Call): boolean =>
    call.grantedUntil !== null && call.deadlineAt?.getTime() === call.grantedUntil.getTime();
  if (cutNext(after) && !cutNext(before)) counters.hit('announced end');
  if (before.final && !after.final && !extended) counters.hit('rearmed by credit');
}
