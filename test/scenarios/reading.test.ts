/** What clients watch: live queries of the contract, cards that change with a call, and what nobody else sees. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  doc,
  getDoc,
  getDocs,
  limit,
  onSnapshot,
  orderBy,
  query,
  setDoc,
  updateDoc,
  deleteDoc,
  where,
  type DocumentData,
  type Query,
  type QueryConstraint,
} from 'firebase/firestore';
import type { Phone } from '../../dev/src/phone/phone.ts';
import {
  connectedCall,
  hangUp,
  startedCall,
  useStack,
  type ConnectedCall,
  type SignedIn,
} from './support.ts';

const stack = useStack();

function page(phone: Phone, path: string, ...constraints: QueryConstraint[]): Query {
  return query(collection(phone.db, path), ...constraints, limit(50));
}

async function ids(asked: Query): Promise<string[]> {
  return (await getDocs(asked)).docs.map(({ id }) => id);
}

/** What a watcher sees, in order; the same value twice in a row counts once. */
class Seen<T> {
  readonly values: T[] = [];
  #next = 0;
  #wake: () => void = () => undefined;
  #fault: Error | undefined;

  /** Nothing more comes: refused, or the phone was closed. */
  fail(fault: Error): void {
    this.#fault = fault;
    this.#wake();
  }

  add(value: T): void {
    if (JSON.stringify(this.values.at(-1)) === JSON.stringify(value)) return;
    this.values.push(value);
    this.#wake();
  }

