/** I9: what is refused has changed nothing, except that a deadline which had passed was carried out first. */
import type { Refusal } from '../../functions/src/platform/errors.ts';
import type { Invocation } from './scheduler.ts';
import type { Surroundings } from './parts.ts';

/** What an operation may write although it refuses: a token is counted also when what follows fails. */
const COUNTED: Readonly<Record<string, RegExp>> = { token: /^calls\/[^/]+\/beats\//u };
/** The one refusal that tells somebody: a listener learns who called while they were offline. */
const MISSED_ATTEMPT = /^(limits\/caller-\d|limits\/listener-\d|outbox\/missed-[\w-]+)$/u;

/** @returns what a refused run should not have written; undefined when all is well */
export function refusalProblem(world: Surroundings, run: Invocation, refusal: Refusal): string | undefined {
  if (run.wrote.length === 0) world.hit('refused without a write');
  // An answer that was lost on the way in makes the work meet its own change.
  if (run.lostAck) return undefined;
  const wrote = run.wrote.filter((path) => COUNTED[run.name]?.test(path) !== true);
  if (wrote.length === 0) return undefined;
  const told = run.name === 'start' && refusal.reason === 'CALLEE_OFFLINE';
  if (told && isMissedAttempt(wrote)) {
    world.hit('missed attempt told');
    return undefined;
  }
  const ended = wrote.some((path) => {
    const call = path.startsWith('calls/') ? world.auditor.calls.get(path.slice('calls/'.length)) : undefined;
    return call?.endedBy === 'system';
  });
  if (refusal.reason === 'INVALID_TRANSITION' && ended) return undefined;
  return `I9: ${run.name} was refused (${refusal.reason}) and wrote ${wrote.join(', ')}`;
}

/** Whether no more was written than one push, posted and delivered, and the count of it. */
function isMissedAttempt(paths: readonly string[]): boolean {
  const documents = new Set(paths);
  return documents.size === 2 && [...documents].every((path) => MISSED_ATTEMPT.test(path));
}
