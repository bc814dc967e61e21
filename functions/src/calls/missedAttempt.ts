/** A listener who is offline learns who has tried to call, by a push that no caller can send often. */
import { refuse, Refusal } from '../platform/errors.ts';
import type { Post, Posted } from '../platform/outbox.ts';
import { countHit, rateLimits, type RateLimits } from '../platform/rateLimit.ts';
import type { Writer } from '../platform/store/port.ts';
import type { Limits } from '../settings.ts';
import { missedAttemptPush } from './effects.ts';

export interface Attempt {
  /** The call that is not made: names the effect. */
  readonly callId: string;
  readonly callerId: string;
  readonly callerName: string;
  readonly calleeId: string;
  /** Of the caller. */
  readonly stored: RateLimits | undefined;
  readonly limits: Limits;
  readonly now: Date;
}

/**
 * Posts the push, unless the caller has had as many as `limits` allows.
 * @throws Refusal CALLEE_OFFLINE when there is nothing to post: then nothing is written
 */
export function postMissedAttempt(writer: Writer, post: Post, attempt: Attempt): Posted | undefined {
  const { callId, callerId, callerName, calleeId, now } = attempt;
  writer.set(rateLimits.doc(callerId), counted(attempt));
  return post(`missed-${callId}`, [missedAttemptPush(calleeId, callerName, now)], now);
}

function counted({ calleeId, stored, limits, now }: Attempt): RateLimits {
  const windows = [
    { key: `calls.missed:${calleeId}`, max: 1, windowSec: limits.missedCallPushSec },
    { key: 'calls.missed', max: limits.callsPerHour, windowSec: 3600 },
  ];
  try {
    return countHit(stored, windows, now);
  } catch (fault) {
    if (fault instanceof Refusal) throw refuse('CALLEE_OFFLINE');
    throw fault;
  }
}
