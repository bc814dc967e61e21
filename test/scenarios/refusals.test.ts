/** Why a call does not start: every refusal with its numbers, and which one a caller hears when several apply. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf, banUntil, dump } from './helpers.ts';
import { refusalOf, reasonOf } from './seenRefusal.ts';
import { startedCall, useStack, type Pair, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

/** A start by `caller`, with whatever is to be wrong about it. */
async function start(caller: Phone, calleeId: string, wish: Record<string, unknown> = {}): Promise<unknown> {
  return caller.earshot.calls.start({ calleeId, type: 'audio', requestId: randomUUID(), ...wish });
}

const HOUR_AHEAD = () => new Date(Date.now() + 3_600_000);

/** Something that makes a start impossible. `target` is who is called: also oneself, when that is what is wrong. */
interface Obstacle {
  readonly reason: string;
  /** Changes documents with an administrator's rights. */
  readonly arrange?: (who: { caller: string; target: string }) => Promise<unknown>;
  /** Changes what is asked for. */
  readonly input?: Record<string, unknown>;
  readonly signedOut?: true;
  readonly self?: true;
}

/** In the order in which a caller must hear of them. */
const OBSTACLES: readonly Obstacle[] = [
  { reason: 'SIGN_IN_REQUIRED', signedOut: true },
  {
    reason: 'SESSION_REVOKED',
    arrange: async ({ caller }) =>
      admin.doc(`users/${caller}`).update({ sessionsValidAfter: Math.floor(Date.now() / 1000) + 3600 }),
  },
  { reason: 'USER_BANNED', arrange: async ({ caller }) => banUntil(admin, caller, HOUR_AHEAD()) },
  { reason: 'INVALID_INPUT', input: { estimatedMinutes: 0 } },
  { reason: 'SELF_CALL', self: true },
  {
    reason: 'CALLEE_NOT_CALLABLE',
    arrange: async ({ target }) => admin.doc(`listeners/${target}`).update({ callTypes: ['video'] }),
  },
  {
    reason: 'CALLEE_OFFLINE',
    arrange: async ({ target }) => admin.doc(`presence/${target}`).update({ online: false }),
  },
  {
    reason: 'CALLEE_BUSY',
    arrange: async ({ target }) =>
      admin.doc(`presence/${target}`).update({ busyUntil: Timestamp.fromDate(HOUR_AHEAD()) }),
  },
  {
    reason: 'CALLER_BUSY',
    arrange: async ({ caller }) =>
      admin.doc(`wallets/${caller}`).update({ openCallId: 'another', openCallRole: 'callee' }),
  },
  {
    reason: 'INSUFFICIENT_COINS',
    arrange: async ({ caller }) => admin.doc(`wallets/${caller}`).update({ 'coins.available': 9 }),
  },
  {
    reason: 'RATE_LIMITED',
    arrange: async ({ caller, target }) => {
      const now = Timestamp.fromDate(await stack.control.now());
      const hits = { [`calls.start:${target}`]: Array<Timestamp>(5).fill(now) };
      await admin.doc(`limits/${caller}`).set({ hits, expireAt: now });
    },
  },
];

const PAIRS = OBSTACLES.flatMap((first, at) => OBSTACLES.slice(at + 1).map((second) => ({ first, second })));

