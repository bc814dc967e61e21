/** Sends one message to every device of a person; the devices are one document. */
import type { PushMessage } from '../gateways/push.ts';
import { secBetween } from '../platform/clock.ts';
import type { AppPorts } from '../ports.ts';
import { pushTargets } from './documents.ts';

/**
 * A message that is of no use any more is dropped: a retry must not ring a phone after the call.
 * @throws when the provider took none of it
 */
export async function sendPush(
  { store, clock, push }: Pick<AppPorts, 'store' | 'clock' | 'push'>,
  request: { readonly uid: string; readonly message: PushMessage; readonly usefulUntil: Date },
): Promise<void> {
  const ttlSec = Math.ceil(secBetween(clock.now(), request.usefulUntil));
  if (ttlSec <= 0) return;
  const [targets] = await store.getAll(pushTargets.doc(request.uid));
  const devices = Object.entries(targets?.devices ?? {}).map(([deviceId, { token }]) => ({
    uid: request.uid,
    deviceId,
    token,
  }));
  if (devices.length > 0) await push.send(devices, { ...request.message, ttlSec });
}
