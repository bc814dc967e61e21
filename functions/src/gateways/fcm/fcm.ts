/** Pushes through firebase-admin messaging, loaded on first use; and the recorder of the local stack. */
import { systemClock } from '../../platform/clock.ts';
import type { PushGateway, PushMessage } from '../push.ts';

/** FCM takes at most 500 messages a send. */
const MAX_BATCH = 500;

/** Production's gateway. */
export const fcmPush: PushGateway = {
  async send(devices, message) {
    const { getMessaging } = await import('firebase-admin/messaging');
    const now = systemClock.now();
    const messages = devices.slice(0, MAX_BATCH).map(({ token }) => fcmMessage(token, message, now));
    const result = await getMessaging().sendEach(messages);
    // A token that is no longer registered will never take it; trying again helps only against other failures.
    const retryable = result.responses.some(({ error }) => error !== undefined && !GONE.has(error.code));
    if (result.successCount === 0 && retryable) throw new Error('no push was taken');
    const gone = devices.filter((_, index) => GONE.has(result.responses[index]?.error?.code ?? ''));
    return { gone: gone.map(({ deviceId }) => deviceId) };
  },
};

/** What FCM says of a token that belongs to no installed app any more. */
const GONE = new Set(['messaging/registration-token-not-registered', 'messaging/invalid-registration-token']);

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

/** Records what would be sent, where the local stack shows it. */
export function recordedPush(record: (push: object) => Promise<void>): PushGateway {
  return {
    async send(devices, { data, notification }) {
      await Promise.all(
        devices.map(async ({ uid, deviceId }) => {
          await record({ uid, deviceId, data, ...(notification && { notification }) });
        }),
      );
      return { gone: [] };
    },
  };
}
