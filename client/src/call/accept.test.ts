/** Taking and declining a call where answers get lost, and where another device may be faster. */
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../api/index.ts';
import { ACCEPTED, CALLEE, callWorld, ONGOING, tell } from '../testing/calls.ts';
import { callData, MEDIA, preparing, refusal, settle, type World } from '../testing/world.ts';

const RINGING: Partial<Call> = CALLEE;
const TAKEN: Partial<Call> = { ...CALLEE, ...ACCEPTED };
const TALKING: Partial<Call> = { ...CALLEE, ...ONGOING };

const noNetwork = (): never => {
  throw Object.assign(new Error('no network'), { code: 'unavailable' });
};
const granted = () => ({ callId: 'call', state: 'connecting', media: MEDIA });
const takenElsewhere = (): never => {
  throw refusal('INVALID_TRANSITION', { state: 'connecting', answeredElsewhere: true });
};

async function failing(asked: Promise<void>, { timers }: World): Promise<unknown> {
  const fault = asked.catch((thrown: unknown) => thrown);
  await timers.pass(20);
  return await fault;
}

async function ringing(world: World) {
  const call = world.earshot.call('call');
  await tell(world, RINGING);
  return call;
}

/** An accept was sent, and no answer came. */
async function lost(world: World) {
  const call = await ringing(world);
  world.backend.answers('calls/accept', noNetwork);
  expect(await failing(call.accept(), world)).toMatchObject({ reason: 'UNAVAILABLE' });
  expect(call.state.phase).toBe('ringing');
  return call;
}

describe('an accept without an answer', () => {
  it('is over when another device of the person has taken the call', async () => {
    const world = callWorld();
    const call = await lost(world);
    world.backend.answers('calls/accept', takenElsewhere);
    await tell(world, TALKING);
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
    expect(world.media.joined).toHaveLength(0);
  });

  it('joins by itself when it had come through', async () => {
    const world = callWorld();
    const call = await lost(world);
    world.backend.answers('calls/accept', granted);
    await tell(world, TAKEN);
    expect(call.state.phase).toBe('connecting');
    expect(world.media.joined).toHaveLength(1);
    await tell(world, TALKING);
    expect(call.state.phase).toBe('ongoing');
    expect(call.timeLeft()).toBeDefined();
  });

  it('is repeated as long as no answer comes, also when it was on its way as the news came', async () => {
    const world = callWorld();
    const call = await ringing(world);
    world.backend.answers('calls/accept', noNetwork);
    const accepted = call.accept().catch((fault: unknown) => fault);
    await settle();
    await tell(world, TALKING);
    await world.timers.pass(20);
    expect(await accepted).toMatchObject({ reason: 'UNAVAILABLE' });
    expect(call.state.phase).toBe('ringing');
    await world.timers.pass(60);
    world.backend.answers('calls/accept', granted);
    await world.timers.pass(70);
    expect(call.state.phase).toBe('ongoing');
    const asked = world.backend.asked.filter(({ name }) => name === 'calls/accept');
    expect(new Set(asked.map(({ input }) => input['requestId'])).size).toBe(1);
    await world.timers.pass(600);
    expect(world.backend.times('calls/accept')).toBe(asked.length);
  });

  it('is not repeated when the call has ended', async () => {
    const world = callWorld();
    const call = await lost(world);
    await tell(world, TAKEN);
    await tell(world, { ...TAKEN, state: 'ended', endReason: 'connect_timeout' });
    // What is on its way is tried on.
    await world.timers.pass(20);
    const asked = world.backend.times('calls/accept');
    await world.timers.pass(600);
    expect(world.backend.times('calls/accept')).toBe(asked);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'connect_timeout' });
  });

  it('does not say that the device’s clock is wrong', async () => {
    const world = callWorld();
    const call = await lost(world);
    world.backend.answers('calls/accept', granted);
    await world.timers.pass(20);
    await call.accept();
    await tell(world, TAKEN);
    expect(world.earshot.now().getTime()).toBe(world.timers.nowMs());
  });
});

describe('a Decline', () => {
  it('that does not come through leaves the call ringing, and it can still be taken', async () => {
    const world = callWorld();
    const call = await ringing(world);
    world.backend.answers('calls/reject', noNetwork);
    expect(await failing(call.end(), world)).toMatchObject({ reason: 'UNAVAILABLE' });
    expect(call.state.phase).toBe('ringing');
    await call.accept();
    await settle();
    expect(call.state.phase).toBe('connecting');
    expect(world.media.joined).toHaveLength(1);
  });

  it('does not end what another device of the person has taken meanwhile', async () => {
    const world = callWorld();
    const call = await ringing(world);
    world.backend.answers('calls/reject', () => {
      throw refusal('INVALID_TRANSITION', { state: 'connecting' });
    });
    world.backend.answers('calls/get', () => ({ call: callData({ ...TAKEN, role: 'callee' }) }));
    await call.end();
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
    expect(world.backend.times('calls/end')).toBe(0);
  });

  it('that fails learns from what was told meanwhile', async () => {
    const world = callWorld();
    const call = await ringing(world);
    world.backend.answers('calls/reject', noNetwork);
    const declined = call.end().catch((fault: unknown) => fault);
    await settle();
    await tell(world, TAKEN);
    await world.timers.pass(20);
    await declined;
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
  });

  it('does not end it either when that is known already', async () => {
    const world = callWorld();
    const call = await ringing(world);
    world.backend.answers('calls/reject', () => {
      throw refusal('INVALID_TRANSITION', { state: 'connecting' });
    });
    const declined = call.end();
    world.backend.answers('calls/get', () => ({ call: callData({ ...TAKEN, role: 'callee' }) }));
    await tell(world, TAKEN);
    await declined;
    expect(call.state).toMatchObject({ phase: 'ended', answeredElsewhere: true });
    expect(world.backend.times('calls/end')).toBe(0);
  });

  it('holds against an accept that was on its way', async () => {
    const world = callWorld();
    const call = await ringing(world);
    let grant: (answer: unknown) => void = () => undefined;
    world.backend.answers('calls/accept', async () => await new Promise((resolve) => (grant = resolve)));
    world.backend.answers('calls/end', noNetwork);
    const accepted = call.accept().catch((fault: unknown) => fault);
    await settle();
    await failing(call.end(), world);
    world.backend.answers('calls/end', () => ({ callId: 'call', endReason: 'cancelled', receipt: NONE }));
    grant(granted());
    await accepted;
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'cancelled' });
    expect(world.media.joined).toHaveLength(0);
  });

  it('on its way lets no accept open the microphone', async () => {
    const world = callWorld();
    const media = [preparing(world.media, async () => undefined)];
    const call = world.earshot.call('call', { media });
    await tell(world, RINGING);
    world.backend.answers('calls/reject', noNetwork);
    const declined = call.end().catch((fault: unknown) => fault);
    await expect(call.accept()).rejects.toMatchObject({ reason: 'INVALID_TRANSITION' });
    expect(world.media.prepared.every(({ released }) => released)).toBe(true);
    await world.timers.pass(20);
    await declined;
    expect(world.backend.times('calls/accept')).toBe(0);
  });
});

/** The receipt of a call that was not connected. */
const NONE = { connectedAt: null };
