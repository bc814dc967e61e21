/** Two apps that find each other by signals: glare, loss, restarts, and what is left behind. */
import { describe, expect, it } from '@jest/globals';
import { CREDENTIALS, isConnected, World } from '../testing/apps.ts';
import { FakeDevice } from '../testing/peers.ts';

/** Numbers that look drawn, the same ones for a seed. */
function drawn(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe('two apps', () => {
  it('that come together are connected by the offer of the one that is not polite', async () => {
    const world = new World();
    await world.both();
    expect(world.board.said('caller').toSorted()).toEqual(['candidate', 'offer']);
    expect(world.board.said('callee').toSorted()).toEqual(['answer', 'candidate']);
  });

  it('that connect at the same moment tell the backend one after the other', async () => {
    const world = new World();
    const [caller, callee] = [world.join('caller'), world.join('callee')];
    await world.timers.pass(0.2);
    expect([isConnected(caller), isConnected(callee)]).toEqual([true, true]);
    expect([caller.events.at(-1), callee.events.at(-1)]).toEqual(['connected', 'connected']);
    expect([caller.outcome, callee.outcome]).toEqual(['ready', undefined]);
    await world.timers.pass(0.5);
    expect(callee.outcome).toBe('ready');
  });

  it('that offer at once are connected too: the polite one takes its offer back', async () => {
    const world = new World();
    world.board.random = () => 0.5;
    const callee = world.join('callee');
    await world.timers.pass(5.2);
    const caller = world.join('caller');
    await world.timers.pass(3);
    expect([caller.outcome, callee.outcome]).toEqual(['ready', 'ready']);
    const offers = world.board.all.filter(({ data }) => data['kind'] === 'offer');
    expect(offers.map(({ id, data }) => `${id} ${String(data['gen'])}`)).toEqual([
      'callee_0 1',
      'caller_0 1',
    ]);
    expect(world.board.said('caller')).not.toContain('answer');
  });

  it('are connected whoever comes first, and by no more signals than need be', async () => {
    for (const [first, second] of [
      ['caller', 'callee'],
      ['callee', 'caller'],
    ] as const) {
      const world = new World();
      const one = world.join(first);
      await world.timers.pass(10);
      const other = world.join(second);
      await world.timers.pass(3);
      expect([one.outcome, other.outcome]).toEqual(['ready', 'ready']);
      expect(world.board.all.length).toBeLessThanOrEqual(7);
    }
  });

  it('are connected, restarted and reloaded in whatever order things arrive', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = new World();
      const random = drawn(seed);
      world.board.random = random;
      const first = random() < 0.5 ? 'caller' : 'callee';
      const one = world.join(first);
      await world.timers.pass(random() * 8);
      const other = world.join(first === 'caller' ? 'callee' : 'caller');
      let [caller, callee] = first === 'caller' ? [one, other] : [other, one];
      await world.timers.pass(10);
      expect({ seed, connected: isConnected(caller) && isConnected(callee) }).toEqual({
        seed,
        connected: true,
      });
      world.net.cut();
      await world.timers.pass(random() * 30);
      world.net.mend();
      await world.timers.pass(60);
      expect({ seed, restarted: isConnected(caller) && isConnected(callee) }).toEqual({
        seed,
        restarted: true,
      });
      if (random() < 0.7) caller = world.reload('caller', caller);
      await world.timers.pass(random());
      if (random() < 0.7) callee = world.reload('callee', callee);
      await world.timers.pass(60);
      expect({ seed, reloaded: isConnected(caller) && isConnected(callee) }).toEqual({
        seed,
        reloaded: true,
      });
      expect(world.board.all.length).toBeLessThan(100);
    }
  });

  it('write each signal under its own number, for the other party, and with the moment of its deletion', async () => {
    const world = new World();
    await world.both();
    const [first] = world.board.all.filter(({ id }) => id === 'caller_0');
    expect(first?.data).toEqual({
      from: 'caller',
      to: 'callee',
      kind: 'offer',
      seq: 0,
      gen: 1,
      sdp: expect.any(String) as unknown,
      expireAt: new Date(CREDENTIALS.signalsExpireAt),
    });
    for (const { id, data } of world.board.all)
      expect(id).toBe(`${String(data['from'])}_${String(data['seq'])}`);
  });

  it('go through the relay only where the backend says so', async () => {
    const world = new World();
    const { device } = world.join('caller', { iceTransportPolicy: 'relay' });
    await world.timers.pass(1);
    const { iceServers } = CREDENTIALS;
    expect(device.connection.configuration).toEqual({ iceServers, iceTransportPolicy: 'relay' });
  });
});

