/** One person, several devices and tabs: only one of them is in the call. */
import { describe, expect, it } from '@jest/globals';
import { ACCEPTED, CALLEE, callWorld, connected, ONGOING, tell } from '../testing/calls.ts';
import { callData, MEDIA, refusal, settle, type World } from '../testing/world.ts';
import { seatOf, seatOfThisTab } from '../seatMemory.ts';

/** Another device of the same person, while the first one is in a call. */
function otherDevice(): World {
  const world = callWorld();
  world.backend.answers('calls/ongoing', () => ({ call: callData(ONGOING) }));
  return world;
}

describe('a second device of somebody who is in a call', () => {
  it('finds nothing to resume, and leaves the media alone', async () => {
    const world = otherDevice();
    expect(await world.earshot.resume()).toBeUndefined();
    expect(world.documents.watchers.size).toBe(0);
    expect(world.media.joined).toHaveLength(0);
  });

  it('does not join a call of the caller by its id', async () => {
    const world = otherDevice();
    const call = world.earshot.call('call');
    await tell(world, ACCEPTED);
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
    expect(world.media.joined).toHaveLength(0);
  });

  it('takes the call over if the person wants it, and finds it again after a reload', async () => {
    const world = otherDevice();
    const call = await world.earshot.resume({ takeOver: true });
    await tell(world, ONGOING);
    expect(call?.state.phase).toBe('ongoing');
    expect(world.media.joined[0]?.context.resumed).toBe(true);
    call?.close();
    expect(await world.earshot.resume()).toBeDefined();
  });

  it('does not take over a call that rings elsewhere', async () => {
    const world = otherDevice();
    world.backend.answers('calls/ongoing', () => ({ call: callData() }));
    expect(await world.earshot.resume({ takeOver: true })).toBeUndefined();
  });

  it('shows what rings for the person, and joins only by an accept of its own', async () => {
    const world = otherDevice();
    const ringing = callData({ ...CALLEE, role: 'callee' });
    world.backend.answers('calls/ongoing', () => ({ call: ringing }));
    const call = await world.earshot.resume();
    await tell(world, CALLEE);
    expect(call?.state.phase).toBe('ringing');
    await tell(world, { ...CALLEE, ...ACCEPTED });
    expect(call?.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
  });
});

describe('the device that was in the call', () => {
  it('leaves it to the one that has taken its place, without ending it, and does not take it back', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.media.joined[0]?.context.onEvent('taken');
    await settle();
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true, endReason: null });
    expect(world.media.left).toBe(1);
    expect(world.backend.times('calls/end')).toBe(0);
    world.backend.answers('calls/ongoing', () => ({ call: callData(ONGOING) }));
    expect(await world.earshot.resume()).toBeUndefined();
  });

  it('finds the call it has made, also while that rings', async () => {
    const world = callWorld();
    const made = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await settle();
    made.close();
    world.backend.answers('calls/ongoing', () => ({ call: callData() }));
    const call = await world.earshot.resume();
    await tell(world, {});
    await tell(world, ACCEPTED);
    expect(call?.state.phase).toBe('connecting');
    expect(world.media.joined).toHaveLength(1);
  });

  it('finds the call it has taken', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await call.accept();
    expect(seatOf(world.seat.kept ?? '')).toEqual({ callId: 'call', place: 0 });
  });
});

describe('a device that comes back with what it kept', () => {
  async function resumed(kept: string, takeOver = false) {
    const world = otherDevice();
    world.seat.kept = kept;
    const call = await world.earshot.resume({ takeOver });
    await tell(world, ONGOING);
    const place = world.media.joined[0]?.context.place;
    if (call === undefined || place === undefined) throw new Error('it joins');
    return { world, call, place };
  }

  it('tells the media under which number it had the place, and keeps the next one', async () => {
    const { world, place } = await resumed('call/13');
    expect(place.number).toBe(13);
    place.take(23);
    expect([place.number, world.seat.kept]).toEqual([23, 'call/23']);
  });

  it('does not know the number where only the id of the call was kept', async () => {
    expect((await resumed('call')).place.number).toBeUndefined();
  });

  it('does not care who has the place when it takes the call over', async () => {
    const { world, place } = await resumed('call/13', true);
    expect(place.number).toBeUndefined();
    place.take(33);
    expect(world.seat.kept).toBe('call/33');
  });

  it('leaves the call to whoever has the place now, and forgets it', async () => {
    const { world, call } = await resumed('call/13');
    world.media.joined[0]?.context.onEvent('taken');
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
    expect(world.seat.kept).toBeUndefined();
    expect(world.backend.times('calls/end')).toBe(0);
  });
});

