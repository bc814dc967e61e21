/** An app wants no more pushes on this device. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { answerBefore, keepAnswer, requestKey } from '../platform/idempotency.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { unregisterDeviceContract } from './contract.ts';
import { pushTargets } from './documents.ts';
import { forgetSome } from './forgetDevices.ts';

/**
 * The same answer for a device that is another's or nobody's, so that there is nothing to learn from it.
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function unregisterDevice(
  { store, clock }: PlatformPorts,
  actor: Actor,
  { deviceId, requestId }: z.output<typeof unregisterDeviceContract.input>,
): Promise<z.input<typeof unregisterDeviceContract.output>> {
  const { name, output } = unregisterDeviceContract;
  // A repetition that arrives late must not take away a device that was registered since.
  const key = requestId === undefined ? undefined : requestKey(actor.uid, name, { deviceId, requestId });
  await store.transaction(async (tx) => {
    const [me, mine, record] = await tx.getAll(
      sessions.doc(actor.uid),
      pushTargets.doc(actor.uid),
      ...(key === undefined ? [] : [key.ref]),
    );
    actor.admit(me);
    if (key && answerBefore(key, record, output) !== undefined) return;
    forgetSome(tx, actor.uid, mine, [deviceId]);
    if (key !== undefined) keepAnswer(tx, key, {}, clock.now());
  });
  return {};
}