  /** Waits for a value that came after the one waited for last. @throws what ended the watching */
  async until(matches: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = this.values[this.#next];
      if (value === undefined && this.#fault !== undefined) throw this.#fault;
      if (value === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else {
        this.#next += 1;
        if (matches(value)) return value;
      }
    }
  }
}

function watchDocument(phone: Phone, path: string): Seen<DocumentData> {
  const seen = new Seen<DocumentData>();
  onSnapshot(
    doc(phone.db, path),
    (snapshot) => seen.add(snapshot.data() ?? {}),
    (fault) => seen.fail(fault),
  );
  return seen;
}

function watchIds(asked: Query): Seen<string[]> {
  const seen = new Seen<string[]>();
  onSnapshot(
    asked,
    (snapshot) => seen.add(snapshot.docs.map(({ id }) => id)),
    (fault) => seen.fail(fault),
  );
  return seen;
}

describe('a listener who waits for calls', () => {
  it('sees a call come, and go when it stops ringing', async () => {
    const { caller, callee } = await stack.pair();
    const incoming = watchIds(
      page(callee, 'calls', where('calleeId', '==', callee.uid), where('state', '==', 'ringing')),
    );
    await incoming.until((found) => found.length === 0);
    const { callId } = await startedCall(stack, { pair: { caller, callee } });
    await incoming.until((found) => found.includes(callId));
    await caller.earshot.calls.cancel({ callId });
    await incoming.until((found) => found.length === 0);
    expect(incoming.values).toEqual([[], [callId], []]);
  });
});

describe('a caller who waits for an answer', () => {
  it('learns of every state from the call itself', async () => {
    const { caller, callee, callId } = await startedCall(stack);
    const call = watchDocument(caller, `calls/${callId}`);
    await call.until(({ state }) => state === 'ringing');
    await callee.earshot.calls.accept({ callId, requestId: crypto.randomUUID() });
    await call.until(({ state }) => state === 'connecting');
    await callee.earshot.calls.joined({ callId });
    await caller.earshot.calls.joined({ callId });
    const ongoing = await call.until(({ state }) => state === 'ongoing');
    expect(ongoing['grantedUntil']).not.toBeNull();
    await hangUp(callee, callId);
    expect(await call.until(({ state }) => state === 'ended')).toMatchObject({ endReason: 'completed' });
  });

  it('sees the coins go into the hold and come back', async () => {
    const { caller, callee } = await stack.pair(500);
    const wallet = watchDocument(caller, `wallets/${caller.uid}`);
    const entries = watchIds(page(caller, `wallets/${caller.uid}/entries`, orderBy('createdAt', 'desc')));
    await wallet.until(({ coins }) => (coins as { available: number }).available === 500);
    await entries.until((found) => found.length === 1);
    const { callId } = await startedCall(stack, { pair: { caller, callee } });
    expect(await wallet.until((found) => found['openCallId'] === callId)).toMatchObject({
      coins: { available: 400, held: 100 },
    });
    await caller.earshot.calls.cancel({ callId });
    await entries.until((found) => found.length === 3);
    const amounts = wallet.values.map(({ coins }) => (coins as { available: number }).available);
    expect(amounts).toEqual([500, 400, 500]);
  });
});

describe('the feed of listeners', () => {
  let caller: SignedIn;
  let first: SignedIn;
  let second: SignedIn;
  beforeAll(async () => {
    const seed = {
      listeners: 2,
      callers: 1,
      coins: 500,
      profiles: [{ languages: ['ta'] }, { languages: ['ta', 'en'] }],
    };
    const people = await stack.people(seed);
    [first, second, caller] = people as [SignedIn, SignedIn, SignedIn];
    await stack.writeAsAdmin(`listeners/${second.uid}?updateMask.fieldPaths=rating`, {
      rating: { doubleValue: 4.9 },
    });
  });

  const speak = (language: string) => where(`languageKeys.${language}`, '==', true);
  const available = where('availability', '==', 'available');
  const best = orderBy('rating', 'desc');

  it('is filtered by language and ordered by rating', async () => {
    expect(await ids(page(caller, 'listeners', speak('ta'), best))).toEqual([second.uid, first.uid]);
    expect(await ids(page(caller, 'listeners', speak('ta'), speak('en'), best))).toEqual([second.uid]);
    expect(await ids(page(caller, 'listeners', speak('kn'), best))).toEqual([]);
  });

  it('loses a listener who is in a call and gets them back after it', async () => {
    const feed = watchIds(page(caller, 'listeners', available, speak('ta'), best));
    const card = watchDocument(caller, `listeners/${second.uid}`);
    await feed.until((found) => found.length === 2);
    const { callId } = await connectedCall(stack, { pair: { caller, callee: second } });
    await feed.until((found) => found.length === 1 && found[0] === first.uid);
    await card.until((found) => found['availability'] === 'busy');
    await hangUp(caller, callId);
    expect((await card.until((found) => found['callCount'] === 1))['availability']).toBe('available');
    await feed.until((found) => found.length === 2);
    expect(card.values.map((found) => String(found['availability']))).toEqual([
      'available',
      'busy',
      'available',
    ]);
    expect(feed.values).toEqual([[second.uid, first.uid], [first.uid], [second.uid, first.uid]]);
  });
});

describe('a call that has ended', () => {
  let call: ConnectedCall;
  let stranger: SignedIn;
  let signedOut: Phone;
  beforeAll(async () => {
    call = await connectedCall(stack);
    await stack.control.advance(65);
    await hangUp(call.callee, call.callId);
    [stranger] = (await stack.people({ listeners: 0, callers: 1, coins: 10 })) as [SignedIn];
    signedOut = await stack.phone();
  });

  const newest = orderBy('createdAt', 'desc');

  it('is in the history of both, newest first', async () => {
    const { caller, callee, callId } = call;
    const again = await startedCall(stack, { pair: call });
    await caller.earshot.calls.cancel({ callId: again.callId });
    for (const [phone, field] of [
      [caller, 'callerId'],
      [callee, 'calleeId'],
    ] as const)
      expect(await ids(page(phone, 'calls', where(field, '==', phone.uid), newest))).toEqual([
        again.callId,
        callId,
      ]);
    expect(await ids(page(caller, 'calls', where('calleeId', '==', caller.uid), newest))).toEqual([]);
  });

  it('has all its public fields, and neither token nor channel, phone or amount', async () => {
    const { caller, callee, callId, media } = call;
    const found = (await getDoc(doc(caller.db, `calls/${callId}`))).data() ?? {};
    expect(found).toMatchObject({
      callerId: caller.uid,
      calleeId: callee.uid,
      caller: { displayName: expect.stringMatching(/^caller\d+$/u), imageUrl: null },
      callee: { displayName: expect.stringMatching(/^listener\d+$/u), imageUrl: null },
      type: 'audio',
      state: 'ended',
      endReason: 'completed',
      coinsPerMinute: 10,
      final: false,
      durationSec: expect.any(Number),
      billedMinutes: 2,
    });
    for (const time of ['createdAt', 'ringExpiresAt', 'acceptedAt', 'connectedAt', 'grantedUntil', 'endedAt'])
      expect(found[time]).toMatchObject({ seconds: expect.any(Number) });
    const text = JSON.stringify(found);
    expect(text).not.toContain(media.channel);
    expect(text).not.toContain(media.token);
    expect(text).not.toMatch(/\+91\d{10}/u);
    expect(text).not.toMatch(/token"|channel|phone|spent|earnedCoins/iu);
  });

  it('is answered by calls/get with the receipt of the one who asks', async () => {
    const { caller, callee, callId } = call;
    const mine = await caller.earshot.calls.get({ callId });
    expect(mine).toMatchObject({
      call: { callId, role: 'caller', state: 'ended', billedMinutes: 2 },
      receipt: { endedBy: 'callee', coinsPerMinute: 10, coinsSpent: 20, coinsReleased: 80 },
    });
    expect(mine['receipt']).not.toHaveProperty('earnedCoins');
    const theirs = await callee.earshot.calls.get({ callId });
    expect(theirs).toMatchObject({ call: { role: 'callee' }, receipt: { earnedCoins: 30 } });
    for (const field of ['coinsPerMinute', 'coinsSpent', 'coinsReleased'])
      expect(theirs['receipt']).not.toHaveProperty(field);
  });

  const others: [string, (all: ConnectedCall) => string][] = [
    ['the call', ({ callId }) => `calls/${callId}`],
    ['its media', ({ callId }) => `calls/${callId}/private/media`],
    ['a beat', ({ callId, caller }) => `calls/${callId}/beats/${caller.uid}`],
    ['a profile', ({ caller }) => `users/${caller.uid}`],
    ['a wallet', ({ caller }) => `wallets/${caller.uid}`],
    ['an entry', ({ caller, callId }) => `wallets/${caller.uid}/entries/settle-${callId}-2-charge`],
    ['a presence', ({ callee }) => `presence/${callee.uid}`],
    ['push targets', ({ callee }) => `pushTargets/${callee.uid}`],
    ['limits', ({ caller }) => `limits/${caller.uid}`],
    ['settings', () => 'config/limits'],
    ['the outbox', () => 'outbox/some'],
  ];

  const HIDDEN = /private|beats|presence|pushTargets|limits|config|outbox/u;

  it.each(others)('%s is not shown to others', async (_what, path) => {
    for (const phone of [stranger, signedOut])
      await expect(getDoc(doc(phone.db, path(call)))).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it.each(others)('%s is not written by anybody', async (_what, path) => {
    for (const phone of [call.caller, call.callee, stranger, signedOut]) {
      const ref = doc(phone.db, path(call));
      for (const write of [setDoc(ref, { a: 1 }), updateDoc(ref, { a: 1 }), deleteDoc(ref)])
        await expect(write).rejects.toMatchObject({
          code: expect.stringMatching(/permission-denied|not-found/u),
        });
    }
  });

  it('what is for functions alone is not shown to the parties either', async () => {
    const closed = others.map(([, path]) => path(call)).filter((path) => HIDDEN.test(path));
    for (const hidden of closed)
      for (const phone of [call.caller, call.callee])
        await expect(getDoc(doc(phone.db, hidden))).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it('lists of others, and lists without a limit, are refused', async () => {
    const { caller } = call;
    for (const asked of [
      page(stranger, 'calls', where('callerId', '==', caller.uid), newest),
      page(stranger, 'calls', newest),
      page(stranger, `wallets/${caller.uid}/entries`, newest),
      page(caller, 'users'),
      page(caller, 'wallets'),
      query(collection(caller.db, 'calls'), where('callerId', '==', caller.uid), newest),
      query(collection(caller.db, 'calls'), where('callerId', '==', caller.uid), newest, limit(51)),
    ])
      await expect(getDocs(asked)).rejects.toMatchObject({ code: 'permission-denied' });
  });
});

describe('what an operation reads', () => {
  it('calls/ongoing is the open call of either side, and null before and after', async () => {
    const { caller, callee } = await stack.pair();
    expect(await caller.earshot.calls.ongoing()).toEqual({ call: null });
    const { callId } = await startedCall(stack, { pair: { caller, callee } });
    for (const [phone, role] of [
      [caller, 'caller'],
      [callee, 'callee'],
    ] as const) {
      const { call } = await phone.earshot.calls.ongoing();
      expect(call).toMatchObject({ callId, role, state: 'ringing' });
      expect(await phone.earshot.calls.get({ callId })).toEqual({ call });
    }
    await callee.earshot.calls.reject({ callId });
    for (const phone of [caller, callee]) expect(await phone.earshot.calls.ongoing()).toEqual({ call: null });
  });

  it('calls/rates is the price list, for anybody', async () => {
    expect(await (await stack.phone()).earshot.calls.rates()).toEqual({
      rates: {
        audio: { coinsPerMinute: 10, minimumCoins: 10 },
        video: { coinsPerMinute: 50, minimumCoins: 50 },
        freeSeconds: 10,
        maxMinutes: 120,
      },
      packages: [
        [300, 15_000],
        [600, 30_000],
        [1000, 50_000],
        [2000, 100_000],
      ].map(([coins, amountPaise]) => ({
        packageId: `coins-${coins}`,
        name: `${coins} coins`,
        coins,
        amountPaise,
        currency: 'INR',
      })),
      earnings: {
        audio: { earnedPerMinute: 15 },
        video: { earnedPerMinute: 75 },
        earningCoinPaise: 20,
      },
    });
  });
});