describe('what is lost on the way', () => {
  it('the answer to a write: the signal is not said twice, and the next has the next number', async () => {
    const world = new World();
    world.board.losesAnswer = true;
    await world.both();
    const numbers = world.board.all.filter(({ data }) => data['from'] === 'caller').map(({ id }) => id);
    expect(numbers).toEqual(['caller_0', 'caller_1']);
  });

  it.each([
    ['an offer', 'caller_0'],
    ['an answer', 'callee_0'],
  ])('the news of %s: an offer without an answer is said once more', async (_, id) => {
    const world = new World();
    world.board.untold.add(id);
    const [caller, callee] = [world.join('caller'), world.join('callee')];
    await world.timers.pass(12);
    expect([caller.outcome, callee.outcome]).toEqual(['ready', 'ready']);
    await world.timers.pass(30);
    expect(world.board.said('caller').filter((kind) => kind === 'offer')).toHaveLength(2);
  });

  it('the candidates of one side: those of the other are enough', async () => {
    const world = new World();
    const caller = world.join('caller');
    await world.timers.pass(1);
    world.board.lose('caller_1');
    const callee = world.join('callee');
    await world.timers.pass(1);
    expect([isConnected(caller), isConnected(callee)]).toEqual([true, true]);
  });

  it('the candidates of both: a restart finds others', async () => {
    const world = new World();
    world.board.losesCandidates = true;
    const [caller, callee] = [world.join('caller'), world.join('callee')];
    await world.timers.pass(5);
    expect([caller.outcome, callee.outcome]).toEqual([undefined, undefined]);
    world.board.losesCandidates = false;
    caller.device.connection.fail();
    await world.timers.pass(5);
    expect([caller.outcome, callee.outcome]).toEqual(['ready', 'ready']);
  });

  it('a signal: what comes after it is heard three seconds later', async () => {
    const world = new World();
    const { callee } = await world.both();
    const seq = world.board.said('caller').length + 1;
    world.board.put({ from: 'caller', to: 'callee', kind: 'bye', seq, gen: 20 });
    await world.timers.pass(2);
    expect(callee.device.connections).toHaveLength(1);
    await world.timers.pass(2);
    expect(callee.device.connections).toHaveLength(2);
  });

  it('the number of a signal, to one of a connection before: the next number is taken', async () => {
    const world = new World();
    const { callee } = await world.both();
    const seq = world.board.said('caller').length;
    world.board.put({ from: 'caller', to: 'callee', kind: 'candidate', candidate: '[]', seq, gen: 1 });
    world.net.cut();
    await world.timers.pass(9);
    world.net.mend();
    await world.timers.pass(20);
    expect(isConnected(callee)).toBe(true);
    expect(world.board.said('caller')[seq + 1]).toBe('offer');
  });
});

