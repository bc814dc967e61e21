import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../platform/errors.ts';
import { outbox } from '../platform/outbox.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import { StoreError } from '../platform/store/port.ts';
import { START } from '../testing/calls.ts';
import { creditCoins } from './creditCoins.ts';
import { entries, wallets } from './documents.ts';
import { changeWallet, occupy, placeHold, type Credit } from './domain/wallet.ts';
import { saveWallet } from './saveWallet.ts';

const purchase: Credit = {
  key: 'purchase-p1',
  source: 'purchase',
  coins: 300,
  description: '300 coins',
  ref: { kind: 'payment', id: 'p1' },
};

describe('crediting coins', () => {
  it('happens once for each key, however often it is asked for', async () => {
    const store = new MemoryStore();
    const answers = await Promise.all(
      [1, 2, 3].map(async () => await creditCoins(store, 'asha', purchase, START)),
    );
    expect(new Set(answers.map(({ entry }) => entry.transactionId))).toEqual(new Set(['purchase-p1']));
    const [wallet] = await store.getAll(wallets.doc('asha'));
    expect(wallet?.coins).toMatchObject({ available: 300, purchased: 300 });
  });

  it('refuses the same key with other input, and changes nothing', async () => {
    const store = new MemoryStore();
    await creditCoins(store, 'asha', purchase, START);
    const before = JSON.stringify(store.dump());
    await expect(creditCoins(store, 'asha', { ...purchase, coins: 301 }, START)).rejects.toMatchObject({
      reason: 'IDEMPOTENCY_MISMATCH',
    });
    expect(JSON.stringify(store.dump())).toBe(before);
  });

  it('tells the open call of its owner through the outbox, and nobody when there is none', async () => {
    const store = new MemoryStore();
    const quiet = await creditCoins(store, 'asha', purchase, START);
    expect(quiet.posted).toBeUndefined();
    await store.transaction(async (tx) => {
      const [wallet] = await tx.getAll(wallets.doc('asha'));
      saveWallet(tx, occupy(changeWallet('asha', wallet), 'c1', 'caller'));
    });
    const { posted } = await creditCoins(store, 'asha', { ...purchase, key: 'purchase-p2' }, START);
    expect(posted?.effects).toEqual([{ kind: 'coins.credited', uid: 'asha', callId: 'c1' }]);
    const [waiting] = await store.getAll(outbox.doc(posted?.key ?? ''));
    expect(waiting?.effects).toEqual(posted?.effects);
  });

  it('never overdraws when many spend at once', async () => {
    const store = new MemoryStore();
    await creditCoins(store, 'asha', { ...purchase, coins: 100 }, START);
    const take = async (index: number) =>
      await creditCoins(
        store,
        'asha',
        { ...purchase, source: 'adjust', coins: -10, key: `adjust-${index}` },
        START,
      );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 15 }, async (_, index) => await take(index)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Refusal);
    }
    const [wallet] = await store.getAll(wallets.doc('asha'));
    expect(wallet?.coins.available).toBe(0);
  });
});

describe('saving a wallet', () => {
  it('refuses balances that moved without an entry', async () => {
    const store = new MemoryStore();
    const change = changeWallet('asha', undefined);
    const moved = {
      ...change,
      wallet: { ...change.wallet, coins: { ...change.wallet.coins, available: 5 } },
    };
    await expect(store.commit((writer) => saveWallet(writer, moved))).rejects.toThrow(
      'moved without an entry',
    );
    expect(await store.getAll(wallets.doc('asha'))).toEqual([undefined]);
  });

  it('fails as a whole when an entry exists already', async () => {
    const store = new MemoryStore();
    const { wallet } = await creditCoins(store, 'asha', purchase, START);
    const held = placeHold(changeWallet('asha', wallet), { callId: 'c1', slice: 0, coins: 10 }, START);
    await store.commit((writer) => saveWallet(writer, held));
    const again = placeHold(changeWallet('asha', held.wallet), { callId: 'c1', slice: 0, coins: 10 }, START);
    await expect(store.commit((writer) => saveWallet(writer, again))).rejects.toBeInstanceOf(StoreError);
    const [stored, entry] = await store.getAll(wallets.doc('asha'), entries.doc('asha', 'hold-c1-0'));
    expect(stored?.coins.held).toBe(10);
    expect(entry?.amount).toBe(-10);
  });
});