describe('a device that calls', () => {
  it.each([
    [undefined, 0],
    // It may be one that was made long ago, by another app too.
    ['id of the app', undefined],
  ])('has the first place in a call that it has just made (requestId %s)', async (requestId, place) => {
    const world = callWorld();
    world.earshot.call({ calleeId: 'other', type: 'audio', requestId });
    await settle();
    await tell(world, ACCEPTED);
    expect(world.media.joined[0]?.context.place.number).toBe(place);
  });
});

describe('an accept', () => {
  it('asks the backend also when the call was taken elsewhere before anything was known of it', async () => {
    const world = callWorld();
    world.backend.answers('calls/accept', () => {
      throw refusal('INVALID_TRANSITION', { state: 'connecting', answeredElsewhere: true });
    });
    const call = world.earshot.call('call');
    const accepted = call.accept().catch((fault: unknown) => fault);
    await settle();
    expect(world.backend.times('calls/accept')).toBe(1);
    expect(await accepted).toMatchObject({ details: { answeredElsewhere: true } });
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
  });

  it('is refused at once when the call is known to be taken', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, { ...CALLEE, ...ACCEPTED });
    await expect(call.accept()).rejects.toMatchObject({ details: { answeredElsewhere: true } });
    expect(world.backend.times('calls/accept')).toBe(0);
  });

  it('hears of the accept in the document first, and joins once', async () => {
    const world = callWorld();
    world.backend.answers('calls/accept', async () => {
      await tell(world, { ...CALLEE, ...ACCEPTED });
      return { callId: 'call', state: 'connecting', media: MEDIA };
    });
    const call = world.earshot.call('call');
    await call.accept();
    await settle();
    expect(call.state.phase).toBe('connecting');
    expect(world.media.joined).toHaveLength(1);
    expect(world.backend.times('calls/token')).toBe(0);
  });

  it('fetches the call when nothing was heard of it yet', async () => {
    const world = callWorld();
    const accepted = { ...CALLEE, ...ACCEPTED };
    world.backend.answers('calls/get', () => ({ call: callData({ ...accepted, role: 'callee' }) }));
    const call = world.earshot.call('call');
    await call.accept();
    await settle();
    expect(call.state.phase).toBe('connecting');
    expect(world.media.joined[0]?.context).toMatchObject({ peerId: 'other', resumed: false });
    expect(world.backend.times('calls/joined')).toBe(1);
  });

  it('stays over when the call that it fetches has ended meanwhile', async () => {
    const world = callWorld();
    const over = { ...CALLEE, ...ACCEPTED, state: 'ended', endReason: 'cancelled', role: 'callee' } as const;
    world.backend.answers('calls/get', () => ({ call: callData(over) }));
    const call = world.earshot.call('call');
    await call.accept();
    await settle();
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'cancelled' });
    expect(world.media.joined).toHaveLength(0);
  });
});

describe('what a tab keeps', () => {
  const storage = new Map<string, string>();
  const sessionStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  };

  it('lies in its session storage, for each person apart', async () => {
    Object.assign(globalThis, { sessionStorage });
    try {
      seatOfThisTab().save('me', 'call');
      expect(await seatOfThisTab().load('me')).toBe('call');
      expect(await seatOfThisTab().load('other')).toBeUndefined();
      seatOfThisTab().save('me', undefined);
      expect(storage.size).toBe(0);
    } finally {
      Reflect.deleteProperty(globalThis, 'sessionStorage');
    }
  });

  it('lies in memory where there is none', async () => {
    const seat = seatOfThisTab();
    seat.save('me', 'call');
    expect(await seat.load('me')).toBe('call');
    expect(await seatOfThisTab().load('me')).toBeUndefined();
  });
});
