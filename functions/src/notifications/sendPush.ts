/** Sends one message to every device of a person; the devices are one document. */
import type { PushMessage } from '../gateways/push.ts';
import { secBetween } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { AppPorts } from '../ports.ts';
import { pushTargets, type PushTargets } from './documents.ts';
import { forgetSome } from './forgetDevices.ts';

type SendPorts = Pick<AppPorts, 'store' | 'clock' | 'push' | 'log'>;

/**
 * A message that is of no use any more is dropped: a retry must not ring a phone after the call. Devices whose app is
 * gone are forgotten.
 * @throws when the provider took none of it
 */
export async function sendPush(
  ports: SendPorts,
  request: { readonly uid: string; readonly message: PushMessage; readonly usefulUntil: Date },
): Promise<void> {
  const { store, clock, push } = ports;
  const { uid, message } = request;
  const ttlSec = Math.ceil(secBetween(clock.now(), request.usefulUntil));
  if (ttlSec <= 0) return;
  const [targets] = await store.getAll(pushTargets.doc(uid));
  const sentTo = targets?.devices ?? {};
  const devices = Object.entries(sentTo).map(([deviceId, { token }]) => ({ uid, deviceId, token }));
  if (devices.length === 0) return;
  const { gone } = await push.send(devices, { ...message, ttlSec });
  if (gone.length > 0) await prune(ports, uid, sentTo, gone);
}

/**
 * Forgets devices, unless the app was installed anew and has registered since: then the token works again. The push
 * is sent already, so nothing that goes wrong here may have it sent a second time; the next one finds them again.
 */
async function prune(
  { store, log }: SendPorts,
  uid: string,
  sentTo: PushTargets['devices'],
  gone: readonly string[],
): Promise<void> {
  try {
    const count = await store.transaction(async (tx) => {
      const [now] = await tx.getAll(pushTargets.doc(uid));
      const seenMs = (devices: PushTargets['devices'] | undefined, deviceId: string) =>
        devices?.[deviceId]?.seenAt.getTime();
      const unchanged = gone.filter(
        (deviceId) => seenMs(now?.devices, deviceId) === seenMs(sentTo, deviceId),
      );
      return forgetSome(tx, uid, now, unchanged);
    });
    log.write('INFO', 'devices without the app were forgotten', { uid, count });
  } catch (fault) {
    log.write('WARNING', 'devices without the app were not forgotten', { uid, fault: describeFault(fault) });
  }
}
