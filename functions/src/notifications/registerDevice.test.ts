import { describe, expect, it } from '@jest/globals';
import { sha256 } from '../platform/ids.ts';
import { StoreError } from '../platform/store/port.ts';
import { users } from '../users/documents.ts';
import { at, START } from '../testing/calls.ts';
import { CALLEE, CALLER, callWorld } from '../testing/callWorld.ts';
import { devices, pushTargets } from './documents.ts';
import { registerDevice, withDevice } from './registerDevice.ts';
import { unregisterDevice } from './unregisterDevice.ts';

const seen = (sec: number) => ({ token: 'token', platform: 'ios' as const, seenAt: at(sec) });
const input = { token: 'token', platform: 'ios' } as const;
const deviceId = sha256('token');

describe('one device more', () => {
  it('takes the place of the one that was not seen for longest', () => {
    const known = { old: seen(1), oldest: seen(0), new: seen(2) };
    const wish = { deviceId: 'newest', target: seen(3) };
    const { kept, dropped } = withDevice(known, wish, 3);
    expect(Object.keys(kept).toSorted()).toEqual(['new', 'newest', 'old']);
    expect(dropped).toEqual(['oldest']);
    expect(withDevice(known, wish, 1)).toEqual({
      kept: { newest: seen(3) },
      dropped: ['new', 'old', 'oldest'],
    });
  });

  it('that is there already is only seen again', () => {
    const known = { old: seen(1), oldest: seen(0) };
    expect(withDevice(known, { deviceId: 'oldest', target: seen(3) }, 2)).toEqual({
      kept: { old: seen(1), oldest: seen(3) },
      dropped: [],
    });
  });
});

describe('registering', () => {
  it('moves a device from its owner, and the last of them keeps it', async () => {
    const { ports, store, actor, clock } = await callWorld(1);
    for (const uid of [CALLER, CALLEE, CALLER]) {
      clock.advance(1);
      expect(await registerDevice(ports, actor(uid), input)).toEqual({ deviceId });
    }
    const [caller, callee, device] = await store.getAll(
      pushTargets.doc(CALLER),
      pushTargets.doc(CALLEE),
      devices.doc(deviceId),
    );
    expect(caller?.devices).toEqual({ [deviceId]: { ...input, seenAt: at(3) } });
    expect(callee?.devices).toEqual({});
    expect(device).toEqual({ uid: CALLER, seenAt: at(3) });
  });

  it('is refused to whoever is banned, and writes nothing', async () => {
    const { ports, store, actor } = await callWorld(1);
    await store.commit((writer) => writer.update(users.doc(CALLER), { bannedUntil: at(60) }));
    await expect(registerDevice(ports, actor(CALLER), input)).rejects.toMatchObject({
      reason: 'USER_BANNED',
    });
    expect(await store.getAll(devices.doc(deviceId))).toEqual([undefined]);
  });

  it('gives up when somebody else takes the device each time', async () => {
    const { ports, store, actor } = await callWorld(1);
    let owners = 0;
    const transaction = store.transaction.bind(store);
    store.transaction = async (work, options) => {
      owners += 1;
      await store.commit((writer) =>
        writer.set(devices.doc(deviceId), { uid: `other${owners}`, seenAt: START }),
      );
      return transaction(work, options);
    };
    const taken = registerDevice(ports, actor(CALLER), input);
    await expect(taken).rejects.toBeInstanceOf(StoreError);
    expect(owners).toBe(10);
    expect(await store.getAll(pushTargets.doc(CALLER))).toEqual([undefined]);
  });

  it('that was asked for before leaves the device to whoever has it since', async () => {
    const { ports, store, actor } = await callWorld(1);
    const request = { ...input, requestId: '6f1f3c9e-8c55-4d0e-9d3a-0c6c2a1b7e11' };
    await registerDevice(ports, actor(CALLER), request);
    await registerDevice(ports, actor(CALLEE), input);
    expect(await registerDevice(ports, actor(CALLER), request)).toEqual({ deviceId });
    const [device] = await store.getAll(devices.doc(deviceId));
    expect(device?.uid).toBe(CALLEE);
    const other = { ...request, token: `${input.token}2` };
    const mismatch = { reason: 'IDEMPOTENCY_MISMATCH' };
    await expect(registerDevice(ports, actor(CALLER), other)).rejects.toMatchObject(mismatch);
  });
});

describe('unregistering', () => {
  it('that was asked for before leaves a device that came back', async () => {
    const { ports, store, actor } = await callWorld(1);
    const request = { deviceId, requestId: '6f1f3c9e-8c55-4d0e-9d3a-0c6c2a1b7e12' };
    await registerDevice(ports, actor(CALLER), input);
    expect(await unregisterDevice(ports, actor(CALLER), request)).toEqual({});
    expect(await store.getAll(devices.doc(deviceId))).toEqual([undefined]);
    await registerDevice(ports, actor(CALLER), input);
    expect(await unregisterDevice(ports, actor(CALLER), request)).toEqual({});
    const [device] = await store.getAll(devices.doc(deviceId));
    expect(device?.uid).toBe(CALLER);
    const other = { ...request, deviceId: 'f'.repeat(64) };
    const mismatch = { reason: 'IDEMPOTENCY_MISMATCH' };
    await expect(unregisterDevice(ports, actor(CALLER), other)).rejects.toMatchObject(mismatch);
  });
});
