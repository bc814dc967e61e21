import { describe, expect, it } from '@jest/globals';
import { listenerCards } from '../listeners/documents.ts';
import { callWorld, CALLEE, CALLER } from '../testing/callWorld.ts';
import { users } from '../users/documents.ts';
import { calls } from './documents.ts';
import { cancelCall } from './endCall.ts';
import { startCall } from './startCall.ts';

const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;

describe('a start by a caller who is a listener too', () => {
  async function listenerCalls(withCard: boolean) {
    const world = await callWorld(300);
    const { store, ports, actor } = world;
    await store.commit((writer) => writer.update(users.doc(CALLER), { listenerStatus: 'approved' }));
    const [card] = await store.getAll(listenerCards.doc(CALLEE));
    if (card === undefined) throw new Error('the callee has a card');
    if (withCard) store.write(listenerCards.doc(CALLER).path, { ...card, listenerId: CALLER });
    const { callId } = await startCall(ports, actor(CALLER), asked);
    return { ...world, callId };
  }

  it('shows both as busy, and both as they are afterwards', async () => {
    const { ports, actor, store, callId } = await listenerCalls(true);
    const cards = () => store.getAll(listenerCards.doc(CALLER), listenerCards.doc(CALLEE));
    expect(await cards()).toMatchObject([{ availability: 'busy' }, { availability: 'busy' }]);
    await cancelCall(ports, actor(CALLER), { callId });
    // The caller has no presence, so nobody can say that they are available.
    expect(await cards()).toMatchObject([{ availability: 'offline' }, { availability: 'available' }]);
  });

  it('works without their card, which somebody has deleted', async () => {
    const { store, callId } = await listenerCalls(false);
    expect(await store.getAll(calls.doc(callId))).toMatchObject([{ state: 'ringing', callerHasCard: false }]);
  });

  it('gives the other card back when theirs is deleted during the call', async () => {
    const { ports, actor, store, callId } = await listenerCalls(true);
    await store.commit((writer) => writer.delete(listenerCards.doc(CALLER)));
    await cancelCall(ports, actor(CALLER), { callId });
    expect(await store.getAll(listenerCards.doc(CALLEE))).toMatchObject([{ availability: 'available' }]);
  });
});
