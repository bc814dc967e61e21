import { describe, expect, it } from '@jest/globals';
import { wallets } from '../ledger/documents.ts';
import { listenerCards } from '../listeners/documents.ts';
import { addSec } from '../platform/clock.ts';
import { presences } from '../presence/documents.ts';
import { callWorld, CALLEE, CALLER } from '../testing/callWorld.ts';
import { cardOf } from '../testing/people.ts';
import { acceptCall } from './acceptCall.ts';
import { callHeartbeat } from './callHeartbeat.ts';
import { callBeats, callMedia, callNotes, calls } from './documents.ts';
import { emergencyEnd, hangUp } from './endCall.ts';
import { joinCall } from './joinCall.ts';
import { reachDeadline } from './reachDeadline.ts';
import { startCall } from './startCall.ts';
import { takeMediaNotice } from './takeMediaNotice.ts';

async function connected() {
  const world = await callWorld(300);
  const { ports, actor } = world;
  const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
  const { callId } = await startCall(ports, actor(CALLER), asked);
  await acceptCall(ports, actor(CALLEE), { callId, requestId: 'accept' });
  await joinCall(ports, actor(CALLER), { callId });
  await joinCall(ports, actor(CALLEE), { callId });
  world.clock.advance(125);
  return { ...world, callId };
}

describe('an unanswered call', () => {
  it.each([
    [60, 'available'],
    [91, 'offline'],
  ])('shows a listener who beat %d s ago as %s', async (sec, availability) => {
    const { ports, actor, clock, store } = await callWorld(300);
    const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
    const { callId } = await startCall(ports, actor(CALLER), asked);
    clock.advance(sec);
    await expect(hangUp(ports, actor(CALLER), { callId })).rejects.toMatchObject({
      reason: 'INVALID_TRANSITION',
      details: { state: 'ended', endReason: 'no_answer' },
    });
    expect(await store.getAll(listenerCards.doc(CALLEE))).toMatchObject([{ availability, callCount: 0 }]);
  });
});

describe('a settlement', () => {
  it('charges, frees both, counts the call on the card and leaves no beat', async () => {
    const { ports, actor, callId, store } = await connected();
    const { receipt } = await hangUp(ports, actor(CALLER), { callId });
    expect(receipt).toMatchObject({ billedMinutes: 3, coinsSpent: 30, coinsReleased: 70 });
    const [caller, callee, card, beat] = await store.getAll(
      wallets.doc(CALLER),
      wallets.doc(CALLEE),
      listenerCards.doc(CALLEE),
      callBeats.doc(callId, CALLER),
    );
    expect(caller).toMatchObject({ coins: { available: 270, held: 0 }, openCallId: null, holds: {} });
    expect(callee).toMatchObject({ earnings: { available: 45 }, openCallId: null });
    expect(card).toMatchObject({ availability: 'available', callCount: 1 });
    expect(beat).toBeUndefined();
  });

  it('is not held up by a card or a presence that somebody has deleted', async () => {
    const { ports, actor, callId, store, lines } = await connected();
    await store.commit((writer) => writer.delete(listenerCards.doc(CALLEE)));
    await hangUp(ports, actor(CALLER), { callId });
    const [call, caller, card, presence] = await store.getAll(
      calls.doc(callId),
      wallets.doc(CALLER),
      listenerCards.doc(CALLEE),
      presences.doc(CALLEE),
    );
    expect(call).toMatchObject({ state: 'ended', endReason: 'completed' });
    expect(caller?.coins).toMatchObject({ available: 270, held: 0 });
    expect([card, presence?.online]).toEqual([undefined, true]);
    expect(lines.map(({ severity, fields }) => [severity, fields.callId])).toContainEqual(['ERROR', callId]);
  });

  it('frees the card of a caller who was approved in the middle of the call', async () => {
    const { ports, actor, callId, store, clock } = await connected();
    const card = cardOf(CALLER, { availability: 'busy' });
    const presence = { at: clock.now(), online: true, willing: true, busyUntil: null, hasCard: true };
    await store.commit((writer) => {
      writer.create(listenerCards.doc(CALLER), card);
      writer.create(presences.doc(CALLER), presence);
    });
    await hangUp(ports, actor(CALLER), { callId });
    expect(await store.getAll(listenerCards.doc(CALLER))).toMatchObject([{ availability: 'available' }]);
  });

  it('leaves offline a caller without a card who has left meanwhile', async () => {
    const { ports, actor, callId, store, clock } = await connected();
    const left = { at: clock.now(), online: false, lapsed: false, willing: false, busyUntil: null };
    await store.commit((writer) => writer.create(presences.doc(CALLER), { ...left, hasCard: false }));
    await hangUp(ports, actor(CALLEE), { callId });
    expect(await store.getAll(presences.doc(CALLER))).toMatchObject([{ online: false }]);
  });

  it('works also when the presence is gone', async () => {
    const { ports, actor, callId, store } = await connected();
    await store.commit((writer) => writer.delete(presences.doc(CALLEE)));
    await hangUp(ports, actor(CALLER), { callId });
    const [presence] = await store.getAll(presences.doc(CALLEE));
    expect(presence).toMatchObject({ online: true, willing: false });
  });
});

