import { describe, expect, it } from '@jest/globals';
import { acceptCall } from '../calls/acceptCall.ts';
import { joinCall } from '../calls/joinCall.ts';
import { startCall } from '../calls/startCall.ts';
import { wallets } from '../ledger/documents.ts';
import { changeWallet, occupy } from '../ledger/domain/wallet.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { Meter } from '../platform/meter.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import type { Store } from '../platform/store/port.ts';
import { sweepAll } from '../sweeps.ts';
import { CALLEE, CALLER, callWorld } from '../testing/callWorld.ts';
import { START } from '../testing/calls.ts';
import { presences } from './documents.ts';
import { sweepPresence } from './sweepPresence.ts';
import { updatePresence } from './updatePresence.ts';

async function cardOf({ store }: { store: MemoryStore }, uid = CALLEE) {
  const [card] = await store.getAll(listenerCards.doc(uid));
  return card;
}

async function presenceOf({ store }: { store: MemoryStore }, uid = CALLEE) {
  const [presence] = await store.getAll(presences.doc(uid));
  return presence;
}

describe('the sweep of leases', () => {
  it('costs one read when nobody has lapsed', async () => {
    const meter = new Meter();
    const { ports } = await callWorld(100);
    await sweepPresence({ ...ports, store: new MemoryStore({ meter }) });
    expect(meter.counts).toMatchObject({ reads: 1, writes: 0 });
  });

  it('leaves a lease that runs, and takes whose has run out off the feed', async () => {
    const world = await callWorld(100);
    world.clock.advance(90);
    expect(await sweepPresence(world.ports)).toBe(0);
    expect(await cardOf(world)).toMatchObject({ availability: 'available' });
    world.clock.advance(1);
    expect(await sweepPresence(world.ports)).toBe(1);
    expect(await presenceOf(world)).toMatchObject({ online: false, lapsed: true, at: START });
    expect(await cardOf(world)).toMatchObject({ availability: 'offline', online: false });
    expect(await sweepPresence(world.ports)).toBe(0);
  });

  it('notes the lease of somebody in a call, whose card stays busy', async () => {
    const world = await callWorld(100);
    const { wallet } = occupy(changeWallet(CALLEE, undefined), 'c1', 'callee');
    world.store.write(wallets.doc(CALLEE).path, { ...wallet });
    await world.store.commit((writer) => writer.update(listenerCards.doc(CALLEE), { availability: 'busy' }));
    world.clock.advance(91);
    await sweepPresence(world.ports);
    expect(await presenceOf(world)).toMatchObject({ online: false });
    expect(await cardOf(world)).toMatchObject({ availability: 'busy' });
  });

  it('gives in to a beat that comes between its query and its transaction', async () => {
    const world = await callWorld(100);
    world.clock.advance(91);
    const { path } = presences.doc(CALLEE);
    const beat = { online: true, willing: true, hasCard: true };
    const store: MemoryStore = new MemoryStore({
      pause: (point) => {
        if (point === 'read') store.write(path, { ...beat, at: world.clock.now() });
        return Promise.resolve(undefined);
      },
    });
    store.write(path, { ...beat, at: START });
    expect(await sweepPresence({ ...world.ports, store })).toBe(1);
    expect(store.read(path)).toMatchObject({ online: true });
  });

  it('goes through pages of people, whatever is wrong with some of them', async () => {
    const world = await callWorld(100);
    const { store, clock, ports, lines } = world;
    for (let person = 0; person < 450; person++) {
      const path = `presence/person-${String(person).padStart(3, '0')}`;
      const broken = person % 150 === 7;
      store.write(path, { at: START, online: true, ...(broken && { willing: 'of another version' }) });
    }
    // Their card cannot be read.
    store.write('presence/damaged', { at: START, online: true, hasCard: true });
    store.write('listeners/damaged', { availability: 'shining' });
    clock.advance(91);
    await sweepPresence(ports);
    const left = store.all('presence').filter(({ data }) => data['online'] === true);
    expect(left.map(({ id }) => id)).toEqual(['damaged', 'person-007', 'person-157', 'person-307']);
    expect(lines.filter(({ severity }) => severity === 'ERROR').map(({ fields }) => fields.uid)).toContain(
      'damaged',
    );
  });

  it('runs also when the sweep of calls fails', async () => {
    const world = await callWorld(100);
    world.clock.advance(91);
    const { store: whole } = world;
    const store: Store = {
      getAll: async (...refs) => await whole.getAll(...refs),
      count: async (run) => await whole.count(run),
      transaction: async (work) => await whole.transaction(work),
      commit: async (write) => whole.commit(write),
      query: async (run) => {
        if (run.query.name !== 'lapsedPresences') throw new Error('no index');
        return await whole.query(run);
      },
    };
    await expect(sweepAll({ ...world.ports, store })).rejects.toThrow('a sweep failed');
    expect(await cardOf(world)).toMatchObject({ availability: 'offline' });
  });
});

