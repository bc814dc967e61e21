/** Microphone and camera are asked for before the call, and send what was chosen from the first moment. */
import { describe, expect, it } from '@jest/globals';
import { CALLEE, callWorld, tell } from '../testing/calls.ts';
import { preparing, settle, type World } from '../testing/world.ts';

/** A world whose browser asks the person. */
function asking(): World & { readonly allow: () => Promise<void>; readonly deny: () => Promise<void> } {
  const world = callWorld();
  let say: { resolve: () => void; reject: (fault: Error) => void } | undefined;
  const adapter = preparing(
    world.media,
    async () => await new Promise<void>((resolve, reject) => (say = { resolve, reject })),
  );
  const { earshot } = world;
  const withMicrophone: World['earshot'] = {
    ...earshot,
    call: (target) => earshot.call(target, { media: [adapter] }),
  };
  const answer = async (how: () => void): Promise<void> => {
    how();
    await settle();
  };
  return {
    ...world,
    earshot: withMicrophone,
    allow: async () => await answer(() => say?.resolve()),
    deny: async () => await answer(() => say?.reject(new Error('no microphone'))),
  };
}

describe('whoever calls', () => {
  it('is asked for the microphone before the other phone rings', async () => {
    const world = asking();
    const call = world.earshot.call({ calleeId: 'other', type: 'video' });
    await world.timers.pass(20);
    expect(world.media.prepared).toEqual([{ type: 'video', released: false }]);
    expect(world.backend.asked).toEqual([]);
    await world.allow();
    expect(world.backend.times('calls/start')).toBe(1);
    expect(call.state.phase).toBe('ringing');
  });

  it('calls nobody without a microphone', async () => {
    const world = asking();
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await world.deny();
    expect(call.state).toMatchObject({ phase: 'ended', error: { reason: 'MEDIA_FAILED' } });
    expect(world.backend.asked).toEqual([]);
  });

  it('can hang up while the browser asks: nothing is started, and the microphone is freed', async () => {
    const world = asking();
    const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
    await call.end();
    await world.allow();
    expect(call.state.phase).toBe('ended');
    expect(world.backend.asked).toEqual([]);
    expect(world.media.prepared[0]?.released).toBe(true);
  });

  it('has the microphone freed when the call does not come about', async () => {
    const world = asking();
    world.earshot.call({ calleeId: 'other', type: 'audio' });
    await world.allow();
    await tell(world, {});
    await tell(world, { state: 'ended', endReason: 'rejected' });
    expect(world.media.prepared).toEqual([{ type: 'audio', released: true }]);
  });
});

describe('whoever is called', () => {
  it('is asked before the accept is sent', async () => {
    const world = asking();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    const accepted = call.accept();
    await settle();
    expect(world.backend.times('calls/accept')).toBe(0);
    await world.allow();
    await accepted;
    await settle();
    expect(world.media.joined).toHaveLength(1);
    expect(world.media.prepared).toEqual([{ type: 'audio', released: false }]);
  });

  it('hears it ring on without a microphone, and may try again', async () => {
    const world = asking();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    const first = call.accept().catch((fault: unknown) => fault);
    await settle();
    await world.deny();
    expect(await first).toMatchObject({ reason: 'MEDIA_FAILED' });
    expect(call.state.phase).toBe('ringing');
    const second = call.accept();
    await settle();
    await world.allow();
    await second;
    expect(call.state.phase).toBe('connecting');
  });
});

describe('a mute that was chosen while it rang', () => {
  it('holds from the first moment, and also when the media comes back', async () => {
    const world = callWorld();
    const call = world.earshot.call('call');
    await tell(world, CALLEE);
    await call.mute(true);
    await call.camera(false);
    await call.accept();
    await settle();
    expect(world.media.joined[0]?.context).toMatchObject({ muted: true, cameraOn: false });
    await call.mute(false);
    world.backend.answers('calls/get', () => ({ call: call.state.call }));
    world.media.joined[0]?.context.onEvent('closed');
    await settle();
    expect(world.media.joined[1]?.context).toMatchObject({ muted: false, cameraOn: false });
  });
});
