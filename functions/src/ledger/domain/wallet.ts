/**
 * What may happen to a wallet, as pure functions. Each takes the change so far and returns a new one, with the new
 * balances and the entries that explain them; `ledger/saveWallet.ts` writes both in one commit.
 *
 * Reserved coins move only by hold, release and charge. A settlement gives the whole hold back and then charges, so
 * that each entry's `amount` is the change of `available` and the balance is the sum of the amounts.
 * Bonus coins are spent first: a hold takes as many of them as are free, a charge spends the hold's bonus part first.
 */
import { invariant, refuse } from '../../platform/errors.ts';
import type { Account, Asset, Entry, EntryType, Posting, Wallet } from '../documents.ts';

/** A wallet being changed. `before` is undefined when the wallet does not exist yet. */
export interface WalletChange {
  readonly uid: string;
  readonly before: Wallet | undefined;
  readonly wallet: Wallet;
  readonly entries: readonly Entry[];
}

/** A wallet with nothing in it. */
export function emptyWallet(): Wallet {
  return {
    coins: { available: 0, held: 0, bonus: 0, purchased: 0, spent: 0 },
    earnings: { available: 0, promotional: 0, pending: 0, paidOut: 0, total: 0 },
    holds: {},
    openCallId: null,
    openCallRole: null,
  };
}

/** Begins a change of the stored wallet (or of a new one). */
export function changeWallet(uid: string, stored: Wallet | undefined): WalletChange {
  return { uid, before: stored, wallet: stored ?? emptyWallet(), entries: [] };
}

interface EntryInput {
  readonly key: string;
  readonly type: EntryType;
  readonly asset: Asset;
  readonly amount: number;
  readonly description: string;
  readonly ref: Entry['ref'];
  readonly postings: readonly (readonly [Account, number])[];
  readonly inputHash?: string;
}

function withEntry(change: WalletChange, wallet: Wallet, input: EntryInput, now: Date): WalletChange {
  const postings: Posting[] = input.postings.map(([account, amount]) => ({
    account,
    asset: input.asset,
    amount,
  }));
  const entry: Entry = {
    transactionId: input.key,
    type: input.type,
    asset: input.asset,
    amount: input.amount,
    balanceAfter: input.asset === 'coin' ? wallet.coins.available : wallet.earnings.available,
    description: input.description,
    ref: input.ref,
    createdAt: now,
    postings,
    inputHash: input.inputHash ?? '',
  };
  return { ...change, wallet, entries: [...change.entries, entry] };
}

/** Where coins come from. Earnings paid from `bonus` coins are promotional. */
export type CreditSource = 'purchase' | 'bonus' | 'adjust';

export interface Credit {
  /** Idempotency key and entry id, e.g. `purchase-<paymentId>`. */
  readonly key: string;
  readonly source: CreditSource;
  /** Positive; `adjust` may also be negative. */
  readonly coins: number;
  readonly description: string;
  readonly ref: Entry['ref'];
  readonly inputHash?: string;
}

const CREDIT_TYPES: Readonly<Record<CreditSource, EntryType>> = {
  purchase: 'purchase',
  bonus: 'bonus',
  adjust: 'adjustment',
};

/**
 * Adds coins (or takes them, for a negative adjustment: never more than are available).
 * @throws Refusal INSUFFICIENT_COINS for an adjustment below what is available
 */
