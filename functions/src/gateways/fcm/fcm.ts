/** Pushes through firebase-admin messaging, loaded on first use; and the recorder of the local stack. */
import type { BatchResponse, TokenMessage } from 'firebase-admin/messaging';
import { batchesOf } from '../../platform/batches.ts';
import { systemClock } from '../../platform/clock.ts';
import { StackRefusal } from '../../platform/local.ts';
import { describeFault, type Log } from '../../platform/log.ts';
import type { PushGateway, PushMessage } from '../push.ts';
import { outcomeOf, settle, type Outcome } from './outcome.ts';

/** FCM takes at most 500 messages a send. */
const MAX_BATCH = 500;

/** Sends one batch, at most 500 messages. @throws when the session broke, and nothing is known of any of them */
export type SendBatch = (messages: TokenMessage[]) => Promise<Pick<BatchResponse, 'responses'>>;

const sendEach: SendBatch = async (messages) => {
  const { getMessaging } = await import('firebase-admin/messaging');
  return await getMessaging().sendEach(messages);
};

/** Production's gateway. What a device did not take is logged with FCM's code, without the token. */
export function fcmPush(log: Log, send: SendBatch = sendEach): PushGateway {
  return {
    async send(devices, message) {
      const now = systemClock.now();
      const messages = devices.map(({ token }) => fcmMessage(token, message, now));
      const outcomes = await Promise.all(
        batchesOf(messages, MAX_BATCH).map(async (batch) => await outcomesOf(batch, send, log)),
      );
      return { gone: settle(devices, outcomes.flat()).map(({ deviceId }) => deviceId) };
    },
  };
}

/** One outcome for each message of the batch. */
async function outcomesOf(batch: TokenMessage[], send: SendBatch, log: Log): Promise<Outcome[]> {
  try {
    const { responses } = await send(batch);
    return responses.map(({ error }) => {
      const outcome = outcomeOf(error?.code);
      if (error !== undefined && outcome !== 'gone')
        log.write('WARNING', 'a device did not take a push', { code: error.code });
      return outcome;
    });
  } catch (fault) {
    log.write('WARNING', 'pushes could not be sent', { count: batch.length, fault: describeFault(fault) });
    return batch.map(() => 'failed');
  }
}

/** One message as FCM takes it, for every platform. @param now real time: Apple counts the expiry from 1970 */
export function fcmMessage(token: string, message: PushMessage, now: Date) {
  const { data, notification, ttlSec } = message;
  return {
    token,
    data: { ...data },
    ...(notification && { notification }),
    android: { priority: 'high' as const, ttl: ttlSec * 1000 },
    apns: apnsOf(message, now),
    webpush: { headers: { Urgency: 'high', TTL: String(ttlSec) } },
  };
}

/** Apple takes data-only messages only as background ones of priority 5, and drops what nobody can use any more. */
function apnsOf({ notification, ttlSec }: PushMessage, now: Date) {
  const expiresSec = String(Math.floor(now.getTime() / 1000) + ttlSec);
  const headers = { 'apns-expiration': expiresSec };
  if (notification !== undefined) {
    return { headers: { ...headers, 'apns-priority': '10', 'apns-push-type': 'alert' } };
  }
  return {
    headers: { ...headers, 'apns-priority': '5', 'apns-push-type': 'background' },
    payload: { aps: { contentAvailable: true } },
  };
}

/** Records what would be sent, where the local stack shows it. @param record refused with 404 for an app that is gone */
export function recordedPush(record: (push: object) => Promise<void>): PushGateway {
  return {
    async send(devices, { data, notification }) {
      const outcomes = await Promise.all(
        devices.map(async ({ uid, deviceId }) => {
          const push = { uid, deviceId, data, ...(notification && { notification }) };
          return await record(push).then(() => 'taken' as const, recordedOutcome);
        }),
      );
      return { gone: settle(devices, outcomes).map(({ deviceId }) => deviceId) };
    },
  };
}

function recordedOutcome(fault: unknown): Outcome {
  return fault instanceof StackRefusal && fault.status === 404 ? 'gone' : 'failed';
}
