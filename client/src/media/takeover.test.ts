/** Two apps of one person in the same call: the newer one stays, and the older one leaves it alone. */
import { describe, expect, it } from '@jest/globals';
import { isConnected, placeOf, World, type App } from '../testing/apps.ts';
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

describe('two apps of one person that take the place at once', () => {
  it('end as one: the other one is told, and leaves the call alone', async () => {
    for (const delay of [0, 0.2, 0.5, 0.9]) {
      const world = new World();
      const { caller, callee } = await world.both();
      caller.session.leave();
      world.board.random = () => delay;
      const tabs = [takeOver(world, 'caller'), takeOver(world, 'caller')];
      for (let step = 0; step < 400; step += 1) {
        await world.timers.pass(0.05);
        for (const { events, session } of tabs) if (events.includes('taken')) session.leave();
      }
      const staying = tabs.filter(({ events }) => !events.includes('taken'));
      expect({ delay, staying: staying.length }).toEqual({ delay, staying: 1 });
      expect([...staying, callee].map(isConnected)).toEqual([true, true]);
    }
  });

  it('end as one also when one of them had looked back before the other spoke', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const world = new World();
      const { caller, callee } = await world.both();
      caller.session.leave();
      let state = seed;
      world.board.random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
      const tabs = [takeOver(world, 'caller')];
      await world.timers.pass(world.board.random());
      tabs.push(takeOver(world, 'caller'));
      for (let step = 0; step < 400; step += 1) {
        await world.timers.pass(0.05);
        for (const { events, session } of tabs) if (events.includes('taken')) session.leave();
      }
      const staying = tabs.filter(({ events }) => !events.includes('taken'));
      expect({ seed, staying: staying.length }).toEqual({ seed, staying: 1 });
      expect({ seed, connected: [...staying, callee].map(isConnected) }).toEqual({
        seed,
        connected: [true, true],
      });
    }
  });
});

describe('an app that comes back late', () => {
  const come = (world: World, number: number | undefined) => {
    const place = placeOf(number);
    return { place, app: world.join('caller', {}, new FakeDevice(world.net), { resumed: true, place }) };
  };

  it('leaves the call to the one that has taken the place since, without a word', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    caller.session.leave();
    const laptop = takeOver(world, 'caller');
    await world.timers.pass(5);
    const said = world.board.said('caller').length;
    const { app } = come(world, 0);
    await world.timers.pass(10);
    expect(app.events).toEqual(['taken']);
    expect(app.device.connections).toHaveLength(0);
    expect(world.board.said('caller')).toHaveLength(said);
    expect([isConnected(laptop), isConnected(callee)]).toEqual([true, true]);
    expect(laptop.events).not.toContain('taken');
  });

  it('has the call when nobody has: its own places are known to it, also after several reloads', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    caller.session.leave();
    let kept: number | undefined = 0;
    for (let reload = 0; reload < 3; reload += 1) {
      const { place, app } = come(world, kept);
      await world.timers.pass(10);
      expect({ reload, connected: [isConnected(app), isConnected(callee)] }).toEqual({
        reload,
        connected: [true, true],
      });
      app.session.leave();
      kept = place.number;
    }
    expect(kept).toBeGreaterThanOrEqual(30);
  });

  it('has it also when it was killed before its word was out, or before the answer came', async () => {
    const world = new World();
    const { caller } = await world.both();
    caller.session.leave();
    world.board.random = () => 0.5;
    const { place, app } = come(world, 0);
    await world.timers.pass(0.3);
    app.session.leave();
    expect(place.number).toBe(11);
    const again = come(world, place.number);
    await world.timers.pass(10);
    expect(isConnected(again.app)).toBe(true);
  });

  it('takes nobody’s place once it has left, though its word was still on its way', async () => {
    const world = new World();
    const { caller } = await world.both();
    caller.session.leave();
    const seq = world.board.said('caller').length;
    world.board.random = () => 0.5;
    const { app } = come(world, 0);
    await world.timers.pass(0.3);
    world.board.put({ from: 'caller', to: 'callee', kind: 'bye', seq, gen: 11 });
    await world.timers.pass(0.2);
    app.session.leave();
    await world.timers.pass(5);
    expect(world.board.said('caller')).toHaveLength(seq + 1);
  });

  it('takes the place where it is to take it over', async () => {
    const world = new World();
    const { caller } = await world.both();
    caller.session.leave();
    const laptop = takeOver(world, 'caller');
    await world.timers.pass(5);
    const { app } = come(world, undefined);
    await world.timers.pass(10);
    expect([laptop.events.includes('taken'), app.events.includes('taken')]).toEqual([true, false]);
  });
});

describe('an app whose word is written though the answer is lost', () => {
  it('has the place, and is not taken for another one', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    caller.session.leave();
    world.board.losesAnswer = true;
    const place = placeOf(0);
    const again = world.join('caller', {}, new FakeDevice(world.net), { resumed: true, place });
    await world.timers.pass(10);
    expect(again.events).not.toContain('taken');
    expect([isConnected(again), isConnected(callee)]).toEqual([true, true]);
    expect(place.number).toBe(21);
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
