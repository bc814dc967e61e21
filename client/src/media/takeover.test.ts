/** Two apps of one person in the same call: the newer one stays, and the older one leaves it alone. */
import { describe, expect, it } from '@jest/globals';
import { isConnected, World, type App } from '../testing/apps.ts';
import { FakeDevice } from '../testing/peers.ts';

type Uid = 'caller' | 'callee';

function takeOver(world: World, uid: Uid): App {
  return world.join(uid, {}, new FakeDevice(world.net), { resumed: true });
}

describe('an app that takes the place of another one of the same person', () => {
  it.each(['caller', 'callee'] as const)('has the call, and the other one is told (%s)', async (uid) => {
    for (const delay of [0, 0.2, 0.5, 0.9]) {
      const world = new World();
      const apps = await world.both();
      world.board.random = () => delay;
      const peer = uid === 'caller' ? apps.callee : apps.caller;
      const newer = takeOver(world, uid);
      // As a seat does that is told.
      for (let step = 0; step < 200; step += 1) {
        await world.timers.pass(0.05);
        if (apps[uid].events.includes('taken')) apps[uid].session.leave();
      }
      expect(apps[uid].events.filter((event) => event === 'taken')).not.toEqual([]);
      expect(newer.events).not.toContain('taken');
      expect(peer.events).not.toContain('taken');
      expect([isConnected(newer), isConnected(peer)]).toEqual([true, true]);
      const said = world.board.all.filter(({ data }) => data['from'] === uid).map(({ data }) => data);
      const after = said.slice(said.findIndex(({ kind }) => kind === 'bye'));
      for (const { gen } of after) expect(gen).toBeGreaterThanOrEqual(11);
    }
  });

  it('says so also where the other one has not spoken yet', async () => {
    const world = new World();
    const older = world.join('callee');
    await world.timers.pass(1);
    const newer = takeOver(world, 'callee');
    await world.timers.pass(1);
    expect([older.events.includes('taken'), newer.events.includes('taken')]).toEqual([true, false]);
  });
});

describe('an app that was loaded anew', () => {
  it('does not take what it said itself for another one', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    world.board.random = () => 0.5;
    const again = world.reload('callee', callee);
    await world.timers.pass(10);
    expect([...caller.events, ...again.events]).not.toContain('taken');
    expect([isConnected(caller), isConnected(again)]).toEqual([true, true]);
  });
});

describe('a party that counts far ahead', () => {
  it('does not drive the other one beyond the numbers that may be written', async () => {
    const world = new World();
    const { callee } = await world.both();
    const seq = world.board.said('caller').length;
    const head = { from: 'caller', to: 'callee' };
    world.board.put({ ...head, kind: 'bye', seq, gen: 999 });
    world.board.put({ ...head, kind: 'offer', sdp: '{}', seq: seq + 1, gen: 998 });
    await world.timers.pass(20);
    expect(callee.device.connections).toHaveLength(1);
    expect(isConnected(callee)).toBe(true);
    for (const { data } of world.board.all)
      if (data['from'] === 'callee') expect(data['gen']).toBeLessThan(30);
  });
});

describe('what a person has turned off', () => {
  it('is off before it is added to a connection, also to the next one', async () => {
    const world = new World();
    const device = new FakeDevice(world.net);
    const chosen = { type: 'video', muted: true, cameraOn: false } as const;
    const caller = world.join('caller', {}, device, chosen);
    const callee = world.join('callee', {}, new FakeDevice(world.net), { type: 'video' });
    await world.timers.pass(3);
    expect(device.connection.live).toEqual([]);
    expect(callee.device.connection.live).toEqual(['audio', 'video']);
    await caller.session.setCamera(true);
    const again = world.reload('callee', callee);
    await world.timers.pass(10);
    expect(isConnected(again)).toBe(true);
    expect(device.connection.live).toEqual(['video']);
  });

  it('is off also when it was turned off before the microphone was there', async () => {
    const world = new World();
    const device = new FakeDevice(world.net);
    const { session } = world.join('caller', {}, device);
    await session.setMuted(true);
    await world.timers.pass(3);
    expect(device.connection.live).toEqual([]);
  });
});
