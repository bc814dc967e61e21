import { describe, expect, it } from '@jest/globals';
import {
  changeWallet,
  creditEarning,
  creditWallet,
  placeHold,
  settleHold,
  type WalletChange,
} from '../../../functions/src/ledger/domain/wallet.ts';
import { auditBooks, movedByCall, type Account } from './books.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

function bought(coins: number): WalletChange {
  const ref = { kind: 'payment', id: 'p1' } as const;
  const credit = { key: 'purchase-p1', source: 'purchase', coins, description: 'Bought', ref } as const;
  return creditWallet(changeWallet('caller', undefined), credit, NOW);
}

const accountOf = ({ uid, wallet, entries }: WalletChange): Account => ({ uid, wallet, entries });

/** 50 coins bought, 30 held, 20 charged, 30 earned. */
function settledCall(): Account[] {
  const held = placeHold(bought(50), { callId: 'c1', slice: 0, coins: 30 }, NOW);
  const { change } = settleHold(held, { callId: 'c1', chargeCoins: 20 }, NOW);
  const earning = { callId: 'c1', earnedCoins: 30, chargeCoins: 20, chargedBonusCoins: 0 };
  return [accountOf(change), accountOf(creditEarning(changeWallet('listener', undefined), earning, NOW))];
}

describe('auditBooks', () => {
  it('finds nothing wrong after a settled call', () => {
    expect(auditBooks(settledCall())).toEqual({
      postingsSum: { coin: 0, earned: 0 },
      held: 0,
      walletMatchesEntries: true,
      differences: [],
      wallets: 2,
      entries: 5,
    });
  });

  it('shows what an open call still holds', () => {
    const open = placeHold(bought(50), { callId: 'c1', slice: 0, coins: 30 }, NOW);
    expect(auditBooks([accountOf(open)]).held).toBe(30);
  });

  it('names the wallet that its entries do not explain', () => {
    const [caller, listener] = settledCall();
    if (caller === undefined || listener === undefined) throw new Error('two accounts');
    const { differences, walletMatchesEntries } = auditBooks([
      { ...caller, entries: caller.entries.slice(1) },
      listener,
    ]);
    expect(walletMatchesEntries).toBe(false);
    expect(differences).toEqual(['wallet of caller: coins.available is 30, its entries say -20']);
  });
});

describe('movedByCall', () => {
  it('adds up the entries of the call by type, and leaves out all others', () => {
    const [caller, listener] = settledCall();
    expect(movedByCall(caller, 'c1')).toEqual({ hold: -30, release: 30, charge: -20 });
    expect(movedByCall(listener, 'c1')).toEqual({ earning: 30 });
    expect(movedByCall(caller, 'c2')).toEqual({});
    expect(movedByCall(undefined, 'c1')).toEqual({});
  });
});
