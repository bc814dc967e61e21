/** The receipt of a call that did not end by a hang-up whose answer came: it comes all the same. */
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../api/index.ts';
import { callWorld, connected, ONGOING, RECEIPT, tell } from '../testing/calls.ts';
import { callData, refusal, settle, type World } from '../testing/world.ts';

const LOST: Partial<Call> = { ...ONGOING, state: 'ended', endReason: 'connection_lost' };

/** No request reaches the backend. */
function cutOff({ backend }: World): void {
  const noNetwork = (): never => {
    throw Object.assign(new Error('no network'), { code: 'unavailable' });
  };
  for (const name of ['get', 'end', 'token', 'joined']) backend.answers(`calls/${name}`, noNetwork);
}

function tells({ backend }: World, change: Partial<Call>): void {
  const isOver = change.state === 'ended';
  backend.answers('calls/get', () => ({ call: callData(change), ...(isOver && { receipt: RECEIPT }) }));
}

/** A call whose media and network have stayed away until this device gave up. */
async function givenUp(world: World) {
  const call = await connected(world);
  cutOff(world);
  world.media.joined[0]?.context.onEvent('reconnecting');
  await world.timers.pass(60);
  expect(call.state).toMatchObject({ phase: 'ended', endReason: null, error: { reason: 'MEDIA_FAILED' } });
  return call;
}

describe('the receipt', () => {
  it('comes when the network does, after media that stayed away, and the backend has found out', async () => {
    const world = callWorld();
    const call = await givenUp(world);
    tells(world, ONGOING);
    await world.timers.pass(60);
    expect(call.state.receipt).toBeUndefined();
    tells(world, LOST);
    await world.timers.pass(120);
    expect(call.state).toMatchObject({
      receipt: RECEIPT,
      endReason: 'connection_lost',
      call: { state: 'ended' },
      error: { reason: 'MEDIA_FAILED' },
    });
  });

  it('comes when End was pressed without a network, and the document tells the end later', async () => {
    const world = callWorld();
    const call = await connected(world);
    cutOff(world);
    const failed = call.end().catch((fault: unknown) => fault);
    await world.timers.pass(20);
    expect(await failed).toMatchObject({ reason: 'UNAVAILABLE' });
    tells(world, LOST);
    await tell(world, LOST);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'connection_lost', receipt: RECEIPT });
  });

  it('comes when the document tells the end before End has failed', async () => {
    const world = callWorld();
    const call = await connected(world);
    cutOff(world);
    const ended = call.end();
    await settle();
    await tell(world, LOST);
    expect(call.state).toMatchObject({ phase: 'ended', receipt: undefined });
    tells(world, LOST);
    await world.timers.pass(20);
    await ended;
    expect(call.state).toMatchObject({ endReason: 'connection_lost', receipt: RECEIPT });
    expect(world.backend.times('calls/get')).toBe(1);
  });

  it('comes when this device has left after the paid time without any news', async () => {
    const world = callWorld();
    const call = await connected(world);
    cutOff(world);
    await world.timers.pass(640);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: null });
    tells(world, { ...LOST, endReason: 'coins_exhausted' });
    await world.timers.pass(120);
    expect(call.state).toMatchObject({ endReason: 'coins_exhausted', receipt: RECEIPT });
  });

  it('comes when the first request for it fails', async () => {
    const world = callWorld();
    const call = await connected(world);
    cutOff(world);
    await tell(world, LOST);
    await world.timers.pass(60);
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'connection_lost', error: undefined });
    tells(world, LOST);
    await world.timers.pass(60);
    expect(call.state.receipt).toEqual(RECEIPT);
    const asked = world.backend.times('calls/get');
    await world.timers.pass(600);
    expect(world.backend.times('calls/get')).toBe(asked);
  });

  it('is not waited for longer than a while, and then it is told why', async () => {
    const world = callWorld();
    const call = await connected(world);
    cutOff(world);
    await tell(world, LOST);
    await world.timers.pass(1200);
    expect(call.state).toMatchObject({ error: { reason: 'UNAVAILABLE' } });
    const asked = world.backend.times('calls/get');
    await world.timers.pass(1200);
    expect(world.backend.times('calls/get')).toBe(asked);
  });

  it('is not asked for again when it is refused, which does not hide why the call was cut short', async () => {
    const world = callWorld();
    const call = await givenUp(world);
    world.backend.answers('calls/get', () => {
      throw refusal('NOT_FOUND', {});
    });
    await world.timers.pass(60);
    const asked = world.backend.times('calls/get');
    await world.timers.pass(600);
    expect(world.backend.times('calls/get')).toBe(asked);
    expect(call.state.error?.reason).toBe('MEDIA_FAILED');
  });

  it.each([
    ['the call is closed', (_world: World, close: () => void) => close()],
    ['the client is closed', ({ earshot }: World) => earshot.close()],
    ['the person leaves', ({ session }: World) => session.signIn(undefined)],
  ])('is not asked for any more when %s', async (_how, stop) => {
    const world = callWorld();
    const call = await givenUp(world);
    stop(world, () => call.close());
    await settle();
    const asked = world.backend.times('calls/get');
    await world.timers.pass(600);
    expect(world.backend.times('calls/get')).toBe(asked);
  });

  it('is not asked for when this device has only let go of the call', async () => {
    const world = callWorld();
    const call = await connected(world);
    call.close();
    await world.timers.pass(600);
    expect(world.backend.times('calls/get')).toBe(0);
  });
});