describe('a lost network', () => {
  it('is told, and mended by a restart under another generation, with the same connection', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    world.net.cut();
    await world.timers.pass(6);
    expect([caller.events.at(-1), callee.events.at(-1)]).toEqual(['reconnecting', 'reconnecting']);
    world.net.mend();
    await world.timers.pass(5);
    for (const { events, device } of [caller, callee]) {
      expect(events.at(-1)).toBe('connected');
      expect(device.connections).toHaveLength(1);
    }
    const generations = new Set(world.board.all.map(({ data }) => data['gen']));
    expect([...generations]).toEqual([1, 2]);
    expect(world.board.said('callee')).not.toContain('offer');
  });

  it('is mended also when it comes back late', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    world.net.cut();
    await world.timers.pass(35);
    expect([isConnected(caller), isConnected(callee)]).toEqual([false, false]);
    world.net.mend();
    await world.timers.pass(15);
    expect([isConnected(caller), isConnected(callee)]).toEqual([true, true]);
  });

  it('uses the newest credentials for the restart, and leaves what is connected alone', async () => {
    const world = new World();
    const { caller } = await world.both();
    const iceServers = [{ urls: ['turn:relay:1'], username: '2:seat', credential: 'second' }];
    await caller.session.renew({ ...CREDENTIALS, iceServers });
    expect(caller.device.connection.configuration).toEqual({ iceServers, iceTransportPolicy: 'all' });
    expect(isConnected(caller)).toBe(true);
  });

  it('is not mended where signals no longer go through: the seat is told to come back', async () => {
    const world = new World();
    const { caller } = await world.both();
    world.board.breakOff();
    expect(caller.events.at(-1)).toBe('closed');
  });

  it('is not mended when the rules take no more signals: the seat is told, too', async () => {
    const world = new World();
    const { caller } = await world.both();
    world.board.refuses = true;
    world.net.cut();
    await world.timers.pass(10);
    expect(caller.events).toContain('closed');
  });
});

describe('an app that was loaded anew', () => {
  it('says so, and both begin again; nothing that was said before is taken', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    const again = world.reload('callee', callee);
    await world.timers.pass(3);
    expect([isConnected(caller), isConnected(again)]).toEqual([true, true]);
    const said = world.board.all.filter(({ data }) => data['from'] === 'callee').map(({ data }) => data);
    const after = said.slice(said.findIndex(({ kind }) => kind === 'bye'));
    expect(after[0]).toMatchObject({ kind: 'bye', gen: 11 });
    for (const { gen } of after) expect(gen).toBeGreaterThanOrEqual(11);
    expect(caller.device.connections).toHaveLength(2);
    expect(caller.events).toEqual(['connected', 'reconnecting', 'connected']);
    expect(again.device.connections).toHaveLength(1);
  });

  it('finds the other one that was loaded anew at the same time', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    const both = [world.reload('caller', caller), world.reload('callee', callee)];
    await world.timers.pass(30);
    expect(both.map(isConnected)).toEqual([true, true]);
  });
});

describe('an app that leaves', () => {
  it('frees the microphone and the connection, and hears nothing more', async () => {
    const world = new World();
    const { caller, callee } = await world.both();
    caller.session.leave();
    expect(caller.device.connections[0]?.connectionState).toBe('closed');
    expect(caller.device.streams[0]?.tracks[0]?.stopped).toBe(true);
    callee.session.leave();
    expect(world.board.watchers).toBe(0);
  });

  it('before it had a microphone frees it when it comes', async () => {
    const world = new World();
    const app = world.join('caller');
    app.session.leave();
    await world.timers.pass(1);
    expect(app.device.streams[0]?.tracks[0]?.stopped).toBe(true);
    expect(app.device.connections).toHaveLength(0);
    expect(world.board.all).toHaveLength(0);
  });

  it('is silent while it is muted', async () => {
    const world = new World();
    const { caller } = await world.both();
    await caller.session.setMuted(true);
    expect(caller.device.streams[0]?.tracks[0]?.enabled).toBe(false);
    await caller.session.setMuted(false);
    expect(caller.device.streams[0]?.tracks[0]?.enabled).toBe(true);
  });
});

describe('an app that cannot join', () => {
  it('says why: no microphone', async () => {
    const world = new World();
    const device = new FakeDevice(world.net);
    device.refusal = new Error('no microphone');
    const app = world.join('caller', {}, device);
    await world.timers.pass(1);
    expect(app.outcome).toBe('Error: no microphone');
  });

  it('says why: the rules refuse its signals', async () => {
    const world = new World();
    world.board.refuses = true;
    const app = world.join('caller');
    await world.timers.pass(1);
    expect(app.outcome).toContain('refused');
  });
});
