/** People come online, leave, take calls or not, are busy; and who may know it. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PresenceUpdateOutput } from '../../client/src/index.ts';
import { adminOf, dump, sendJson } from './helpers.ts';
import { reasonOf, refusalOf } from './seenRefusal.ts';
import { beat, card, Feed, get, shown, stored, update } from './presenceWorld.ts';
import { acceptedCall, hangUp, plusSec, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
let listener: SignedIn;
let caller: SignedIn;

beforeAll(() => {
  admin = adminOf(stack);
});

beforeEach(async () => {
  // Ten seconds past the minute, so that no sweep comes due by itself.
  await stack.freeze(10);
  ({ caller, callee: listener } = await stack.pair());
});

async function start(): Promise<unknown> {
  return caller.earshot.calls.start({ calleeId: listener.uid, type: 'audio', requestId: randomUUID() });
}

const hidden = { online: false, lastSeen: null, busy: false, available: false };

describe('a heartbeat', () => {
  it('brings somebody back, for 90 seconds', async () => {
    await update(listener, { online: false });
    expect(await shown(listener)).toBe('offline');
    expect(await reasonOf(start())).toBe('CALLEE_OFFLINE');
    const { onlineUntil } = await listener.earshot.presence.heartbeat();
    expect(onlineUntil).toBe(plusSec(await stack.control.now(), 90).toISOString());
    expect(await card(listener)).toMatchObject({ availability: 'available', online: true });
    expect(await reasonOf(start())).toBe('OK');
  });

  it('changes nothing but the lease of somebody who is online, for four reads and a write', async () => {
    await stack.control.idle();
    const before = await dump(stack);
    await stack.control.resetCounters();
    await listener.earshot.presence.heartbeat();
    expect(await dump(stack)).toEqual(before);
    const { perOperation } = await stack.control.counters();
    expect(perOperation['presence/heartbeat']).toMatchObject({ reads: 4, writes: 1, deletes: 0 });
  });

  it('brings the card up to date with the profile', async () => {
    await update(listener, { online: false });
    await admin.doc(`users/${listener.uid}`).update({ bio: 'Has read a lot.', languages: ['ta'] });
    await listener.earshot.presence.heartbeat();
    expect(await card(listener)).toMatchObject({ bio: 'Has read a lot.', languageKeys: { ta: true } });
  });

  it('is the first that somebody needs who never had a presence', async () => {
    await admin.doc(`presence/${caller.uid}`).delete();
    await expect(beat(caller)).rejects.toMatchObject({ code: 'permission-denied' });
    await caller.earshot.presence.heartbeat();
    await beat(caller);
    expect(await stored(admin, caller)).toMatchObject({ online: true, willing: false, hasCard: false });
  });
});

describe('an update', () => {
  it('tells what has become of it, and is seen by others', async () => {
    const left = { online: false, busy: false, available: false, willing: true, busyUntil: null };
    expect(await update(listener, { online: false })).toMatchObject(left);
    expect(await get(caller, [listener.uid])).toMatchObject([
      { online: false, lastSeen: expect.any(String) },
    ]);
    expect(await update(listener, { online: true })).toMatchObject({ online: true, available: true });
    expect(await shown(listener)).toBe('available');
  });

  it('without a word changes nothing', async () => {
    const before = await dump(stack);
    // Without a requestId, of which a record would be kept.
    const { presence } = await listener.call<PresenceUpdateOutput>('presence/update', {});
    expect(presence).toMatchObject({ online: true, willing: true });
    expect(await dump(stack)).toEqual(before);
  });

  it('takes whoever takes no calls off the feed, also when they are offline', async () => {
    await update(listener, { willing: false });
    expect(await shown(listener)).toBe('offline');
    expect(await reasonOf(start())).toBe('CALLEE_OFFLINE');
    await update(listener, { online: false });
    await update(listener, { willing: true });
    expect(await shown(listener)).toBe('offline');
    await update(listener, { online: true });
    expect(await shown(listener)).toBe('available');
  });

  it('means nothing for the cards when it comes from somebody who is no listener', async () => {
    await admin.doc(`presence/${caller.uid}`).delete();
    const mine = await update(caller, { willing: true });
    expect(mine).toMatchObject({ online: false, willing: true, available: false });
    expect(await update(caller, { online: true })).toMatchObject({ online: true, available: false });
    expect((await admin.doc(`listeners/${caller.uid}`).get()).exists).toBe(false);
  });

  it('that is repeated late does not undo what was said since', async () => {
    const requestId = randomUUID();
    const first = await update(listener, { online: false, requestId });
    await update(listener, { online: true });
    expect(await update(listener, { online: false, requestId })).toEqual(first);
    expect(await shown(listener)).toBe('available');
    const other = update(listener, { online: true, requestId });
    expect((await refusalOf(other)).details).toEqual({ reason: 'IDEMPOTENCY_MISMATCH' });
  });
});

describe('a busy mark', () => {
  const inSec = async (sec: number) => plusSec(await stack.control.now(), sec);
  const mark = async (sec: number) => update(listener, { busyUntil: (await inSec(sec)).toISOString() });

  it.each([
    ['now', 0],
    ['in the past', -3600],
    ['more than a day ahead', 86_401],
  ])('that ends %s is refused and named', async (_when, sec) => {
    const before = await dump(stack);
    const { details } = await refusalOf(mark(sec));
    expect(details).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'busyUntil' }] });
    expect(await dump(stack)).toEqual(before);
  });

  it('keeps calls away until it is taken back, a day at most', async () => {
    expect(await mark(86_400)).toMatchObject({ online: true, busy: true, available: false });
    expect(await shown(listener)).toBe('busy');
    expect(await reasonOf(start())).toBe('CALLEE_BUSY');
    expect(await update(listener, { busyUntil: null })).toMatchObject({ busy: false, busyUntil: null });
    expect(await shown(listener)).toBe('available');
    await stack.control.idle();
    expect((await admin.collection('outbox').get()).size).toBe(0);
  });

  it('ends on the card at its time', async () => {
    await mark(125);
    expect((await stack.control.advance(124)).ran).not.toContainEqual(
      expect.objectContaining({ kind: 'task' }),
    );
    expect(await shown(listener)).toBe('busy');
    const { ran } = await stack.control.advance(1);
    expect(ran).toMatchObject([{ kind: 'task' }]);
    expect(await shown(listener)).toBe('available');
    expect(await stored(admin, listener)).toMatchObject({ busyUntil: null });
    expect((await admin.collection('outbox').get()).size).toBe(0);
  });

  it('ends by the sweep when its task is lost', async () => {
    await stack.control.faults({ tasks: { drop: 1 } });
    await mark(125);
    await stack.control.advance(125);
    expect(await shown(listener)).toBe('busy');
    await stack.control.advance(90);
    expect(await shown(listener)).toBe('available');
    expect((await admin.collection('outbox').get()).size).toBe(0);
  });

  it('ends once when its task comes twice and late', async () => {
    await stack.control.faults({ tasks: { duplicate: 1, delaySec: 20 } });
    await mark(65);
    await stack.control.advance(125);
    expect(await shown(listener)).toBe('available');
  });

  it('that was prolonged ends at the later time', async () => {
    await mark(65);
    await mark(305);
    await stack.control.advance(125);
    expect(await shown(listener)).toBe('busy');
    await stack.control.advance(181);
    expect(await shown(listener)).toBe('available');
  });

  it('that was shortened ends at the earlier time', async () => {
    await mark(305);
    await mark(65);
    await stack.control.advance(66);
    expect(await shown(listener)).toBe('available');
    await mark(600);
    await stack.control.advance(300);
    expect(await shown(listener)).toBe('busy');
  });

  it('brings nobody back who is offline by then', async () => {
    await mark(65);
    await update(listener, { online: false });
    expect(await shown(listener)).toBe('offline');
    await stack.control.advance(66);
    expect(await shown(listener)).toBe('offline');
  });
});

describe('a call', () => {
  it('makes busy, whatever the listener says', async () => {
    const { callId } = await startedCall(stack, { pair: { caller, callee: listener } });
    expect(await shown(listener)).toBe('busy');
    for (const said of [{ busyUntil: null }, { online: true }, { willing: true }, { online: false }]) {
      expect(await update(listener, said)).toMatchObject({ online: true, busy: true, available: false });
      expect(await shown(listener)).toBe('busy');
    }
    await listener.earshot.presence.heartbeat();
    expect(await shown(listener)).toBe('busy');
    await caller.earshot.calls.cancel({ callId });
    expect(await shown(listener)).toBe('available');
  });

  it.each([
    ['went offline', { online: false }, 'offline'],
    ['takes no calls any more', { willing: false }, 'offline'],
    ['marked themselves busy', 'busy', 'busy'],
    ['said nothing', {}, 'available'],
  ] as const)('leaves a listener who %s as they have said', async (what, said, after) => {
    const call = await acceptedCall(stack, { pair: { caller, callee: listener } });
    const busyUntil = plusSec(await stack.control.now(), 3600).toISOString();
    await update(listener, said === 'busy' ? { busyUntil } : said);
    expect(await shown(listener)).toBe('busy');
    await hangUp(caller, call.callId);
    expect(await shown(listener)).toBe(after);
    expect((await stored(admin, listener))['online']).toBe(what !== 'went offline');
  });

  it('does not lose its busy card to the end of a mark', async () => {
    await update(listener, { busyUntil: plusSec(await stack.control.now(), 40).toISOString() });
    // As if the mark had been made while the call was being started.
    await admin.doc(`presence/${listener.uid}`).update({ busyUntil: null });
    await startedCall(stack, { pair: { caller, callee: listener } });
    await admin.doc(`presence/${listener.uid}`).update({ busyUntil: plusSec(await stack.control.now(), 40) });
    expect((await stack.control.advance(41)).ran).toContainEqual(expect.objectContaining({ kind: 'task' }));
    expect(await shown(listener)).toBe('busy');
  });
});

describe('who may know', () => {
  it('everybody of listeners, nobody of others', async () => {
    const items = await get(caller, [listener.uid, 'nobody', caller.uid, listener.uid]);
    expect(items.map(({ userId }) => userId)).toEqual([listener.uid, 'nobody', caller.uid]);
    expect(items).toMatchObject([{ online: true, available: true }, hidden, { online: true }]);
    expect(items[0]?.lastSeen).not.toBeNull();
    expect(await get(listener, [caller.uid])).toEqual([{ userId: caller.uid, ...hidden }]);
    for (const item of items) expect(item).not.toHaveProperty('willing');
  });

  it('the parties of an open call of each other', async () => {
    const { callId } = await startedCall(stack, { pair: { caller, callee: listener } });
    const inCall = { online: true, busy: true, available: false };
    expect(await get(listener, [caller.uid, listener.uid])).toMatchObject([inCall, inCall]);
    const [stranger] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    if (stranger === undefined) throw new Error('the seed made nobody');
    expect(await get(stranger, [caller.uid, listener.uid])).toMatchObject([hidden, inCall]);
    await hangUp(caller, callId);
    expect(await get(listener, [caller.uid])).toMatchObject([hidden]);
  });

  it('of at most a hundred people at a time, also over REST', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `person-${index}`);
    expect((await refusalOf(get(caller, ids))).details).toMatchObject({
      reason: 'INVALID_INPUT',
      issues: [{ path: 'userIds' }],
    });
    expect(await get(caller, ids.slice(1))).toHaveLength(100);
    const token = await caller.idToken();
    const asked = async (userIds: string) =>
      sendJson(stack, `api/v1/presence?userIds=${userIds}`, { method: 'GET', token });
    expect(await asked(listener.uid)).toMatchObject({
      status: 200,
      body: { items: [{ userId: listener.uid, online: true }] },
    });
    expect(await asked(`nobody,${listener.uid}`)).toMatchObject({
      body: { items: [{ userId: 'nobody', ...hidden }, { userId: listener.uid }] },
    });
  });
});

describe('a feed', () => {
  it('sees every transition once, and no beat', async () => {
    const feed = new Feed(caller, listener);
    await feed.until(1);
    for (let count = 0; count < 3; count += 1) {
      await listener.earshot.presence.heartbeat();
      await beat(listener);
      await update(listener, { online: true });
    }
    await update(listener, { online: false });
    await update(listener, { online: false });
    await listener.earshot.presence.heartbeat();
    const { callId } = await startedCall(stack, { pair: { caller, callee: listener } });
    await listener.earshot.presence.heartbeat();
    await hangUp(caller, callId);
    await feed.until(5);
    await update(listener, { willing: false });
    await feed.until(6);
    feed.stop();
    expect(feed.states).toEqual(['available', 'offline', 'available', 'busy', 'available', 'offline']);
  });
});
