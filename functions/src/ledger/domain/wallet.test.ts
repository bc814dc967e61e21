import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START } from '../../testing/calls.ts';
import { Refusal } from '../../platform/errors.ts';
import type { Entry, Wallet } from '../documents.ts';
import { assertBalanced, assertSound, replay, walletDifferences } from './books.ts';
import {
  changeWallet,
  creditEarning,
  creditWallet,
  occupy,
  placeHold,
  settleHold,
  vacate,
  type CreditSource,
  type WalletChange,
} from './wallet.ts';

const credit = (
  change: WalletChange,
  source: CreditSource,
  coins: number,
  key = `${source}-1`,
): WalletChange =>
  creditWallet(change, { key, source, coins, description: 'test', ref: { kind: 'payment', id: key } }, START);
const funded = (bonus: number, bought: number): WalletChange => {
  const empty = changeWallet('asha', undefined);
  const given = bonus > 0 ? credit(empty, 'bonus', bonus) : empty;
  return bought > 0 ? credit(given, 'purchase', bought) : given;
};
const hold = (change: WalletChange, coins: number, slice = 0): WalletChange =>
  placeHold(change, { callId: 'c1', slice, coins }, START);
const settle = (change: WalletChange, chargeCoins: number) =>
  settleHold(change, { callId: 'c1', chargeCoins }, START);

describe('a credit', () => {
  it('names its source in the balance and the entry', () => {
    const { wallet, entries } = funded(50, 300);
    expect(wallet.coins).toEqual({ available: 350, held: 0, bonus: 50, purchased: 300, spent: 0 });
    expect(entries.map(({ type, amount, balanceAfter }) => [type, amount, balanceAfter])).toEqual([
      ['bonus', 50, 50],
      ['purchase', 300, 350],
    ]);
  });

  it('may take coins only as an adjustment, and never more than are available', () => {
    expect(credit(funded(0, 30), 'adjust', -30).wallet.coins.available).toBe(0);
    const tooMuch = () => credit(hold(funded(0, 30), 20), 'adjust', -11);
    expect(tooMuch).toThrow(Refusal);
    expect(() => credit(funded(0, 30), 'purchase', -1)).toThrow('only an adjustment takes coins');
  });

  it('takes bought coins before given ones', () => {
    expect(credit(funded(50, 30), 'adjust', -30).wallet.coins).toMatchObject({ available: 50, bonus: 50 });
    expect(credit(funded(50, 30), 'adjust', -60).wallet.coins).toMatchObject({ available: 20, bonus: 20 });
  });

  it.each([0, 0.5, Number.NaN, 2 ** 60])('of %d coins is a bug, not a refusal', (coins) => {
    expect(() => credit(funded(0, 10), 'purchase', coins)).toThrow('invariant');
  });
});

describe('a hold', () => {
  it('moves coins from available to held, given ones first', () => {
    const { wallet, entries } = hold(funded(50, 100), 80);
    expect(wallet.coins).toMatchObject({ available: 70, held: 80, bonus: 50 });
    expect(wallet.holds).toEqual({ c1: { coins: 80, bonusCoins: 50 } });
    expect(entries.at(-1)).toMatchObject({ transactionId: 'hold-c1-0', amount: -80, balanceAfter: 70 });
  });

  it('grows slice by slice, each with its own entry', () => {
    const { wallet, entries } = hold(hold(funded(50, 200), 40), 100, 3);
    expect(wallet.holds).toEqual({ c1: { coins: 140, bonusCoins: 50 } });
    expect(entries.slice(-2).map((entry) => entry.transactionId)).toEqual(['hold-c1-0', 'hold-c1-3']);
  });

  it('of more than is available breaks an invariant', () => {
    expect(() => hold(funded(0, 10), 11)).toThrow('a hold takes only what is available');
  });
});

describe('a settlement', () => {
  it('releases the whole hold and then charges, so that amounts add up to the balance', () => {
    const { change, heldCoins } = settle(hold(funded(0, 300), 200), 60);
    expect(heldCoins).toBe(200);
    expect(change.wallet.coins).toEqual({ available: 240, held: 0, bonus: 0, purchased: 300, spent: 60 });
    const amounts = change.entries.map(({ type, amount, balanceAfter }) => [type, amount, balanceAfter]);
    expect(amounts.slice(-2)).toEqual([
      ['release', 200, 300],
      ['charge', -60, 240],
    ]);
  });

  it('spends the given part first and keeps the rest given', () => {
    const all = settle(hold(funded(50, 100), 100), 30);
    expect(all.chargedBonusCoins).toBe(30);
    expect(all.change.wallet.coins).toMatchObject({ bonus: 20, available: 120 });
    expect(settle(hold(funded(50, 100), 100), 80)).toMatchObject({ chargedBonusCoins: 50 });
  });

  it('without a charge only releases', () => {
    const { change } = settle(hold(funded(0, 100), 100), 0);
    expect(change.entries.map((entry) => entry.type)).toEqual(['purchase', 'hold', 'release']);
  });

  it('never charges more than is held, nor without a hold', () => {
    expect(() => settle(hold(funded(0, 100), 50), 51)).toThrow('a charge is never more than what is held');
    expect(() => settle(funded(0, 100), 1)).toThrow('a charge needs a hold');
    expect(settle(funded(0, 100), 0)).toMatchObject({ heldCoins: 0, chargedBonusCoins: 0 });
  });
});

