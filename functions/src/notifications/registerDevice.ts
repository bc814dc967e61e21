/** An app tells where pushes of its person go. A phone that changes hands takes its pushes along. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { answerBefore, keepAnswer, requestKey, type RequestKey } from '../platform/idempotency.ts';
import { sha256 } from '../platform/ids.ts';
import { StoreError } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { registerDeviceContract } from './contract.ts';
import { devices, pushTargets, type PushTarget, type PushTargets } from './documents.ts';
import { forgetSome } from './forgetDevices.ts';

type Input = z.output<typeof registerDeviceContract.input>;

/** A device that goes from hand to hand this often while we try to take it is not worth another try. */
const MOST_TRIES = 10;

/** A device on its way to its owner. */
interface Wish {
  readonly deviceId: string;
  readonly target: PushTarget;
  readonly limit: number;
  /** A repetition that arrives late must not take the device from whoever has it since. */
  readonly key: RequestKey | undefined;
}

/**
 * Makes the person the one owner of the device, and marks it as seen now. Above `limits.devicesPerPerson` the device
 * that was not seen for longest is forgotten.
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same requestId with other input; StoreError CONTENTION when others take
 *   the device again and again meanwhile
 */
export async function registerDevice(
  ports: AppPorts,
  actor: Actor,
  { requestId, ...device }: Input,
): Promise<z.input<typeof registerDeviceContract.output>> {
  const { uid } = actor;
  const { name } = registerDeviceContract;
  const key = requestId === undefined ? undefined : requestKey(uid, name, { ...device, requestId });
  const { token, platform, appVersion } = device;
  const deviceId = sha256(token);
  const { limits } = await ports.settings();
  const seenAt = ports.clock.now();
  const target = { token, platform, seenAt, ...(appVersion !== undefined && { appVersion }) };
  await take(ports, actor, { deviceId, target, limit: limits.devicesPerPerson, key });
  return { deviceId };
}

/**
 * Which document the former owner's is, only the first look at the device tells, and it nearly always tells that
 * there is none. So the first try reckons with nobody, and starts over with whoever it finds.
 * @param formerUid the owner that the try before has found
 */
async function take(
  ports: AppPorts,
  actor: Actor,
  wish: Wish,
  formerUid = actor.uid,
  triesLeft = MOST_TRIES,
): Promise<void> {
  if (triesLeft === 0) throw new StoreError('CONTENTION', 'the device changes its owner again and again');
  const { deviceId, target, limit, key } = wish;
  const ownerUid = await ports.store.transaction(async (tx) => {
    const [me, mine, device, theirs, record] = await tx.getAll(
      sessions.doc(actor.uid),
      pushTargets.doc(actor.uid),
      devices.doc(deviceId),
      pushTargets.doc(formerUid),
      ...(key === undefined ? [] : [key.ref]),
    );
    actor.admit(me);
    if (key && answerBefore(key, record, registerDeviceContract.output) !== undefined) return undefined;
    const owner = device?.uid ?? actor.uid;
    if (owner !== actor.uid) {
      if (owner !== formerUid) return owner;
      forgetSome(tx, owner, theirs, [deviceId]);
    }
    const { kept, dropped } = withDevice(mine?.devices ?? {}, wish, limit);
    tx.merge(pushTargets.doc(actor.uid), { devices: kept });
    tx.set(devices.doc(deviceId), { uid: actor.uid, seenAt: target.seenAt });
    for (const one of dropped) tx.delete(devices.doc(one));
    if (key !== undefined) keepAnswer(tx, key, { deviceId }, target.seenAt);
    return undefined;
  });
  if (ownerUid !== undefined) await take(ports, actor, wish, ownerUid, triesLeft - 1);
}

/**
 * A person's devices with one more, or with one seen again.
 * @param limit how many a person may have; the one that was not seen for longest makes room
 */
export function withDevice(
  known: PushTargets['devices'],
  { deviceId, target }: Pick<Wish, 'deviceId' | 'target'>,
  limit: number,
): { readonly kept: PushTargets['devices']; readonly dropped: readonly string[] } {
  const others = Object.entries(known)
    .filter(([id]) => id !== deviceId)
    .toSorted(([, a], [, b]) => b.seenAt.getTime() - a.seenAt.getTime());
  return {
    kept: { ...Object.fromEntries(others.slice(0, limit - 1)), [deviceId]: target },
    dropped: others.slice(limit - 1).map(([id]) => id),
  };
}
