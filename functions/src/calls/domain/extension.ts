/** What a deadline or a credit means for an open call: extend, announce the end, cut, or nothing. Pure. */
import { addSec } from '../../platform/clock.ts';
import type { Call } from '../documents.ts';
import { absence, awaitedInVain, dueOf, lookAt } from './absence.ts';
import { grantEnd, planHold, sliceDeadline } from './charging.ts';
import type { CallEvent } from './transitions.ts';

export type Decision =
  /** Not due, or not this slice: nothing is written. */
  | { readonly kind: 'none' }
  /** The grant grows: hold `coins` more under the new slice number. */
  | { readonly kind: 'extend'; readonly call: Call; readonly coins: number }
  /** Nothing more can be granted; the next deadline is the cut. */
  | { readonly kind: 'announce'; readonly call: Call; readonly lowBalance: boolean }
  /** A credit came: the deadline moves, nothing is held yet. */
  | { readonly kind: 'rearm'; readonly call: Call }
  | { readonly kind: 'end'; readonly event: CallEvent };

/**
 * Decides at a deadline. Run by the task, by a token renewal, by the sweep and before any end, so that all of them
 * see the same truth.
 * @param availableCoins of the caller
 */
export function decideAtDeadline(call: Call, availableCoins: number, now: Date): Decision {
  if (call.state === 'ended' || call.deadlineAt === null || now < call.deadlineAt) return { kind: 'none' };
  if (call.state !== 'ongoing') return { kind: 'end', event: { type: 'timeout' } };
  const gone = awaitedInVain(call, now);
  if (gone !== undefined) return { kind: 'end', event: gone };
  const due = dueOf(call);
  if (due !== null && now < due) return { kind: 'none' };
  return extendNow(call, availableCoins, now) ?? runOut(call, availableCoins, now);
}

/** What a person's own event finds first: a deadline that has passed ends the call before the event can. */
export function overdueEnd(call: Call, availableCoins: number, now: Date): CallEvent | undefined {
  const decision = decideAtDeadline(call, availableCoins, now);
  if (decision.kind !== 'end') return undefined;
  // A late end of a call that could still pay is an end: it is clamped to the grant like a cut.
  return decision.event.type === 'cut' && decision.event.reason === 'connection_lost'
    ? undefined
    : decision.event;
}

/** A credit arrived during the call. */
export function decideAtCredit(call: Call, availableCoins: number, now: Date): Decision {
  if (call.state === 'ended') return { kind: 'none' };
  if (planHold(call, availableCoins, call.grantedMinutes).minutes < 1) return { kind: 'none' };
  if (call.state !== 'ongoing' || call.grantedUntil === null) {
    return call.lastHold ? { kind: 'rearm', call: { ...call, lastHold: false } } : { kind: 'none' };
  }
  const due = sliceDeadline(call, call.grantedUntil);
  if (now >= due) return extendNow(call, availableCoins, now) ?? { kind: 'none' };
  const armed = dueOf(call)?.getTime() === due.getTime();
  if (armed) return call.final ? { kind: 'rearm', call: { ...call, final: false } } : { kind: 'none' };
  return { kind: 'rearm', call: { ...call, final: false, slice: call.slice + 1, ...lookAt(call, due) } };
}

function extendNow(call: Call, availableCoins: number, now: Date): Decision | undefined {
  if (call.connectedAt === null || call.grantedUntil === null) return undefined;
  // When the tokens have expired both are out of the channel: more time would be charged to nobody's use.
  if (now >= addSec(call.grantedUntil, call.terms.tokenGraceSec)) return undefined;
  const hold = planHold(call, availableCoins, call.grantedMinutes);
  if (hold.minutes < 1) return undefined;
  const grantedMinutes = call.grantedMinutes + hold.minutes;
  const grantedUntil = grantEnd(call.connectedAt, grantedMinutes);
  const extended: Call = {
    ...call,
    grantedMinutes,
    grantedUntil,
    final: hold.final,
    slice: call.slice + 1,
    ...lookAt(call, sliceDeadline(call, grantedUntil)),
    evidence: [...call.evidence, { at: now, party: 'system', source: 'server', event: 'extended' }],
  };
  return { kind: 'extend', call: extended, coins: hold.coins };
}

function runOut(call: Call, availableCoins: number, now: Date): Decision {
  const { grantedUntil } = call;
  const longest = call.grantedMinutes >= call.terms.maxMinutes;
  const exhausted = Math.floor(availableCoins / call.coinsPerMinute) < 1;
  if (grantedUntil === null || now >= grantedUntil) {
    // Nobody can come back into a time that is over.
    const gone = absence(call);
    if (gone !== undefined) return { kind: 'end', event: gone };
    const reason = longest ? 'max_duration' : exhausted ? 'coins_exhausted' : 'connection_lost';
    return { kind: 'end', event: { type: 'cut', reason } };
  }
  const announced: Call = { ...call, final: exhausted, slice: call.slice + 1, ...lookAt(call, grantedUntil) };
  return { kind: 'announce', call: announced, lowBalance: exhausted && !longest };
}