describe('an earning', () => {
  const earn = (chargeCoins: number, chargedBonusCoins: number) =>
    creditEarning(
      changeWallet('ravi', undefined),
      { callId: 'c1', earnedCoins: 15, chargeCoins, chargedBonusCoins },
      START,
    ).wallet.earnings;

  it('is payable when the coins were bought and promotional when they were given', () => {
    expect(earn(10, 0)).toMatchObject({ available: 15, promotional: 0, total: 15 });
    expect(earn(10, 10)).toMatchObject({ available: 0, promotional: 15, total: 15 });
  });

  it('rounds the promotional part up', () => {
    expect(earn(10, 1)).toMatchObject({ available: 13, promotional: 2, total: 15 });
  });
});

describe('occupation', () => {
  it('is one call a person, and ends only by its own call', () => {
    const busy = occupy(funded(0, 0), 'c1', 'caller');
    expect(busy.wallet).toMatchObject({ openCallId: 'c1', openCallRole: 'caller' });
    expect(() => occupy(busy, 'c2', 'callee')).toThrow('one open call a person');
    expect(vacate(busy, 'c2').wallet.openCallId).toBe('c1');
    expect(vacate(busy, 'c1').wallet).toMatchObject({ openCallId: null, openCallRole: null });
  });
});

type Step =
  | { kind: 'credit'; source: CreditSource; coins: number }
  | { kind: 'hold'; call: number; share: number }
  | { kind: 'settle'; call: number; share: number }
  | { kind: 'earn'; call: number; coins: number; bonusShare: number };

const share = fc.integer({ min: 0, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('credit' as const),
    source: fc.constantFrom<CreditSource>('purchase', 'bonus', 'adjust'),
    coins: fc.integer({ min: -200, max: 500 }).filter((coins) => coins !== 0),
  }),
  fc.record({ kind: fc.constant('hold' as const), call: fc.nat(2), share }),
  fc.record({ kind: fc.constant('settle' as const), call: fc.nat(2), share }),
  fc.record({ kind: fc.constant('earn' as const), call: fc.nat(2), coins: fc.nat(300), bonusShare: share }),
);

function apply(change: WalletChange, one: Step, index: number): WalletChange {
  const { wallet } = change;
  switch (one.kind) {
    case 'credit': {
      const coins = one.source === 'adjust' ? one.coins : Math.abs(one.coins);
      if (wallet.coins.available + coins < 0) return change;
      return credit(change, one.source, coins, `${one.source}-${index}`);
    }
    case 'hold': {
      const coins = Math.floor((wallet.coins.available * one.share) / 100);
      return placeHold(change, { callId: `c${one.call}`, slice: index, coins }, START);
    }
    case 'settle': {
      const held = wallet.holds[`c${one.call}`]?.coins ?? 0;
      const chargeCoins = Math.floor((held * one.share) / 100);
      return settleHold(change, { callId: `c${one.call}`, chargeCoins }, START).change;
    }
    case 'earn': {
      const chargedBonusCoins = one.bonusShare;
      const earning = { callId: `c${one.call}`, earnedCoins: one.coins, chargeCoins: 100, chargedBonusCoins };
      return creditEarning(change, earning, START);
    }
  }
}

describe('any sequence of moves', () => {
  it('keeps the wallet sound, every entry balanced, and the wallet equal to the replay of its entries', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let change: WalletChange = changeWallet('asha', undefined);
        for (const [index, one] of steps.entries()) {
          change = apply(change, one, index);
          assertSound('asha', change.wallet);
        }
        for (const entry of change.entries) assertBalanced(entry);
        expect(walletDifferences(change.wallet, change.entries)).toEqual([]);
        const running = change.entries.filter((entry) => entry.asset === 'coin');
        expect(running.reduce((sum, entry) => sum + entry.amount, 0)).toBe(change.wallet.coins.available);
      }),
      { numRuns: 1500 },
    );
  });

  it('creates coins only by credits and never loses one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const change = steps.reduce<WalletChange>(apply, changeWallet('asha', undefined));
        const { available, held, spent } = change.wallet.coins;
        const credited = change.entries
          .filter((entry) => ['purchase', 'bonus', 'adjustment'].includes(entry.type))
          .reduce((sum, entry) => sum + entry.amount, 0);
        expect(available + held + spent).toBe(credited);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('the books', () => {
  const sound = hold(funded(10, 90), 40);

  it('find a wallet that its entries do not explain', () => {
    const wallet: Wallet = { ...sound.wallet, coins: { ...sound.wallet.coins, available: 61 } };
    expect(walletDifferences(wallet, sound.entries)).toEqual(['coins.available is 61, its entries say 60']);
    expect(replay(sound.entries)).toMatchObject({ available: 60, held: 40 });
  });

  it.each<[string, Partial<Wallet['coins']>]>([
    ['negative', { available: -1 }],
    ['fractional', { spent: 0.5 }],
    ['not the sum of its holds', { held: 41 }],
    ['more given than there is', { bonus: 500 }],
  ])('refuse a wallet that is %s', (_name, coins) => {
    expect(() =>
      assertSound('asha', { ...sound.wallet, coins: { ...sound.wallet.coins, ...coins } }),
    ).toThrow('invariant');
  });

  it('refuse an entry that does not sum to zero, has a fraction, or posts nothing', () => {
    const [entry] = sound.entries as [Entry];
    const posting = { account: 'walletAvailable', asset: 'coin' } as const;
    expect(() => assertBalanced({ ...entry, postings: [{ ...posting, amount: 1 }] })).toThrow(
      'does not sum to zero',
    );
    expect(() => assertBalanced({ ...entry, postings: [{ ...posting, amount: 0.5 }] })).toThrow('fraction');
    expect(() => assertBalanced({ ...entry, postings: [] })).toThrow('no postings');
  });
});