export function creditWallet(change: WalletChange, credit: Credit, now: Date): WalletChange {
  const { coins } = change.wallet;
  invariant(
    Number.isSafeInteger(credit.coins) && credit.coins !== 0,
    'a credit is a whole number of coins, not 0',
  );
  invariant(credit.coins > 0 || credit.source === 'adjust', 'only an adjustment takes coins');
  const available = coins.available + credit.coins;
  if (available < 0) {
    throw refuse('INSUFFICIENT_COINS', { requiredCoins: -credit.coins, availableCoins: coins.available });
  }
  const bonus = coins.bonus + (credit.source === 'bonus' ? credit.coins : 0);
  const wallet: Wallet = {
    ...change.wallet,
    coins: {
      ...coins,
      available,
      // What is taken by an adjustment is bought coins first. The given part that is in no hold lies in what is
      // available, never in what a hold has reserved of bought coins: those may be charged and leave nothing to be given.
      bonus: Math.min(bonus, available + bonusInHolds(change.wallet)),
      purchased: coins.purchased + (credit.source === 'purchase' ? credit.coins : 0),
    },
  };
  const input: EntryInput = {
    ...credit,
    type: CREDIT_TYPES[credit.source],
    asset: 'coin',
    amount: credit.coins,
    postings: [
      ['platformIssued', -credit.coins],
      ['walletAvailable', credit.coins],
    ],
  };
  return withEntry(change, wallet, input, now);
}

/** Coins that were given and are in no hold. */
function freeBonus(wallet: Wallet): number {
  return wallet.coins.bonus - bonusInHolds(wallet);
}

function bonusInHolds(wallet: Wallet): number {
  return Object.values(wallet.holds).reduce((sum, hold) => sum + hold.bonusCoins, 0);
}

/**
 * Reserves coins for a call, on top of what is reserved for it already.
 * @param hold.slice fences the entry: one hold a slice
 */
export function placeHold(
  change: WalletChange,
  hold: { readonly callId: string; readonly slice: number; readonly coins: number },
  now: Date,
): WalletChange {
  if (hold.coins === 0) return change;
  const { coins, holds } = change.wallet;
  invariant(hold.coins > 0 && hold.coins <= coins.available, 'a hold takes only what is available');
  const soFar = holds[hold.callId] ?? { coins: 0, bonusCoins: 0 };
  const bonusCoins = Math.min(hold.coins, freeBonus(change.wallet));
  const wallet: Wallet = {
    ...change.wallet,
    coins: { ...coins, available: coins.available - hold.coins, held: coins.held + hold.coins },
    holds: {
      ...holds,
      [hold.callId]: { coins: soFar.coins + hold.coins, bonusCoins: soFar.bonusCoins + bonusCoins },
    },
  };
  const input: EntryInput = {
    key: `hold-${hold.callId}-${hold.slice}`,
    type: 'hold',
    asset: 'coin',
    amount: -hold.coins,
    description: 'Reserved for a call',
    ref: { kind: 'call', id: hold.callId },
    postings: [
      ['walletAvailable', -hold.coins],
      ['walletHeld', hold.coins],
    ],
  };
  return withEntry(change, wallet, input, now);
}

/** What a settlement did to the caller, and what the listener's side needs to know. */
export interface SettledHold {
  readonly change: WalletChange;
  readonly heldCoins: number;
  /** The part of the charge that was paid with given coins. */
  readonly chargedBonusCoins: number;
}

/**
 * Ends a hold: all of it is released, then the charge is taken.
 * @param settlement.chargeCoins 0 … what is held
 */
