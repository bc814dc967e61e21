/** A push as an effect of the outbox, for every capability that has something to tell. */
import type { PushMessage } from '../gateways/push.ts';

export interface PushEffect {
  readonly kind: 'push';
  readonly uid: string;
  readonly message: PushMessage;
  /** After this nobody needs to know. */
  readonly usefulUntil: Date;
}

/**
 * @param type what it is about, the first field of its data
 * @param notification what the system itself shows, for what must be seen while the app is not running
 */
export function pushEffect(
  uid: string,
  type: string,
  data: Record<string, string>,
  usefulUntil: Date,
  notification?: PushMessage['notification'],
): PushEffect {
  return {
    kind: 'push',
    uid,
    usefulUntil,
    // The time to live is worked out again at each try, from `usefulUntil`.
    message: { data: { type, ...data }, ttlSec: 0, ...(notification && { notification }) },
  };
}
