/** The effects of a call's changes: its deadline tasks, its pushes, and the end of its media. */
import { pushEffect, type PushEffect } from '../notifications/pushEffect.ts';
import { addSec, latest } from '../platform/clock.ts';
import { post } from '../platform/outbox.ts';
import type { Writer } from '../platform/store/port.ts';
import type { Call, Party } from './documents.ts';
import { dueOf } from './domain/absence.ts';
import { connectDeadline } from './domain/lifecycle.ts';

export const DEADLINE_QUEUE = 'deadlines';

/** What a deadline task carries; `slice` fences it. The caller's id saves a read. */
export interface DeadlinePayload {
  readonly callId: string;
  readonly callerId: string;
  readonly slice: number;
}

export type CallEffect =
  | {
      readonly kind: 'task.create';
      readonly id: string;
      readonly payload: DeadlinePayload;
      readonly at: Date;
    }
  | { readonly kind: 'task.remove'; readonly id: string }
  | PushEffect
  | { readonly kind: 'media.close'; readonly callId: string; readonly lockUntil: Date }
  | { readonly kind: 'signals.delete'; readonly callId: string }
  | RemoveUnstable;

/** Removes one party from the channel of an open call for a moment. */
export interface RemoveUnstable {
  readonly kind: 'media.remove';
  readonly callId: string;
  readonly party: Party;
}

/** Agora asks for it 60 s after a leave for reason 999. */
const REMOVE_AFTER_SEC = 60;

/** Posts the removal of whoever comes and goes too often: the sweep delivers it when Agora wants it. */
export function postRemoval(writer: Writer, { callId, by, seq }: Unstable, now: Date): void {
  const effect: RemoveUnstable = { kind: 'media.remove', callId, party: by };
  post(writer, `unstable-${callId}-${by}-${seq}`, [effect], {
    now,
    notBefore: addSec(now, REMOVE_AFTER_SEC),
  });
}

interface Unstable {
  readonly callId: string;
  readonly by: Party;
  /** Of the event that tells of it. */
  readonly seq: number;
}

const taskId = (callId: string, slice: number): string => `${callId}-${slice}`;

/**
 * Moves the deadline task from the state before to the state after.
 * @param firedSlice the slice whose task is running now: it needs no removal
 */
export function deadlineEffects(
  callId: string,
  change: { readonly before?: Call; readonly after: Call; readonly firedSlice?: number },
): CallEffect[] {
  const { before, after, firedSlice } = change;
  if (before?.slice === after.slice) return [];
  const effects: CallEffect[] = [];
  if (before?.deadlineAt && before.slice !== firedSlice) {
    effects.push({ kind: 'task.remove', id: taskId(callId, before.slice) });
  }
  const due = dueOf(after);
  if (due !== null) {
    effects.push({
      kind: 'task.create',
      id: taskId(callId, after.slice),
      payload: { callId, callerId: after.callerId, slice: after.slice },
      at: due,
    });
  }
  return effects;
}

const MISSED_CALL = 'Missed call';

/** How long news of an ended call is worth delivering. */
const NEWS_SEC = 600;
const newsUntil = (at: Date): Date => new Date(at.getTime() + NEWS_SEC * 1000);

/** Rings the callee's devices. */
export function incomingCallPush(callId: string, call: Call): CallEffect {
  const data = {
    callId,
    callType: call.type,
    callerName: call.caller.displayName,
    callerImageUrl: call.caller.imageUrl ?? '',
    ringExpiresAt: call.ringExpiresAt.toISOString(),
  };
  return pushEffect(call.calleeId, 'incoming_call', data, call.ringExpiresAt);
}

/** Stops the ringing on the callee's other devices. */
export function callTakenPush(callId: string, call: Call): CallEffect {
  return pushEffect(call.calleeId, 'call_taken', { callId }, call.ringExpiresAt);
}

/** Warns the caller that the coins end. `secondsLeft` counts from now to the cut. */
export function lowBalancePush(callId: string, call: Call, now: Date): CallEffect {
  const until = call.grantedUntil ?? now;
  const secondsLeft = Math.max(0, Math.round((until.getTime() - now.getTime()) / 1000));
  const data = { callId, secondsLeft: String(secondsLeft), coinsPerMinute: String(call.coinsPerMinute) };
  return pushEffect(call.callerId, 'low_balance', data, until);
}

/** Everything that follows an end: tasks, news to those who did not end it, the closed channel. */
export function endEffects(
  callId: string,
  change: { readonly before: Call; readonly after: Call; readonly firedSlice?: number; readonly now: Date },
): CallEffect[] {
  const { before, after, now } = change;
  const effects = deadlineEffects(callId, change);
  const wasRinging = before.state === 'ringing';
  for (const party of ['caller', 'callee'] as const) {
    const news = newsFor(callId, { after, party, wasRinging });
    if (news !== undefined) effects.push(news);
  }
  if (after.acceptedAt !== null) effects.push(mediaEnd(callId, after, now));
  return effects;
}

/** Without a media server nobody can be kicked: what is left to do is to take the addresses of both away. */
function mediaEnd(callId: string, after: Call, now: Date): CallEffect {
  if (after.mediaProvider === 'webrtc') return { kind: 'signals.delete', callId };
  return { kind: 'media.close', callId, lockUntil: lastTokenEnd(after, now) };
}

function newsFor(
  callId: string,
  end: { readonly after: Call; readonly party: Party; readonly wasRinging: boolean },
): CallEffect | undefined {
  const { after, party, wasRinging } = end;
  const endReason = after.endReason ?? '';
  const until = newsUntil(after.endedAt ?? after.createdAt);
  if (party === 'callee' && wasRinging) {
    if (endReason === 'no_answer') return missedCallPush(callId, after, until);
    // Also after their own reject: the other devices must stop ringing.
    return pushEffect(after.calleeId, 'call_cancelled', { callId, endReason }, until);
  }
  if (after.endedBy === party) return undefined;
  const uid = party === 'caller' ? after.callerId : after.calleeId;
  const data = { callId, endReason, durationSec: String(after.durationSec ?? 0) };
  return pushEffect(uid, 'call_ended', data, until);
}

function missedCallPush(callId: string, call: Call, until: Date): CallEffect {
  const callerName = call.caller.displayName;
  const at = (call.endedAt ?? call.createdAt).toISOString();
  const notification = { title: MISSED_CALL, body: callerName };
  return pushEffect(call.calleeId, 'missed_call', { callId, callerName, at }, until, notification);
}

/** Tells a listener who was offline that somebody has tried to call. @param at the time of it */
export function missedAttemptPush(calleeId: string, callerName: string, at: Date): CallEffect {
  const data = { callerName, at: at.toISOString() };
  const notification = { title: MISSED_CALL, body: callerName };
  return pushEffect(calleeId, 'missed_call', data, newsUntil(at), notification);
}

/** The moment after which no token of this call lets anyone in. */
export function lastTokenEnd(call: Call, now: Date): Date {
  const connect = connectDeadline(call, call.acceptedAt ?? now);
  return addSec(latest(connect, call.grantedUntil ?? connect), call.terms.tokenGraceSec);
}
