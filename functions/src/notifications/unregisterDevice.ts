/** An app wants no more pushes on this device. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import type { unregisterDeviceContract } from './contract.ts';
import { pushTargets } from './documents.ts';
import { forgetSome } from './forgetDevices.ts';

/** The same answer for a device that is another's or nobody's, so that there is nothing to learn from it. */
export async function unregisterDevice(
  { store }: PlatformPorts,
  actor: Actor,
  { deviceId }: z.output<typeof unregisterDeviceContract.input>,
): Promise<z.input<typeof unregisterDeviceContract.output>> {
  await store.transaction(async (tx) => {
    const [me, mine] = await tx.getAll(sessions.doc(actor.uid), pushTargets.doc(actor.uid));
    actor.admit(me);
    forgetSome(tx, actor.uid, mine, [deviceId]);
  });
  return {};
}
