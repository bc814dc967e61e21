import { describe, expect, it } from '@jest/globals';
import { ACCEPTED, CALLEE, callWorld, connected, ONGOING, RECEIPT, tell } from '../testing/calls.ts';
import { callData, MEDIA, refusal, settle } from '../testing/world.ts';

describe('a call one makes', () => {
  it('rings, joins once it is accepted, and reports that', async () => {
    const world = callWorld();
    const { backend, earshot, media } = world;
    const call = earshot.call({ calleeId: 'other', type: 'audio' });
    expect(call.state.phase).toBe('idle');
    await settle();
    await tell(world, {});
    expect(call.state).toMatchObject({ phase: 'ringing', callId: 'call', role: 'caller' });
    expect(media.joined).toHaveLength(0);
    await tell(world, ACCEPTED);
    expect(call.state.phase).toBe('connecting');
    expect(media.joined[0]?.context).toMatchObject({ uid: 'me', peerId: 'other', resumed: false });
    expect(backend.asked.map(({ name }) => name)).toEqual(['calls/start', 'calls/token', 'calls/joined']);
    await tell(world, ONGOING);
    expect((await call.until('ongoing')).phase).toBe('ongoing');
    expect(call.timeLeft()).toEqual({ secondsLeft: 600, final: false });
  });

  it('renews the credentials when the paid time moves, once for each time', async () => {
    const world = callWorld();
    await connected(world);
    expect(world.backend.times('calls/token')).toBe(2);
    expect(world.media.renewed.at(-1)).toMatchObject({ token: 'longer' });
    await tell(world, { ...ONGOING, final: true });
    expect(world.backend.times('calls/token')).toBe(2);
  });

  it('renews them when the media SDK says that they expire', async () => {
    const world = callWorld();
    await connected(world);
    world.media.joined[0]?.context.onEvent('expiring');
    await settle();
    expect(world.backend.times('calls/token')).toBe(3);
  });

  it('beats every 25 s, and not after the end', async () => {
    const world = callWorld();
    const call = await connected(world);
    await world.timers.pass(50);
    const beat = 'calls/call/beats/me';
    expect(world.documents.beats).toEqual([beat, beat]);
    await call.end();
    await world.timers.pass(60);
    expect(world.documents.beats).toHaveLength(2);
  });

  it('stops the media before the backend has answered the hang-up, and has the receipt from it', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/end', () => {
      expect(world.media.left).toBe(1);
      return { callId: 'call', endReason: 'completed', receipt: RECEIPT };
    });
    await call.end();
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'completed', receipt: RECEIPT });
    expect(world.documents.watchers.size).toBe(0);
  });

  it('has the receipt also when the document tells the end before the answer comes', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/end', async () => {
      await tell(world, { ...ONGOING, state: 'ended', endReason: 'completed' });
      return { callId: 'call', endReason: 'completed', receipt: RECEIPT };
    });
    await call.end();
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'completed', receipt: RECEIPT });
    expect(world.backend.times('calls/get')).toBe(0);
  });

  it('leaves when the other side has ended it, and fetches the receipt', async () => {
    const world = callWorld();
    const call = await connected(world);
    const ended = { ...ONGOING, state: 'ended', endReason: 'completed' } as const;
    world.backend.answers('calls/get', () => ({ call: callData(ended), receipt: RECEIPT }));
    await tell(world, ended);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'completed', receipt: RECEIPT });
    expect(world.media.left).toBe(1);
  });

  it('is asked about when its time to ring is over and nobody has told what came of it', async () => {
    const world = callWorld();
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await settle();
    await tell(world, {});
    const missed = callData({ state: 'ended', endReason: 'no_answer', endedAt: '2026-01-05T10:01:00.000Z' });
    world.backend.answers('calls/get', () => ({ call: missed }));
    await world.timers.pass(60);
    expect([call.state.phase, world.backend.times('calls/get')]).toEqual(['ringing', 0]);
    await world.timers.pass(5);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'no_answer' });
    expect(world.backend.times('calls/get')).toBe(1);
  });

  it('is not asked about then when it was taken', async () => {
    const world = callWorld();
    await connected(world);
    await world.timers.pass(70);
    expect(world.backend.times('calls/get')).toBe(0);
  });

  it('warns when the last paid minute begins', async () => {
    const world = callWorld();
    const call = await connected(world);
    await tell(world, { ...ONGOING, final: true });
    await world.timers.pass(530);
    expect(call.state.low).toBe(false);
    await world.timers.pass(15);
    expect(call.state.low).toBe(true);
    await tell(world, { ...ONGOING, grantedUntil: '2026-01-05T10:20:04.000Z' });
    expect(call.state.low).toBe(false);
  });

  it('leaves after the paid time when nothing is heard of it any more', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/get', () => {
      throw Object.assign(new Error('no network'), { code: 'unavailable' });
    });
    await world.timers.pass(640);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: null });
    expect(call.state.error?.reason).toBe('UNAVAILABLE');
    expect(world.media.left).toBe(1);
  });

  it('fails with the reason of the refusal', async () => {
    const world = callWorld();
    world.backend.answers('calls/start', () => {
      throw refusal('INSUFFICIENT_COINS', { requiredCoins: 10, availableCoins: 4 });
    });
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await expect(call.until('ringing')).rejects.toMatchObject({ reason: 'INSUFFICIENT_COINS' });
    expect(call.state.phase).toBe('ended');
  });

  it('is told as ended to whoever waits for more', async () => {
    const world = callWorld();
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await settle();
    await tell(world, {});
    const waiting = call.until('ongoing').catch((fault: unknown) => fault);
    await tell(world, { state: 'ended', endReason: 'rejected' });
    expect(await waiting).toMatchObject({ reason: 'INVALID_TRANSITION', details: { endReason: 'rejected' } });
  });

  it('can be taken back before the backend has answered the start', async () => {
    const world = callWorld();
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await call.end();
    expect(world.backend.asked.map(({ name }) => name)).toEqual(['calls/start', 'calls/end']);
    expect(call.state.phase).toBe('ended');
  });

  it('is ended when there is no microphone, so that nobody pays for silence', async () => {
    const world = callWorld();
    world.media.fault = new Error('no microphone');
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await settle();
    await tell(world, {});
    await tell(world, ACCEPTED);
    expect(world.backend.times('calls/end')).toBe(1);
    expect(call.state.error).toMatchObject({ reason: 'MEDIA_FAILED', message: 'no microphone' });
  });

  it('ends on this device when the person leaves', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.session.signIn(undefined);
    expect(call.state.phase).toBe('ended');
    expect(world.media.left).toBe(1);
    expect(world.backend.times('calls/end')).toBe(0);
  });

  it('is ended when the media does not come back, so that nobody pays for silence', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.media.joined[0]?.context.onEvent('reconnecting');
    await world.timers.pass(30);
    expect(call.state.phase).toBe('ongoing');
    await world.timers.pass(15);
    expect(call.state).toMatchObject({ phase: 'ended', error: { reason: 'MEDIA_FAILED' } });
  });

  it('comes back when the media SDK has lost it for good', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/get', () => ({ call: callData(ONGOING) }));
    world.media.joined[0]?.context.onEvent('reconnecting');
    expect(call.state.reconnecting).toBe(true);
    world.media.joined[0]?.context.onEvent('closed');
    await settle();
    expect(world.media.joined).toHaveLength(2);
    expect(call.state).toMatchObject({ phase: 'ongoing', reconnecting: false });
  });

  it('tells no fault any more once the media is back, so that a later end is a plain one', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/get', () => ({ call: callData(ONGOING) }));
    world.media.fault = new Error('gone');
    world.media.joined[0]?.context.onEvent('closed');
    await settle();
    expect(call.state.error?.reason).toBe('MEDIA_FAILED');
    world.media.fault = undefined;
    await world.timers.pass(5);
    expect(call.state).toMatchObject({ phase: 'ongoing', reconnecting: false, error: undefined });
  });

  it('tells no fault any more once credentials come again', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/token', () => {
      throw Object.assign(new Error('no network'), { code: 'unavailable' });
    });
    world.media.joined[0]?.context.onEvent('expiring');
    await world.timers.pass(10);
    expect(call.state.error?.reason).toBe('UNAVAILABLE');
    world.backend.answers('calls/token', () => ({ media: MEDIA, grantedUntil: null, final: false }));
    await world.timers.pass(10);
    expect(call.state.error).toBeUndefined();
  });

  it('is not ended by an answer that nobody expects, e.g. the page of a public network', async () => {
    const world = callWorld();
    const call = await connected(world);
    world.backend.answers('calls/get', () => {
      throw Object.assign(new Error('status 200'), { code: 'unknown' });
    });
    world.documents.refusal = new Error('refused');
    await world.timers.pass(30);
    expect(call.state).toMatchObject({ phase: 'ongoing', error: { reason: 'UNKNOWN' } });
  });
});

