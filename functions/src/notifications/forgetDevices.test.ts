import { describe, expect, it } from '@jest/globals';
import { START } from '../testing/calls.ts';
import { testPorts } from '../testing/ports.ts';
import { devices, pushTargets, type PushTargets } from './documents.ts';
import { forgetDevices, forgetSome } from './forgetDevices.ts';

/** Asha has two devices, Ravi has one. */
async function twoPeople() {
  const { store } = testPorts();
  const owners = { a1: 'asha', a2: 'asha', r1: 'ravi' };
  await store.commit((writer) => {
    for (const uid of ['asha', 'ravi']) {
      const targets: PushTargets['devices'] = {};
      for (const [id, owner] of Object.entries(owners))
        if (owner === uid) targets[id] = { token: id, platform: 'android', seenAt: START };
      writer.create(pushTargets.doc(uid), { devices: targets });
    }
    for (const [id, uid] of Object.entries(owners)) writer.create(devices.doc(id), { uid, seenAt: START });
  });
  const forget = async (uid: string, deviceIds?: string[]) =>
    store.transaction(async (tx) => {
      const [targets] = await tx.getAll(pushTargets.doc(uid));
      if (deviceIds === undefined) forgetDevices(tx, uid, targets);
      else forgetSome(tx, uid, targets, deviceIds);
    });
  const left = async () => {
    const [asha, ravi, ...owned] = await store.getAll(
      pushTargets.doc('asha'),
      pushTargets.doc('ravi'),
      devices.doc('a1'),
      devices.doc('a2'),
      devices.doc('r1'),
    );
    return {
      asha: Object.keys(asha?.devices ?? {}),
      ravi: Object.keys(ravi?.devices ?? {}),
      owned: owned.map((device) => device?.uid),
    };
  };
  return { forget, left };
}

describe('forgetting devices', () => {
  it('takes all of a person and none of another', async () => {
    const { forget, left } = await twoPeople();
    await forget('asha');
    expect(await left()).toEqual({ asha: [], ravi: ['r1'], owned: [undefined, undefined, 'ravi'] });
  });

  it('is nothing for somebody who has none', async () => {
    const { forget, left } = await twoPeople();
    await forget('nobody');
    expect(await left()).toEqual({ asha: ['a1', 'a2'], ravi: ['r1'], owned: ['asha', 'asha', 'ravi'] });
  });

  it('leaves what is another’s, even when it is named', async () => {
    const { forget, left } = await twoPeople();
    await forget('asha', ['a2', 'r1', 'unknown']);
    expect(await left()).toEqual({ asha: ['a1'], ravi: ['r1'], owned: ['asha', undefined, 'ravi'] });
  });
});
