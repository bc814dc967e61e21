import { describe, expect, it } from '@jest/globals';
import { bookLines, receiptLines } from './summary.ts';
import type { Receipt } from '../../../client/src/index.ts';
import { mismatchesOf, reportOf, type Outcome } from './verdict.ts';

const shared: Receipt = {
  connectedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:07:00.000Z',
  durationSec: 420,
  billedMinutes: 7,
  endReason: 'coins_exhausted',
  endedBy: 'system',
  evidence: [],
};
const callerReceipt: Receipt = { ...shared, coinsPerMinute: 10, coinsSpent: 70, coinsReleased: 0 };

const GOOD: Outcome = {
  books: {
    postingsSum: { coin: 0, earned: 0 },
    held: 0,
    walletMatchesEntries: true,
    differences: [],
    wallets: 3,
    entries: 10,
  },
  endReason: 'coins_exhausted',
  callerReceipt,
  listenerReceipt: { ...shared, earnedCoins: 105 },
  callerMoved: { hold: -70, release: 70, charge: -70 },
  listenerMoved: { earning: 105 },
  earnedPerMinute: 15,
  lowBalancePushes: 2,
  shortReceipt: { ...callerReceipt, durationSec: 9, billedMinutes: 0, coinsSpent: 0, coinsReleased: 30 },
  steps: [{ name: 'start', ms: 12 }],
};

describe('mismatchesOf', () => {
  it('is empty when everything agrees', () => {
    expect(mismatchesOf(GOOD)).toEqual([]);
  });

  it.each<[string, Partial<Outcome>, string[]]>([
    ['another end', { endReason: 'completed' }, ['the end reason is completed, not coins_exhausted']],
    [
      'a coin that came from nowhere',
      { books: { ...GOOD.books, postingsSum: { coin: 1, earned: 0 } } },
      ['the sum of all coin postings is 1, not 0'],
    ],
    ['a hold that stayed', { books: { ...GOOD.books, held: 10 } }, ['what is still held is 10, not 0']],
    [
      'a wallet that its entries do not explain',
      {
        books: { ...GOOD.books, walletMatchesEntries: false, differences: ['wallet of x: coins.held is 1'] },
      },
      ['wallet of x: coins.held is 1'],
    ],
    [
      'a charge that is not the receipt’s',
      { callerMoved: { ...GOOD.callerMoved, charge: -60 } },
      ['the charge in the caller’s wallet is 60, not 70'],
    ],
    [
      'a listener who was paid another amount than shown',
      { listenerMoved: { earning: 60 } },
      ['the earning in the listener’s wallet is 60, not 105'],
    ],
    [
      'a listener who sees another length',
      { listenerReceipt: { ...GOOD.listenerReceipt, durationSec: 419 } },
      ['durationSec on the listener’s receipt is 419, not 420'],
    ],
    [
      'a listener who sees what the caller paid',
      { listenerReceipt: { ...GOOD.listenerReceipt, coinsSpent: 70 } },
      ['spending on the listener’s receipt is 70, not undefined'],
    ],
    ['a missing warning', { lowBalancePushes: 1 }, ['the number of low-balance pushes is 1, not 2']],
    [
      'a short call that was charged',
      { shortReceipt: { ...GOOD.shortReceipt, coinsSpent: 10 } },
      ['the charge of the short call is 10, not 0'],
    ],
  ])('tells of %s in one line', (_what, change, lines) => {
    expect(mismatchesOf({ ...GOOD, ...change })).toEqual(lines);
  });
});

describe('reportOf', () => {
  it('has exactly the promised fields', () => {
    expect(Object.keys(reportOf(GOOD))).toEqual([
      'postingsSum',
      'held',
      'walletMatchesEntries',
      'callerReceipt',
      'listenerReceipt',
      'endReason',
      'steps',
    ]);
  });
});

describe('the sum of the postings', () => {
  it('is one figure in which a surplus of one asset cannot hide a lack of the other', () => {
    expect(reportOf(GOOD).postingsSum).toBe(0);
    const off = { ...GOOD, books: { ...GOOD.books, postingsSum: { coin: 2, earned: -2 } } };
    expect(reportOf(off).postingsSum).toBe(4);
  });
});

describe('the tables', () => {
  it('leave empty what a viewer does not see', () => {
    const lines = receiptLines(GOOD.callerReceipt, GOOD.listenerReceipt);
    expect(lines.find((line) => line.includes('coins spent'))).toMatch(/spent +70$/u);
    expect(lines.find((line) => line.includes('coins earned'))).toMatch(/earned +105$/u);
  });

  it('say loudly when a wallet is wrong', () => {
    const wrong = bookLines({ ...GOOD.books, walletMatchesEntries: false });
    expect(wrong.at(-1)).toMatch(/NO$/u);
  });
});
