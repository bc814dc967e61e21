import { describe, expect, it } from '@jest/globals';
import { CALLEE, CALLER, callWorld } from '../testing/callWorld.ts';
import { cancelCall } from '../calls/endCall.ts';
import { startCall } from '../calls/startCall.ts';
import { calls } from '../calls/documents.ts';
import { creditCoins } from '../ledger/creditCoins.ts';
import { wallets } from '../ledger/documents.ts';
import { payments, type Payment } from '../payments/documents.ts';
import type { DocumentData, QueryRun } from '../platform/store/collection.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import type { Found } from '../platform/store/port.ts';
import { START } from '../testing/calls.ts';
import { auditBooks, reportAudit } from './auditBooks.ts';

const input = { calleeId: CALLEE, type: 'audio', requestId: '6b1f2a52-0d6f-4a4e-9d0c-0b9d9f0c1a11' } as const;

/** The coins that its caller has were paid for. */
async function soundWorld() {
  const world = await callWorld(500);
  const payment: Payment = {
    orderId: '1',
    uid: CALLER,
    gateway: 'razorpay',
    amountPaise: 25_000,
    currency: 'INR',
    coins: 500,
    transactionId: 'purchase-1',
    foundBy: 'webhook',
    acceptedAt: START,
  };
  await world.store.commit((writer) => writer.create(payments.doc('1'), payment));
  return world;
}

async function worldWithCall() {
  const world = await soundWorld();
  const { callId } = await startCall(world.ports, world.actor(CALLER), input);
  return { ...world, callId };
}

/** Tells its first entry again and again, as those of a hundred people: a hundred thousand that no array holds. */
class EndlessStore extends MemoryStore {
  longestPage = 0;
  #told = 0;

  override async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    if (run.query.name !== 'allEntries') return await super.query(run);
    const [first] = await super.query({ query: run.query, parentIds: [], values: [], limit: 1 });
    if (first === undefined || this.#told >= 100_000) return [];
    this.longestPage = Math.max(this.longestPage, run.limit);
    const from = this.#told;
    this.#told += run.limit;
    return Array.from({ length: run.limit }, (_, index) => ({
      ...first,
      path: `wallets/person${(from + index) % 100}/entries/gift-${from + index}`,
    }));
  }
}

describe('the audit', () => {
  it('says nothing when the books are right', async () => {
    const { ports, lines } = await worldWithCall();
    await reportAudit(ports);
    expect(lines.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  });

  it('tells what is off in the log by kind and ids, without amounts', async () => {
    const { ports, store, lines, callId } = await worldWithCall();
    await store.commit((writer) => writer.delete(calls.doc(callId)));
    await reportAudit(ports);
    const told = lines.filter(({ severity }) => severity === 'ERROR').map(({ fields }) => fields);
    expect(told).toEqual([
      { reason: 'occupied_by_no_open_call', uid: CALLEE, callId },
      { reason: 'hold_differs_from_call', uid: CALLER, callId },
      { reason: 'occupied_by_no_open_call', uid: CALLER, callId },
    ]);
  });

  it('goes on where a call that a wallet names, or a payment that an entry names, cannot be read', async () => {
    const { ports, store, callId } = await worldWithCall();
    await store.commit((writer) => {
      writer.update(calls.doc(callId), { coinsPerMinute: 0.5 });
      writer.update(payments.doc('1'), { coins: 0.5 });
    });
    const { findings } = await auditBooks(ports);
    const told = findings.filter(({ kind }) => kind === 'unreadable_document');
    expect(told.map(({ detail }) => /(?:calls|payments)\/[\w-]+/u.exec(detail)?.[0])).toEqual([
      'payments/1',
      `calls/${callId}`,
    ]);
  });

  it('takes a call that is placed and cancelled while it reads for no damage', async () => {
    const { ports, store, actor } = await soundWorld();
    const query = store.query.bind(store);
    const meanwhile = new Set(['allWallets', 'entriesOfOwner']);
    store.query = async <T extends DocumentData>(run: QueryRun<T>) => {
      if (!meanwhile.delete(run.query.name)) return await query(run);
      const { callId } = await startCall(ports, actor(CALLER), { ...input, requestId: run.query.name });
      const found = await query(run);
      await cancelCall(ports, actor(CALLER), { callId });
      return found;
    };
    expect((await auditBooks(ports)).findings).toEqual([]);
    expect(meanwhile.size).toBe(0);
  });

  it('asks for one page at a time, however many documents there are', async () => {
    const store = new EndlessStore();
    const gift = {
      key: 'gift',
      source: 'bonus',
      coins: 1,
      description: '',
      ref: { kind: 'admin', id: 'op' },
    } as const;
    await creditCoins(store, 'somebody', gift, START);
    const { entries: count, findings } = await auditBooks({ store, clock: { now: () => START } });
    expect([count, store.longestPage]).toEqual([100_000, 500]);
    expect(findings).toEqual([]);
  });

  it('looks at more than one page', async () => {
    const { ports, store, clock } = await soundWorld();
    const credit = {
      source: 'bonus',
      coins: 1,
      description: '',
      ref: { kind: 'admin', id: 'gift' },
    } as const;
    for (let one = 0; one < 1100; one += 1)
      await creditCoins(store, `person${one}`, { ...credit, key: 'gift' }, clock.now());
    const sound = await auditBooks(ports);
    expect([sound.entries, sound.wallets, sound.findings]).toEqual([1101, 1101, []]);
    const [wallet] = await store.getAll(wallets.doc('person999'));
    if (wallet === undefined) throw new Error('there is no such wallet');
    await store.commit((writer) =>
      writer.update(wallets.doc('person999'), { coins: { ...wallet.coins, available: 2 } }),
    );
    expect((await auditBooks(ports)).findings).toEqual([
      expect.objectContaining({ kind: 'wallet_differs_from_entries', uid: 'person999' }),
    ]);
  });
});
