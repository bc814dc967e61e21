/** Delivers the effects of the outbox: the one place that knows which capability or gateway takes which kind. */
import { z } from 'zod';
import { endSessions, type EndSessions } from './auth/logout.ts';
import { deleteSignals } from './calls/deleteSignals.ts';
import { callMedia, calls, partySchema, type Party } from './calls/documents.ts';
import { DEADLINE_QUEUE, type CallEffect } from './calls/effects.ts';
import { deadlinePayload } from './calls/events.ts';
import { seatOf } from './calls/media.ts';
import { creditArrived } from './calls/reachDeadline.ts';
import type { CoinsCredited } from './ledger/creditCoins.ts';
import { sendPush } from './notifications/sendPush.ts';
import { secBetween } from './platform/clock.ts';
import { assertNever } from './platform/errors.ts';
import type { Effect } from './platform/outbox.ts';
import type { AppPorts } from './ports.ts';
import { presencePayload, type PresenceEffect } from './presence/effects.ts';
import { refreshPresence } from './presence/refreshPresence.ts';

/** Every effect there is. */
export type AppEffect = CallEffect | CoinsCredited | EndSessions | PresenceEffect;

const message = z.object({
  data: z.record(z.string(), z.string()),
  notification: z.object({ title: z.string(), body: z.string() }).optional(),
  ttlSec: z.number(),
});

/** What a task of the deadline queue carries: a busy mark's, which says so, or else a call's. */
const taskPayload = z.union([presencePayload, deadlinePayload]);

// What lies in the outbox may have been written by another version, so it is parsed like any other document.
const effectSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('task.create'),
    id: z.string(),
    payload: taskPayload,
    at: z.date(),
  }),
  z.object({ kind: z.literal('task.remove'), id: z.string() }),
  z.object({ kind: z.literal('push'), uid: z.string(), message, usefulUntil: z.date() }),
  z.object({ kind: z.literal('media.close'), callId: z.string(), lockUntil: z.date() }),
  z.object({ kind: z.literal('media.remove'), callId: z.string(), party: partySchema }),
  z.object({ kind: z.literal('signals.delete'), callId: z.string() }),
  z.object({ kind: z.literal('coins.credited'), uid: z.string(), callId: z.string() }),
  z.object({
    kind: z.literal('auth.endSessions'),
    uid: z.string(),
    leftSec: z.number().optional(),
  }),
  z.object({ kind: z.literal('presence.refresh'), uid: z.string() }),
]);

/** A channel stays closed this much longer than its last token lives. */
const LOCK_MARGIN_SEC = 10;

/** @throws when the effect has to be tried again */
export async function deliverEffect(ports: AppPorts, raw: Effect): Promise<void> {
  const effect = effectSchema.parse(raw);
  switch (effect.kind) {
    case 'task.create':
      await ports.tasks.enqueue({
        queue: DEADLINE_QUEUE,
        id: effect.id,
        payload: effect.payload,
        at: effect.at,
      });
      return;
    case 'task.remove':
      await ports.tasks.remove({ queue: DEADLINE_QUEUE, id: effect.id });
      return;
    case 'push': {
      const { notification, data, ttlSec } = effect.message;
      await sendPush(ports, { ...effect, message: { data, ttlSec, ...(notification && { notification }) } });
      return;
    }
    case 'media.close':
      await closeChannel(ports, effect);
      return;
    case 'media.remove':
      await removeParty(ports, effect);
      return;
    case 'signals.delete':
      await deleteSignals(ports, effect.callId);
      return;
    case 'coins.credited':
      await creditArrived(ports, effect);
      return;
    case 'auth.endSessions':
      await endSessions(ports, effect);
      return;
    case 'presence.refresh':
      await refreshPresence(ports, effect.uid);
      return;
    default:
      assertNever(effect);
  }
}

async function closeChannel(
  ports: AppPorts,
  { callId, lockUntil }: { callId: string; lockUntil: Date },
): Promise<void> {
  const [media] = await ports.store.getAll(callMedia.doc(callId));
  if (media === undefined) return;
  // Also when the last token has expired by our clock: the provider's may be late, and a rule costs nothing.
  const lockSec = Math.max(0, secBetween(ports.clock.now(), lockUntil)) + LOCK_MARGIN_SEC;
  await ports.media.closeChannel({ channel: media.channel, lockSec });
}

/** The shortest rule that Agora takes: they come back with the token they have. */
const REMOVAL_SEC = 10;

/** The end of a call closes its channel for all, so after it there is nobody to remove. */
async function removeParty(
  ports: AppPorts,
  { callId, party }: { callId: string; party: Party },
): Promise<void> {
  const [call, media] = await ports.store.getAll(calls.doc(callId), callMedia.doc(callId));
  if (call === undefined || call.state === 'ended' || media === undefined) return;
  const { channel, mediaUid: uid } = seatOf(media, party);
  await ports.media.closeChannel({ channel, uid, lockSec: REMOVAL_SEC });
}