describe('a call one gets', () => {
  it('joins with the credentials of the accept', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await call.accept();
    await tell(world, { ...CALLEE, ...ACCEPTED });
    expect(world.media.joined).toHaveLength(1);
    expect(world.backend.asked.map(({ name }) => name)).toEqual(['calls/accept', 'calls/joined']);
  });

  it('is over for this device when another one takes it', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await tell(world, { ...CALLEE, ...ACCEPTED });
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true, endReason: null });
    expect(world.media.joined).toHaveLength(0);
  });

  it('is over for this device when its accept comes second', async () => {
    const world = callWorld();
    world.backend.answers('calls/accept', () => {
      throw refusal('INVALID_TRANSITION', { state: 'connecting', answeredElsewhere: true });
    });
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await expect(call.accept()).rejects.toMatchObject({ reason: 'INVALID_TRANSITION' });
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
  });

  it('keeps a mute that was chosen while it rang', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await call.mute(true);
    await call.accept();
    await settle();
    expect(world.media.muted).toBe(true);
  });
});

describe('an accept whose answer was lost', () => {
  it('is repeated as the same accept, and is not taken for another device', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    world.backend.answers('calls/accept', () => {
      throw Object.assign(new Error('no network'), { code: 'unavailable' });
    });
    const lost = call.accept().catch((fault: unknown) => fault);
    await world.timers.pass(20);
    expect(await lost).toMatchObject({ reason: 'UNAVAILABLE' });
    await tell(world, { ...CALLEE, ...ACCEPTED });
    expect(call.state.phase).toBe('ringing');
    world.backend.answers('calls/accept', () => ({ callId: 'call', state: 'connecting', media: MEDIA }));
    await call.accept();
    const ids = world.backend.asked.filter(({ name }) => name === 'calls/accept');
    expect(new Set(ids.map(({ input }) => input['requestId'])).size).toBe(1);
    expect(call.state.phase).toBe('connecting');
  });
});