describe('the order of refusals', () => {
  let caller: SignedIn;
  let callee: SignedIn;
  let signedOut: Phone;
  let before: ReadonlyMap<string, FirebaseFirestore.DocumentData>;

  /** Everything a start reads of the two. */
  async function documents() {
    const paths = [caller.uid, callee.uid].flatMap((uid) =>
      ['users', 'wallets', 'presence', 'listeners', 'limits'].map((collection) => `${collection}/${uid}`),
    );
    const found = await admin.getAll(...paths.map((path) => admin.doc(path)));
    return new Map(found.flatMap((document) => (document.exists ? [[document.ref.path, document]] : [])));
  }

  async function restore(): Promise<void> {
    const batch = admin.batch();
    for (const [path, data] of before) batch.set(admin.doc(path), data);
    batch.delete(admin.doc(`limits/${caller.uid}`));
    await batch.commit();
  }

  // Nothing may come due between two dumps, and a window of the rate limits must not move.
  beforeEach(async () => stack.freeze());

  beforeAll(async () => {
    ({ caller, callee } = await stack.pair(100));
    await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
    signedOut = await stack.phone();
    // The caller has a card too, so that nothing but the one obstacle is wrong when they call themselves.
    const card = (await admin.doc(`listeners/${callee.uid}`).get()).data() ?? {};
    await admin.doc(`listeners/${caller.uid}`).set({ ...card, listenerId: caller.uid });
    before = new Map([...(await documents())].map(([path, document]) => [path, document.data() ?? {}]));
  });

  async function startAgainst(obstacles: readonly Obstacle[]): Promise<string> {
    const target = obstacles.some(({ self }) => self) ? caller.uid : callee.uid;
    await restore();
    for (const { arrange } of obstacles) await arrange?.({ caller: caller.uid, target });
    const phone = obstacles.some((obstacle) => obstacle.signedOut) ? signedOut : caller;
    const input = obstacles.reduce((all, obstacle) => ({ ...all, ...obstacle.input }), {});
    return reasonOf(start(phone, target, input));
  }

  it.each(PAIRS)('$first.reason is said before $second.reason', async ({ first, second }) => {
    expect(await startAgainst([first, second])).toBe(first.reason);
  });

  it.each(OBSTACLES)('$reason alone refuses and writes nothing', async (obstacle) => {
    const target = obstacle.self ? caller.uid : callee.uid;
    await restore();
    await obstacle.arrange?.({ caller: caller.uid, target });
    const ask = async () => {
      const refusal = start(obstacle.signedOut ? signedOut : caller, target, obstacle.input);
      expect((await refusalOf(refusal)).details.reason).toBe(obstacle.reason);
    };
    // The listener is told once that somebody tried, which is counted.
    if (obstacle.reason === 'CALLEE_OFFLINE') await ask();
    await stack.control.idle();
    const untouched = await dump(stack);
    await ask();
    expect(await dump(stack)).toEqual(untouched);
  });

  it('unwilling counts as offline also for somebody who is in a call', async () => {
    await restore();
    await admin.doc(`presence/${callee.uid}`).update({ willing: false });
    await admin.doc(`wallets/${callee.uid}`).set({ ...walletOf('another'), openCallRole: 'callee' });
    expect(await reasonOf(start(caller, callee.uid))).toBe('CALLEE_OFFLINE');
  });

  it('without any obstacle the call starts', async () => {
    await restore();
    await admin.doc(`wallets/${callee.uid}`).delete();
    expect(await reasonOf(start(caller, callee.uid))).toBe('OK');
  });
});

function walletOf(openCallId: string): Record<string, unknown> {
  const coins = { available: 0, held: 0, bonus: 0, purchased: 0, spent: 0 };
  const earnings = { available: 0, promotional: 0, pending: 0, paidOut: 0, total: 0 };
  return { coins, earnings, holds: {}, openCallId };
}