describe('a listener who has left the media and is awaited in vain', () => {
  /** @param wait how long after the leave the sweep finds it, @param beat how long after it their app beats last */
  async function left({ wait, beat }: { wait: number; beat?: number }) {
    const world = await connected();
    const { ports, store, clock, callId, actor } = world;
    const [media] = await store.getAll(callMedia.doc(callId));
    const leftAt = clock.now();
    const seat = { channel: media?.channel ?? '', uid: media?.calleeUid ?? 0 };
    await takeMediaNotice(ports, { ...seat, event: 'leave', at: leftAt, seq: 1, reason: 'left' });
    if (beat !== undefined) {
      clock.advance(beat);
      await callHeartbeat(ports, actor(CALLEE), { callId });
    }
    clock.advance(wait - (beat ?? 0));
    const [call] = await store.getAll(calls.doc(callId));
    await reachDeadline(ports, { callId, callerId: CALLER });
    const [ended, presence, card] = await store.getAll(
      calls.doc(callId),
      presences.doc(CALLEE),
      listenerCards.doc(CALLEE),
    );
    expect([call?.state, ended?.endReason]).toEqual(['ongoing', 'connection_lost']);
    expect(ended?.endedAt).toEqual(leftAt);
    return { leftAt, presence, card };
  }

  it('has a lease from the leave', async () => {
    const { leftAt, presence, card } = await left({ wait: 60 });
    expect(presence).toMatchObject({ at: leftAt, online: true });
    expect(card).toMatchObject({ availability: 'available', callCount: 1 });
  });

  it('is offline once that is over, and comes back through the operation', async () => {
    const { presence, card } = await left({ wait: 90 });
    expect(presence).toMatchObject({ online: false, lapsed: true });
    expect(card).toMatchObject({ availability: 'offline' });
  });

  it('has a lease from the beat of an app that is still there', async () => {
    const { leftAt, presence, card } = await left({ wait: 90, beat: 70 });
    expect(presence).toMatchObject({ at: addSec(leftAt, 70), online: true });
    expect(card).toMatchObject({ availability: 'available' });
  });
});

describe('an emergency', () => {
  it('is kept for review also when the other side hung up first', async () => {
    const { ports, actor, callId, store } = await connected();
    await hangUp(ports, actor(CALLEE), { callId });
    const before = await store.getAll(calls.doc(callId));
    const { endReason } = await emergencyEnd(ports, actor(CALLER), { callId, note: 'threats' });
    const [note] = await store.getAll(callNotes.doc(callId, CALLER));
    expect([endReason, note]).toEqual([
      'completed',
      expect.objectContaining({ operation: 'emergencyEnd', by: CALLER, note: 'threats' }),
    ]);
    expect(await store.getAll(calls.doc(callId))).toEqual(before);
  });

  it('stays reported, whatever the other side says of the call, and says again later', async () => {
    const { ports, actor, callId, store } = await connected();
    await emergencyEnd(ports, actor(CALLER), { callId, note: 'threats' });
    await emergencyEnd(ports, actor(CALLEE), { callId, note: 'it was a joke' });
    await emergencyEnd(ports, actor(CALLER), { callId });
    const notes = await store.getAll(callNotes.doc(callId, CALLER), callNotes.doc(callId, CALLEE));
    expect(notes.map((found) => found?.note)).toEqual(['threats', 'it was a joke']);
  });
});
