import { describe, expect, it } from '@jest/globals';
import { callWorld, CALLEE, CALLER } from '../testing/callWorld.ts';
import { callBeats, calls } from './documents.ts';
import { sweep } from './events.ts';
import { startCall } from './startCall.ts';

async function overdue() {
  const world = await callWorld(300);
  const { ports, actor } = world;
  const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
  const { callId } = await startCall(ports, actor(CALLER), asked);
  world.clock.advance(61);
  return { ...world, callId };
}

describe('the sweep', () => {
  it('ends what no task has ended', async () => {
    const { ports, callId, store } = await overdue();
    await sweep(ports);
    expect(await store.getAll(calls.doc(callId))).toMatchObject([{ state: 'ended', endReason: 'no_answer' }]);
  });

  it.each([
    ['call', (at: Date) => ['calls/broken', { deadlineAt: at, state: 'of another version' }] as const],
    [
      'beat',
      (at: Date) => ['calls/broken/beats/someone', { at: new Date(at.getTime() - 3_600_000) }] as const,
    ],
    ['outbox entry', (at: Date) => ['outbox/broken', { notBefore: at }] as const],
  ])('is not stopped by a %s that cannot be read', async (_what, broken) => {
    const { ports, callId, store, clock, lines } = await overdue();
    const [path, data] = broken(new Date(clock.now().getTime() - 1000));
    store.write(path, data);
    await sweep(ports);
    expect(await store.getAll(calls.doc(callId))).toMatchObject([{ state: 'ended' }]);
    expect(lines.some(({ severity }) => severity === 'ERROR')).toBe(true);
  });

  it('removes beats that nobody owns any more, so that they cannot hide others', async () => {
    const { ports, store, clock } = await overdue();
    const at = new Date(clock.now().getTime() - 3_600_000);
    store.write('calls/gone/beats/someone', { callId: 'gone', uid: 'someone', at });
    await sweep(ports);
    expect(await store.getAll(callBeats.doc('gone', 'someone'))).toEqual([undefined]);
  });
});
