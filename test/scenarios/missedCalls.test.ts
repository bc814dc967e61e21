/** Calls to somebody who is offline: a push that no caller can send often, or, where that is on, a ring all the same. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { adminOf, dump } from './helpers.ts';
import { reasonOf } from './seenRefusal.ts';
import { callableWhenAway, card, shown, stored, update } from './presenceWorld.ts';
import { acceptedCall, hangUp, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
let listener: SignedIn;
let caller: SignedIn;

beforeAll(() => {
  admin = adminOf(stack);
});

beforeEach(async () => {
  await stack.freeze(10);
  ({ caller, callee: listener } = await stack.pair());
});

async function start(by: SignedIn = caller, calleeId = listener.uid): Promise<string> {
  return reasonOf(by.earshot.calls.start({ calleeId, type: 'audio', requestId: randomUUID() }));
}

describe('a call to somebody who is offline', () => {
  beforeEach(async () => void (await update(listener, { online: false })));

  it('is refused, and they are told who called', async () => {
    expect(await start()).toBe('CALLEE_OFFLINE');
    const at = (await stack.control.now()).toISOString();
    const username: unknown = (await admin.doc(`users/${caller.uid}`).get()).get('username');
    const [push, ...others] = await stack.pushesOf(listener.uid, 'missed_call');
    expect(others).toEqual([]);
    expect(push).toMatchObject({
      data: { type: 'missed_call', callerName: username, at },
      notification: { title: 'Missed call', body: username },
    });
    expect(push?.data).not.toHaveProperty('callId');
    expect(await stack.pushesOf(caller.uid, 'missed_call')).toEqual([]);
    expect((await admin.collection('outbox').get()).size).toBe(0);
    expect((await admin.collection('calls').where('callerId', '==', caller.uid).get()).size).toBe(0);
  });

  it('tells them once in ten minutes, and each caller for themselves', async () => {
    expect(await start()).toBe('CALLEE_OFFLINE');
    await stack.control.idle();
    const told = await dump(stack);
    for (let tries = 0; tries < 3; tries += 1) expect(await start()).toBe('CALLEE_OFFLINE');
    expect(await dump(stack)).toEqual(told);
    const [other] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    if (other === undefined) throw new Error('the seed made nobody');
    expect(await start(other)).toBe('CALLEE_OFFLINE');
    expect(await stack.pushesOf(listener.uid, 'missed_call')).toHaveLength(2);
    await stack.control.advance(599);
    expect(await start()).toBe('CALLEE_OFFLINE');
    expect(await stack.pushesOf(listener.uid, 'missed_call')).toHaveLength(2);
    await stack.control.advance(1);
    expect(await start()).toBe('CALLEE_OFFLINE');
    expect(await stack.pushesOf(listener.uid, 'missed_call')).toHaveLength(3);
  });

  it('tells no more people in an hour than a caller may call', async () => {
    await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
    const now = Timestamp.fromDate(await stack.control.now());
    const hits = { 'calls.missed': Array<Timestamp>(30).fill(now) };
    await admin.doc(`limits/${caller.uid}`).set({ hits, expireAt: now });
    expect(await start()).toBe('CALLEE_OFFLINE');
    expect(await stack.pushesOf(listener.uid, 'missed_call')).toEqual([]);
    await stack.control.advance(3600);
    expect(await start()).toBe('CALLEE_OFFLINE');
    expect(await stack.pushesOf(listener.uid, 'missed_call')).toHaveLength(1);
  });

  it('does not count as a call', async () => {
    await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
    for (let tries = 0; tries < 8; tries += 1) expect(await start()).toBe('CALLEE_OFFLINE');
    await listener.earshot.presence.heartbeat();
    expect(await start()).toBe('OK');
  });
});

describe('somebody whose app is closed', () => {
  const vanish = async () => stack.control.advance(150, [listener.uid]);
  const ringInVain = async () => {
    await startedCall(stack, { pair: { caller, callee: listener } });
    await stack.control.advance(61, [listener.uid]);
  };

  it('is offline where the feature is off', async () => {
    await vanish();
    expect(await card(listener)).toMatchObject({ availability: 'offline', away: false });
    expect(await start()).toBe('CALLEE_OFFLINE');
  });

  it('is away, can be called, and is here after the call', async () => {
    await callableWhenAway(stack, true);
    await vanish();
    expect(await card(listener)).toMatchObject({ availability: 'available', online: true, away: true });
    const call = await acceptedCall(stack, { pair: { caller, callee: listener } });
    expect(await card(listener)).toMatchObject({ availability: 'busy', away: false });
    await hangUp(caller, call.callId);
    expect(await card(listener)).toMatchObject({ availability: 'available', away: false });
  });

  it('can be called also before the sweep has noted it', async () => {
    await callableWhenAway(stack, true);
    await stack.control.advance(5, [listener.uid]);
    await admin.doc(`presence/${listener.uid}`).update({ at: Timestamp.fromMillis(Date.now() - 100_000) });
    expect(await start()).toBe('OK');
  });

  it('is offline after three calls in vain, and here again with a beat', async () => {
    await callableWhenAway(stack, true);
    await vanish();
    await ringInVain();
    await ringInVain();
    expect(await card(listener)).toMatchObject({ availability: 'available', away: true });
    await ringInVain();
    expect(await card(listener)).toMatchObject({ availability: 'offline', away: false });
    expect(await start()).toBe('CALLEE_OFFLINE');
    await listener.earshot.presence.heartbeat();
    expect(await card(listener)).toMatchObject({ availability: 'available', away: false });
    expect(await stored(admin, listener)).toMatchObject({ missedRings: 0 });
    await vanish();
    expect(await card(listener)).toMatchObject({ away: true });
  });

  it('begins to count anew with a call that they take', async () => {
    await callableWhenAway(stack, true);
    await vanish();
    await ringInVain();
    await ringInVain();
    const { callId } = await acceptedCall(stack, { pair: { caller, callee: listener } });
    await hangUp(caller, callId);
    await vanish();
    await ringInVain();
    expect(await card(listener)).toMatchObject({ availability: 'available', away: true });
  });

  it('is offline when they said so, or have logged out', async () => {
    await callableWhenAway(stack, true);
    await update(listener, { online: false });
    await vanish();
    expect(await shown(listener)).toBe('offline');
    expect(await start()).toBe('CALLEE_OFFLINE');
    await listener.earshot.presence.heartbeat();
    await vanish();
    expect(await card(listener)).toMatchObject({ away: true });
    await listener.earshot.auth.logout();
    expect(await card(listener)).toMatchObject({ availability: 'offline', away: false });
    expect(await start()).toBe('CALLEE_OFFLINE');
  });

  it('is offline when no device was seen for a day, or they take no calls', async () => {
    await callableWhenAway(stack, true);
    await vanish();
    await update(listener, { willing: false });
    expect(await shown(listener)).toBe('offline');
    await update(listener, { willing: true });
    expect(await card(listener)).toMatchObject({ availability: 'available', away: true });
    await stack.control.advance(86_400, [listener.uid]);
    expect(await card(listener)).toMatchObject({ availability: 'offline', away: false });
    expect(await start()).toBe('CALLEE_OFFLINE');
  });

  it('is offline again when the feature is turned off', async () => {
    await callableWhenAway(stack, true);
    await vanish();
    await callableWhenAway(stack, false);
    expect(await start()).toBe('CALLEE_OFFLINE');
  });
});