export function settleHold(
  change: WalletChange,
  settlement: { readonly callId: string; readonly chargeCoins: number },
  now: Date,
): SettledHold {
  const { callId, chargeCoins } = settlement;
  const { [callId]: hold, ...otherHolds } = change.wallet.holds;
  if (hold === undefined) {
    invariant(chargeCoins === 0, 'a charge needs a hold');
    return { change, heldCoins: 0, chargedBonusCoins: 0 };
  }
  invariant(chargeCoins >= 0 && chargeCoins <= hold.coins, 'a charge is never more than what is held');
  const { coins } = change.wallet;
  const released: Wallet = {
    ...change.wallet,
    coins: { ...coins, available: coins.available + hold.coins, held: coins.held - hold.coins },
    holds: otherHolds,
  };
  const ref = { kind: 'call', id: callId } as const;
  const releasedChange = withEntry(
    change,
    released,
    {
      key: `settle-${callId}-1-release`,
      type: 'release',
      asset: 'coin',
      amount: hold.coins,
      description: 'Reservation ended',
      ref,
      postings: [
        ['walletHeld', -hold.coins],
        ['walletAvailable', hold.coins],
      ],
    },
    now,
  );
  const chargedBonusCoins = Math.min(chargeCoins, hold.bonusCoins);
  if (chargeCoins === 0) return { change: releasedChange, heldCoins: hold.coins, chargedBonusCoins: 0 };
  const charged: Wallet = {
    ...released,
    coins: {
      ...released.coins,
      available: released.coins.available - chargeCoins,
      bonus: released.coins.bonus - chargedBonusCoins,
      spent: released.coins.spent + chargeCoins,
    },
  };
  const input: EntryInput = {
    key: `settle-${callId}-2-charge`,
    type: 'charge',
    asset: 'coin',
    amount: -chargeCoins,
    description: 'Call',
    ref,
    postings: [
      ['walletAvailable', -chargeCoins],
      ['platformRevenue', chargeCoins],
    ],
  };
  return { change: withEntry(releasedChange, charged, input, now), heldCoins: hold.coins, chargedBonusCoins };
}

/**
 * Credits a listener for a call. The part that stems from given coins is promotional: shown, never payable. It is
 * rounded up, so that no fraction of a given coin is ever paid out.
 */
export function creditEarning(
  change: WalletChange,
  earning: {
    readonly callId: string;
    readonly earnedCoins: number;
    readonly chargeCoins: number;
    readonly chargedBonusCoins: number;
  },
  now: Date,
): WalletChange {
  const { callId, earnedCoins, chargeCoins, chargedBonusCoins } = earning;
  if (earnedCoins === 0) return change;
  const promotional = chargeCoins === 0 ? 0 : Math.ceil((earnedCoins * chargedBonusCoins) / chargeCoins);
  const payable = earnedCoins - promotional;
  const ref = { kind: 'call', id: callId } as const;
  let next = change;
  if (payable > 0) {
    const { earnings } = next.wallet;
    const wallet = {
      ...next.wallet,
      earnings: { ...earnings, available: earnings.available + payable, total: earnings.total + payable },
    };
    next = withEntry(
      next,
      wallet,
      earningEntry(`settle-${callId}-3-earning`, payable, 'earningsAvailable', ref),
      now,
    );
  }
  if (promotional > 0) {
    const { earnings } = next.wallet;
    const wallet = {
      ...next.wallet,
      earnings: {
        ...earnings,
        promotional: earnings.promotional + promotional,
        total: earnings.total + promotional,
      },
    };
    const entry = earningEntry(`settle-${callId}-4-promotional`, promotional, 'earningsPromotional', ref);
    next = withEntry(next, wallet, entry, now);
  }
  return next;
}

function earningEntry(key: string, amount: number, account: Account, ref: Entry['ref']): EntryInput {
  return {
    key,
    type: 'earning',
    asset: 'earned',
    amount,
    description: account === 'earningsPromotional' ? 'Promotional earning of a call' : 'Earning of a call',
    ref,
    postings: [
      ['platformPayable', -amount],
      [account, amount],
    ],
  };
}

/** Marks the person as being in a call; one open call a person. */
export function occupy(change: WalletChange, callId: string, role: 'caller' | 'callee'): WalletChange {
  invariant(change.wallet.openCallId === null, 'one open call a person');
  return { ...change, wallet: { ...change.wallet, openCallId: callId, openCallRole: role } };
}

/** Ends the occupation by this call; another call's occupation is left alone. */
export function vacate(change: WalletChange, callId: string): WalletChange {
  if (change.wallet.openCallId !== callId) return change;
  return { ...change, wallet: { ...change.wallet, openCallId: null, openCallRole: null } };
}
