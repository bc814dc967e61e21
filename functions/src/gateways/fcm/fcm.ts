/** Pushes through firebase-admin messaging, loaded on first use; and the recorder of the local stack. */
import type { PushGateway } from '../push.ts';

/** FCM takes at most 500 messages a send. */
const MAX_BATCH = 500;

/** Production's gateway. */
export const fcmPush: PushGateway = {
  async send(devices, message) {
    const { getMessaging } = await import('firebase-admin/messaging');
    const messages = devices.slice(0, MAX_BATCH).map(({ token }) => ({
      token,
      data: { ...message.data },
      ...(message.notification && { notification: message.notification }),
      android: { priority: 'high' as const, ttl: message.ttlSec * 1000 },
      apns: {
        headers: { 'apns-priority': '10', 'apns-push-type': message.notification ? 'alert' : 'background' },
      },
      webpush: { headers: { Urgency: 'high', TTL: String(message.ttlSec) } },
    }));
    const result = await getMessaging().sendEach(messages);
    if (result.successCount === 0 && result.failureCount > 0) throw new Error('no push was taken');
  },
};

/** Records what would be sent, where the local stack shows it. */
export function recordedPush(record: (push: object) => Promise<void>): PushGateway {
  return {
    async send(devices, { data, notification }) {
      await Promise.all(
        devices.map(async ({ uid, deviceId }) => {
          await record({ uid, deviceId, data, ...(notification && { notification }) });
        }),
      );
    },
  };
}