describe('after the page was loaded anew', () => {
  it('joins the call that is under way, and beats at once', async () => {
    const world = callWorld();
    world.seat.save('me', 'call');
    world.backend.answers('calls/ongoing', () => ({
      call: callData({ ...CALLEE, ...ONGOING, role: 'callee' }),
    }));
    const call = await world.earshot.resume();
    await tell(world, { ...CALLEE, ...ONGOING });
    expect(call?.state.phase).toBe('ongoing');
    expect(world.media.joined[0]?.context.resumed).toBe(true);
    expect(world.documents.beats).toHaveLength(1);
  });

  it('has nothing to join when there is no call', async () => {
    const world = callWorld();
    world.backend.answers('calls/ongoing', () => ({ call: null }));
    expect(await world.earshot.resume()).toBeUndefined();
  });
});

describe('without Firestore', () => {
  it('asks for the call instead of watching it, and beats by the operation', async () => {
    const world = callWorld(false);
    const { backend, earshot, timers } = world;
    backend.answers('calls/heartbeat', () => ({}));
    backend.answers('calls/get', () => ({ call: callData(ACCEPTED) }));
    const call = earshot.call({ calleeId: 'other', type: 'audio' });
    await timers.pass(30);
    expect(call.state.phase).toBe('connecting');
    expect(backend.times('calls/heartbeat')).toBe(1);
  });
});
