/** Calls in every state, for tests. */
import { defaultSettings } from '../settings.ts';
import { addSec } from '../platform/clock.ts';
import { NO_TRACKS, type Call, type Terms } from '../calls/documents.ts';
import { applyEvent } from '../calls/domain/lifecycle.ts';
import { priceOf } from '../calls/price.ts';
import type { CallEvent } from '../calls/domain/transitions.ts';

/** The instant at which the calls of tests are started. */
export const START = new Date('2026-01-05T10:00:00.000Z');

/** @returns the instant `sec` seconds after START */
export const at = (sec: number): Date => addSec(START, sec);

/** The terms that the default settings give an audio call. */
export function defaultTerms(): Terms {
  return priceOf(defaultSettings(), 'audio').terms;
}

/** A call that rings since START, with ten minutes held at ten coins each. */
export function ringingCall(overrides: Partial<Call> = {}): Call {
  return {
    callerId: 'caller',
    calleeId: 'callee',
    caller: { displayName: 'Asha', imageUrl: null },
    callee: { displayName: 'Ravi', imageUrl: null },
    type: 'audio',
    state: 'ringing',
    endReason: null,
    coinsPerMinute: 10,
    createdAt: START,
    ringExpiresAt: at(60),
    acceptedAt: null,
    connectedAt: null,
    grantedUntil: null,
    final: false,
    lastHold: false,
    endedAt: null,
    durationSec: null,
    billedMinutes: null,
    slice: 0,
    deadlineAt: at(60),
    dueAt: null,
    grantedMinutes: 10,
    joined: { caller: null, callee: null },
    seatKeys: null,
    mediaTracks: NO_TRACKS,
    mediaProvider: null,
    relayOnly: false,
    terms: defaultTerms(),
    evidence: [],
    endedBy: null,
    endedWith: null,
    flagged: false,
    callerHasCard: false,
    calleeHasCard: true,
    inputHash: '',
    expireAt: at(90 * 86_400),
    ...overrides,
  };
}

/** Applies an event that must be taken. */
export function moved(call: Call, event: CallEvent, now: Date): Call {
  const outcome = applyEvent(call, event, now);
  if (outcome.kind !== 'moved') throw new Error(`${event.type} was ${outcome.kind}`);
  return outcome.call;
}

/** Accepted 5 s after the start. */
export function connectingCall(overrides: Partial<Call> = {}): Call {
  return moved(ringingCall(overrides), { type: 'accept', by: 'callee' }, at(5));
}

/** Connected 10 s after the start: the caller joined at 8 s, the callee at 10 s. */
export function ongoingCall(overrides: Partial<Call> = {}): Call {
  const first = moved(connectingCall(overrides), { type: 'joined', by: 'caller', at: at(8) }, at(8));
  return moved(first, { type: 'joined', by: 'callee', at: at(10) }, at(10));
}