describe('the sweep where people can be called who are away', () => {
  async function awayWorld() {
    const world = await callWorld(100);
    const settings = await world.ports.settings();
    const features = { ...settings.features, callableWhenAway: true };
    Object.assign(world.ports, { settings: () => Promise.resolve({ ...settings, features }) });
    const devices = { phone: { token: 't', platform: 'android', seenAt: START } };
    world.store.write(pushTargets.doc(CALLEE).path, { devices });
    return world;
  }

  it('shows them as available and away, until their device is too old', async () => {
    const world = await awayWorld();
    world.clock.advance(91);
    await sweepAll(world.ports);
    expect(await cardOf(world)).toMatchObject({ availability: 'available', online: true, away: true });
    world.clock.advance(24 * 3600 - 92);
    await sweepAll(world.ports);
    expect(await cardOf(world)).toMatchObject({ availability: 'available' });
    world.clock.advance(1);
    await sweepAll(world.ports);
    expect(await cardOf(world)).toMatchObject({ availability: 'offline', online: false, away: false });
    expect(world.store.all('outbox')).toEqual([]);
  });

  const DAY_SEC = 24 * 3600;
  const lapsed = { at: START, online: false, lapsed: true, willing: false, busyUntil: null, hasCard: true };
  type World = Awaited<ReturnType<typeof awayWorld>>;

  it.each<readonly [string, (world: World) => Promise<unknown>]>([
    [
      'whose app was opened since, without a beat',
      async ({ ports, clock, store }) => {
        clock.advance(91);
        await sweepAll(ports);
        const devices = { phone: { token: 't', platform: 'android', seenAt: clock.now() } };
        store.write(pushTargets.doc(CALLEE).path, { devices });
        clock.advance(DAY_SEC - 91);
        await sweepAll(ports);
      },
    ],
    [
      'who takes calls again from afar',
      async ({ ports, store, actor }) => {
        store.write(presences.doc(CALLEE).path, lapsed);
        await updatePresence(ports, actor(CALLEE), { willing: true });
      },
    ],
    [
      'who was lost in a call',
      async ({ ports, clock, actor }) => {
        const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
        const { callId } = await startCall(ports, actor(CALLER), asked);
        await acceptCall(ports, actor(CALLEE), { callId, requestId: 'accept' });
        await joinCall(ports, actor(CALLER), { callId });
        await joinCall(ports, actor(CALLEE), { callId });
        clock.advance(91);
        await sweepAll(ports);
      },
    ],
  ])('shows nobody as away for good: %s', async (_who, comeAway) => {
    const world = await awayWorld();
    await comeAway(world);
    expect(await cardOf(world)).toMatchObject({ availability: 'available', away: true });
    world.clock.advance(DAY_SEC);
    await sweepAll(world.ports);
    expect(await cardOf(world)).toMatchObject({ availability: 'offline', online: false, away: false });
    expect(world.store.all('outbox')).toEqual([]);
  });
});
