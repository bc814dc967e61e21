/** One event applied to a call: the pure step between two stored states. */
import { addSec, latest } from '../../platform/clock.ts';
import { invariant } from '../../platform/errors.ts';
import type { Call, EndOperation, EndReason, EndedBy, Evidence, Party } from '../documents.ts';
import { lookAt } from './absence.ts';
import { chargeFor, clampToGrant, grantEnd, heldCoins, sliceDeadline } from './charging.ts';
import { TRANSITIONS, eventKey, type CallEvent } from './transitions.ts';

/** What the event led to. */
export type Outcome =
  /** The stored state changes to `call`. */
  | { readonly kind: 'moved'; readonly call: Call }
  /** The same event has done its work before: the same answer again, nothing to write. */
  | { readonly kind: 'replayed'; readonly call: Call }
  | { readonly kind: 'refused' };

/**
 * Applies an event.
 * @param now the moment of the decision; instants inside an event are clamped to it
 */
export function applyEvent(call: Call, event: CallEvent, now: Date): Outcome {
  if (call.state === 'ended') return repeatEnd(call, event);
  if (event.type === 'joined' && call.joined[event.by] !== null && call.state !== 'ringing') {
    return { kind: 'replayed', call };
  }
  const target = TRANSITIONS[call.state][eventKey(event)];
  if (target === undefined) return { kind: 'refused' };
  switch (target.to) {
    case 'connecting':
      return { kind: 'moved', call: accepted(call, now) };
    case 'joined':
      invariant(event.type === 'joined', 'only a join joins');
      return { kind: 'moved', call: withJoin(call, event, now) };
    case 'ended': {
      const reason = target.reason === 'asCut' && event.type === 'cut' ? event.reason : target.reason;
      invariant(reason !== 'asCut', 'only a cut is decided by the cut');
      return { kind: 'moved', call: endCall(call, { event, reason }, now) };
    }
  }
}

/** On an ended call: the same operation by the same person, or an end of a connected call, gets its answer again. */
function repeatEnd(call: Call, event: CallEvent): Outcome {
  const { endedBy, operation } = author(event);
  const same = operation !== null && call.endedWith === operation && call.endedBy === endedBy;
  const receipt = (event.type === 'end' || event.type === 'emergencyEnd') && call.connectedAt !== null;
  return same || receipt ? { kind: 'replayed', call } : { kind: 'refused' };
}

function accepted(call: Call, now: Date): Call {
  return {
    ...call,
    state: 'connecting',
    acceptedAt: now,
    slice: call.slice + 1,
    deadlineAt: connectDeadline(call, now),
    evidence: [...call.evidence, { at: now, party: 'callee', source: 'client', event: 'accepted' }],
  };
}

/** When both must have joined. */
export function connectDeadline(call: Pick<Call, 'terms'>, acceptedAt: Date): Date {
  return addSec(acceptedAt, call.terms.connectSec);
}

/** @returns an instant that somebody else has reported, not before the accept and not in the future */
export function plausible(call: Pick<Call, 'acceptedAt'>, reportedAt: Date, now: Date): Date {
  return reportedAt > now ? now : latest(reportedAt, call.acceptedAt ?? now);
}

/**
 * The party's app says that it has joined after the media provider has said so: evidence, and nothing else.
 * @returns undefined when the app has said it before
 */
export function notedJoin(call: Call, by: Party, at: Date): Call | undefined {
  const told = call.evidence.some(
    ({ party, source, event }) => party === by && source === 'client' && event === 'joined',
  );
  if (told) return undefined;
  const item: Evidence = { at, party: by, source: 'client', event: 'joined' };
  return { ...call, evidence: [...call.evidence, item] };
}

function withJoin(call: Call, event: Extract<CallEvent, { type: 'joined' }>, now: Date): Call {
  const { by, source = 'client' } = event;
  const at = plausible(call, event.at, now);
  const joined = { ...call.joined, [by]: at };
  const evidence: Evidence[] = [...call.evidence, { at, party: by, source, event: 'joined' }];
  if (joined.caller === null || joined.callee === null) return { ...call, joined, evidence };
  // The later join counts: nobody pays for time alone in the channel.
  const connectedAt = latest(joined.caller, joined.callee);
  const grantedUntil = grantEnd(connectedAt, call.grantedMinutes);
  return {
    ...call,
    state: 'ongoing',
    joined,
    evidence,
    connectedAt,
    grantedUntil,
    final: call.lastHold,
    slice: call.slice + 1,
    ...lookAt(call, sliceDeadline(call, grantedUntil)),
  };
}

interface Ending {
  readonly event: CallEvent;
  readonly reason: EndReason;
}

function endCall(call: Call, { event, reason }: Ending, now: Date): Call {
  const endedAt = clampToGrant(call, endInstant(call, event, now));
  const { durationSec, billedMinutes } = chargeFor(
    call,
    { connectedAt: call.connectedAt, endedAt },
    heldCoins(call),
  );
  const { endedBy, operation } = author(event);
  const evidence = endEvidence(event, reason, endedAt);
  return {
    ...call,
    state: 'ended',
    endReason: reason,
    endedAt,
    durationSec,
    billedMinutes,
    slice: call.slice + 1,
    deadlineAt: null,
    dueAt: null,
    endedBy,
    endedWith: operation,
    flagged: call.flagged || reason === 'emergency',
    evidence: [...call.evidence, ...evidence],
  };
}

/** The moment an event ends a call: deadlines end it when they were due, however late they are noticed. */
function endInstant(call: Call, event: CallEvent, now: Date): Date {
  if (event.type === 'lost') return event.at;
  if (event.type === 'cut') return call.grantedUntil ?? now;
  if (event.type === 'timeout') return call.deadlineAt ?? now;
  return now;
}

function endEvidence(event: CallEvent, reason: EndReason, at: Date): Evidence[] {
  if (event.type === 'cut') return [{ at, party: 'system', source: 'server', event: 'cut', reason }];
  // Who has left the media is in the evidence already, in the provider's words.
  if (event.type === 'lost' && event.from !== 'media')
    return [{ at, party: event.by, source: 'server', event: 'left', reason: 'no beat' }];
  return [];
}

function author(event: CallEvent): { endedBy: EndedBy; operation: EndOperation | null } {
  switch (event.type) {
    case 'reject':
    case 'cancel':
    case 'end':
    case 'emergencyEnd':
      return { endedBy: event.by, operation: event.type };
    case 'adminEnd':
      return { endedBy: 'admin', operation: 'adminEnd' };
    case 'accept':
    case 'joined':
    case 'tokenFailed':
    case 'timeout':
    case 'cut':
    case 'lost':
      return { endedBy: 'system', operation: null };
  }
}
