/** A person's coins: the balance, its entries page by page, and what an operator does to them. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type {
  Transaction,
  WalletAdjustInput,
  WalletAdjustOutput,
  WalletTransactionsOutput,
} from '../../client/src/index.ts';
import { refusalOf, reasonOf } from './seenRefusal.ts';
import { books, connectedCall, hangUp, useStack, type SignedIn } from './support.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';

const stack = useStack();

async function oneCaller(coins: number): Promise<SignedIn> {
  const [caller] = await stack.people({ listeners: 0, callers: 1, coins });
  if (caller === undefined) throw new Error('the seed made nobody');
  return caller;
}

let operator: Phone;
beforeAll(async () => {
  operator = await stack.operator();
});

async function adjust(
  userId: string,
  coins: number,
  more: Partial<WalletAdjustInput> = {},
): Promise<WalletAdjustOutput> {
  const input = { userId, coins, note: 'as agreed by phone', requestId: randomUUID(), ...more };
  return operator.earshot.wallet.adjust(input);
}

const NO_EARNINGS = { available: 0, promotional: 0, pending: 0, paidOut: 0, total: 0 };

describe('the balance', () => {
  it('is all zero for somebody who never had a coin', async () => {
    expect(await (await oneCaller(0)).earshot.wallet.balance()).toEqual({
      coins: { available: 0, held: 0, bonus: 0, purchased: 0, spent: 0 },
      earnings: NO_EARNINGS,
    });
  });

  it('follows a call on both sides', async () => {
    const { caller, callee, callId } = await connectedCall(stack);
    expect(await caller.earshot.wallet.balance()).toEqual({
      coins: { available: 400, held: 100, bonus: 0, purchased: 500, spent: 0 },
      earnings: NO_EARNINGS,
    });
    await stack.control.advance(90);
    await hangUp(caller, callId);
    expect(await caller.earshot.wallet.balance()).toMatchObject({
      coins: { available: 480, held: 0, purchased: 500, spent: 20 },
    });
    expect(await callee.earshot.wallet.balance()).toMatchObject({
      coins: { available: 0 },
      earnings: { ...NO_EARNINGS, available: 30, total: 30 },
    });
    await books(caller);
    await books(callee);
  });
});

describe('the transactions', () => {
  let caller: SignedIn;
  let callId: string;
  beforeAll(async () => {
    const call = await connectedCall(stack);
    ({ caller, callId } = call);
    await stack.control.advance(61);
    await hangUp(caller, callId);
    await adjust(caller.uid, 7);
  });

  async function allPages(input: Record<string, unknown>): Promise<Transaction[][]> {
    const pages: Transaction[][] = [];
    let cursor: string | null = null;
    do {
      const page: WalletTransactionsOutput = await caller.earshot.wallet.transactions({ ...input, cursor });
      pages.push(page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return pages;
  }

  it('are there newest first, each with the balance after it', async () => {
    const { items, nextCursor } = await caller.earshot.wallet.transactions();
    expect(nextCursor).toBeNull();
    expect(items.map(({ type, amount, balanceAfter }) => [type, amount, balanceAfter])).toEqual([
      ['adjustment', 7, 487],
      ['charge', -20, 480],
      ['release', 100, 500],
      ['hold', -100, 400],
      ['purchase', 500, 500],
    ]);
    expect(items[3]).toEqual({
      transactionId: expect.any(String),
      type: 'hold',
      asset: 'coin',
      amount: -100,
      balanceAfter: 400,
      description: expect.any(String),
      ref: { kind: 'call', id: callId },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
    });
    expect(items[0]?.ref).toEqual({ kind: 'admin', id: operator.uid });
  });

  it('come page by page until there are no more, none twice and none left out', async () => {
    const [whole] = await allPages({ limit: 100 });
    const pages = await allPages({ limit: 2 });
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(whole);
    expect((await allPages({ limit: 5 })).map((page) => page.length)).toEqual([5]);
  });

  it('can be asked for by type, also page by page', async () => {
    for (let more = 0; more < 3; more += 1) await adjust(caller.uid, 1);
    const pages = await allPages({ limit: 3, type: 'adjustment' });
    expect(pages.map((page) => page.map(({ type }) => type))).toEqual([
      ['adjustment', 'adjustment', 'adjustment'],
      ['adjustment'],
    ]);
    expect(await caller.earshot.wallet.transactions({ type: 'bonus' })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const mine = (id: string) => `wallets/${caller.uid}/entries/${id}`;
  it.each<[string, () => string]>([
    ['junk', () => 'junk'],
    ['nothing', () => ''],
    ['other JSON', () => encoded({ a: 1 })],
    ['too few values', () => encoded([[], mine('x')])],
    ['too many values', () => encoded([[{ t: 1 }, { t: 1 }], mine('x')])],
    ['a path of another person', () => encoded([[{ t: 1 }], 'wallets/another/entries/x'])],
    ['a path that is no document', () => encoded([[{ t: 1 }], 'wallets'])],
    ['an empty id', () => encoded([[{ t: 1 }], mine('')])],
    ['a longer path', () => encoded([[{ t: 1 }], mine('x/y/z')])],
    ['a reserved id', () => encoded([[{ t: 1 }], mine('__x__')])],
    ['half a character', () => encoded([['\ud800'], mine('x')])],
    ['an instant that is none', () => encoded([[{ t: 1e300 }], mine('x')])],
  ])('refuse a cursor of %s', async (_what, cursor) => {
    expect(await refusalOf(caller.earshot.wallet.transactions({ cursor: cursor() }))).toEqual({
      code: 'invalid-argument',
      details: {
        reason: 'INVALID_INPUT',
        issues: [{ path: 'cursor', message: 'not a cursor of this list' }],
      },
    });
  });

  it("refuse another person's cursor", async () => {
    const { nextCursor: cursor } = await caller.earshot.wallet.transactions({ limit: 1 });
    expect(await reasonOf((await oneCaller(10)).earshot.wallet.transactions({ cursor }))).toBe(
      'INVALID_INPUT',
    );
  });
});

describe('an adjustment', () => {
  it('adds and takes with a reason that the owner sees', async () => {
    const caller = await oneCaller(100);
    expect(await adjust(caller.uid, 50, { note: 'for your patience' })).toMatchObject({
      balance: { coins: { available: 150, purchased: 100, bonus: 0 } },
    });
    expect(await adjust(caller.uid, -150)).toMatchObject({ balance: { coins: { available: 0 } } });
    const { items } = await caller.earshot.wallet.transactions({ type: 'adjustment' });
    expect(items).toMatchObject([
      { amount: -150, balanceAfter: 0 },
      { amount: 50, description: 'for your patience' },
    ]);
    await books(caller);
  });

  it('takes no more than is available, and nothing that is held', async () => {
    const { caller, callId } = await connectedCall(stack, { coins: 105 });
    expect(await refusalOf(adjust(caller.uid, -6))).toEqual({
      code: 'failed-precondition',
      details: { reason: 'INSUFFICIENT_COINS', requiredCoins: 6, availableCoins: 5 },
    });
    expect(await adjust(caller.uid, -5)).toMatchObject({ balance: { coins: { available: 0, held: 100 } } });
    await hangUp(caller, callId);
    await books(caller);
  });

  it('happens once for each requestId, and the same id with other input is found out', async () => {
    const [caller, other] = [await oneCaller(100), await oneCaller(100)];
    const requestId = randomUUID();
    const first = await adjust(caller.uid, -10, { requestId });
    expect(await adjust(caller.uid, -10, { requestId })).toEqual(first);
    for (const [userId, coins] of [
      [caller.uid, -11],
      [caller.uid, 10],
    ] as const)
      expect(await refusalOf(adjust(userId, coins, { requestId }))).toEqual({
        code: 'already-exists',
        details: { reason: 'IDEMPOTENCY_MISMATCH' },
      });
    expect(await reasonOf(adjust(caller.uid, -10, { requestId, note: 'another' }))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
    expect(await reasonOf(adjust(other.uid, -10, { requestId }))).toBe('IDEMPOTENCY_MISMATCH');
    expect(await caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 90 } });
    expect(await other.earshot.wallet.balance()).toMatchObject({ coins: { available: 100 } });
  });

  it('answers again as before, whatever has happened since', async () => {
    const caller = await oneCaller(100);
    const requestId = randomUUID();
    const first = await adjust(caller.uid, 10, { requestId });
    await adjust(caller.uid, 5);
    expect(await adjust(caller.uid, 10, { requestId })).toEqual(first);
  });

  it('of another operator with the same requestId is another request', async () => {
    const [caller, other] = [await oneCaller(100), await oneCaller(100)];
    const second = await stack.operator();
    const requestId = randomUUID();
    await adjust(caller.uid, 10, { requestId });
    const input = { coins: 10, note: 'as agreed by phone', requestId };
    expect(await reasonOf(second.earshot.wallet.adjust({ ...input, userId: other.uid }))).toBe('OK');
    expect(await reasonOf(second.earshot.wallet.adjust({ ...input, userId: caller.uid }))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
  });

  it('that was refused may be asked again with the same requestId', async () => {
    const caller = await oneCaller(5);
    const requestId = randomUUID();
    expect(await reasonOf(adjust(caller.uid, -10, { requestId }))).toBe('INSUFFICIENT_COINS');
    await adjust(caller.uid, 5);
    expect(await adjust(caller.uid, -10, { requestId })).toMatchObject({
      balance: { coins: { available: 0 } },
    });
  });

  it('may be a gift: a bonus, which is spent first and never taken for bought', async () => {
    const caller = await oneCaller(100);
    expect(await adjust(caller.uid, 50, { source: 'bonus', note: 'welcome back' })).toMatchObject({
      transactionId: expect.stringMatching(/^bonus-/u),
      balance: { coins: { available: 150, bonus: 50, purchased: 100 } },
    });
    const { items } = await caller.earshot.wallet.transactions({ type: 'bonus' });
    expect(items).toMatchObject([{ type: 'bonus', amount: 50, description: 'welcome back' }]);
    await books(caller);
  });

  it('cannot take coins as a bonus, and with one requestId gives one thing only', async () => {
    const caller = await oneCaller(100);
    const { details } = await refusalOf(adjust(caller.uid, -1, { source: 'bonus' }));
    expect(details).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'coins' }] });
    const requestId = randomUUID();
    await adjust(caller.uid, 5, { requestId });
    expect(await reasonOf(adjust(caller.uid, 5, { requestId, source: 'bonus' }))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
    expect(await caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 105, bonus: 0 } });
  });

  it('needs an operator, and so does a bonus', async () => {
    const caller = await oneCaller(5);
    const input = { userId: caller.uid, coins: 1000, note: 'please', requestId: randomUUID() };
    for (const source of ['adjust', 'bonus'] as const)
      expect(await reasonOf(caller.earshot.wallet.adjust({ ...input, source }))).toBe('NOT_ALLOWED');
  });
});