describe('what a refusal says', () => {
  it('how many coins a call needs and how many there are', async () => {
    const { caller, callee } = await stack.pair(9);
    expect(await refusalOf(start(caller, callee.uid))).toEqual({
      code: 'failed-precondition',
      details: { reason: 'INSUFFICIENT_COINS', requiredCoins: 10, availableCoins: 9 },
    });
    expect((await refusalOf(start(caller, callee.uid, { type: 'video' }))).details).toEqual({
      reason: 'INSUFFICIENT_COINS',
      requiredCoins: 50,
      availableCoins: 9,
    });
  });

  it('a caller without a wallet has no coins', async () => {
    const { caller, callee } = await stack.pair(0);
    expect((await refusalOf(start(caller, callee.uid))).details).toMatchObject({
      reason: 'INSUFFICIENT_COINS',
      availableCoins: 0,
    });
  });

  it('which call the caller is in, and on which side', async () => {
    const [listener, other, caller] = await stack.people({ listeners: 2, callers: 1, coins: 100 });
    if (!listener || !other || !caller) throw new Error('the seed made too few people');
    const { callId } = await startedCall(stack, { pair: { caller, callee: listener } });
    expect(await refusalOf(start(caller, other.uid))).toEqual({
      code: 'failed-precondition',
      details: { reason: 'CALLER_BUSY', callId, role: 'caller' },
    });
    // The one who is being called wants to call: they are told which call to answer.
    expect((await refusalOf(start(listener, other.uid))).details).toEqual({
      reason: 'CALLER_BUSY',
      callId,
      role: 'callee',
    });
    await caller.earshot.calls.cancel({ callId });
  });

  it('nothing about the call a busy callee is in', async () => {
    const [callee, first, second] = await stack.people({ listeners: 1, callers: 2, coins: 100 });
    if (!callee || !first || !second) throw new Error('the seed made too few people');
    const { callId } = await startedCall(stack, { pair: { caller: first, callee } });
    expect(await refusalOf(start(second, callee.uid))).toEqual({
      code: 'failed-precondition',
      details: { reason: 'CALLEE_BUSY' },
    });
    await first.earshot.calls.cancel({ callId });
    expect(await reasonOf(start(second, callee.uid))).toBe('OK');
  });

  it('until when a person is banned', async () => {
    const { caller, callee } = await stack.pair();
    const until = new Date('2099-01-02T03:04:05.678Z');
    await banUntil(admin, caller.uid, until);
    expect(await refusalOf(start(caller, callee.uid))).toEqual({
      code: 'permission-denied',
      details: { reason: 'USER_BANNED', until: until.toISOString() },
    });
  });

  it('not whether an id that cannot be called exists', async () => {
    const [other, caller] = await stack.people({ listeners: 0, callers: 2, coins: 100 });
    if (!other || !caller) throw new Error('the seed made too few people');
    const known = await refusalOf(start(caller, other.uid));
    expect(known).toEqual({ code: 'failed-precondition', details: { reason: 'CALLEE_NOT_CALLABLE' } });
    expect(await refusalOf(start(caller, 'nobody'))).toEqual(known);
  });

  it('an offer of audio alone is no offer of video', async () => {
    const { caller, callee } = await stack.pair();
    await admin.doc(`listeners/${callee.uid}`).update({ callTypes: ['audio'] });
    expect(await reasonOf(start(caller, callee.uid, { type: 'video' }))).toBe('CALLEE_NOT_CALLABLE');
    expect(await reasonOf(start(caller, callee.uid))).toBe('OK');
  });

  it('offline 90 seconds after the last beat, and not before', async () => {
    const { caller, callee } = await stack.pair();
    await stack.control.advance(60, [callee.uid]);
    const callId = (await startedCall(stack, { pair: { caller, callee } })).callId;
    await caller.earshot.calls.cancel({ callId });
    await stack.control.advance(31);
    expect(await refusalOf(start(caller, callee.uid))).toEqual({
      code: 'failed-precondition',
      details: { reason: 'CALLEE_OFFLINE' },
    });
  });
});

describe('a refused start', () => {
  async function adjust(pair: Pair, coins: number): Promise<void> {
    const operator = await stack.operator();
    const input = { userId: pair.caller.uid, coins, note: 'top-up', requestId: randomUUID() };
    await operator.earshot.wallet.adjust(input);
  }

  it('may be asked again with the same requestId once there are coins, and then answers again', async () => {
    const pair = await stack.pair(5);
    const requestId = randomUUID();
    const ask = async (wish = {}) => start(pair.caller, pair.callee.uid, { requestId, ...wish });
    expect(await reasonOf(ask())).toBe('INSUFFICIENT_COINS');
    await adjust(pair, 100);
    const started = await ask({ estimatedMinutes: 5 });
    expect(started).toMatchObject({
      state: 'ringing',
      heldCoins: 100,
      affordableMinutes: 10,
      estimatedCoins: 50,
    });
    expect(await ask({ estimatedMinutes: 5 })).toEqual(started);
    for (const other of [{}, { estimatedMinutes: 6 }, { estimatedMinutes: 5, type: 'video' }]) {
      expect(await refusalOf(ask(other))).toEqual({
        code: 'already-exists',
        details: { reason: 'IDEMPOTENCY_MISMATCH' },
      });
    }
    expect(await pair.caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 5, held: 100 } });
  });

  it('of another person may have the same requestId', async () => {
    const requestId = randomUUID();
    const [a, b] = [await stack.pair(), await stack.pair()];
    const first = await start(a.caller, a.callee.uid, { requestId });
    const second = await start(b.caller, b.callee.uid, { requestId });
    expect((second as { callId: string }).callId).not.toBe((first as { callId: string }).callId);
  });
});
