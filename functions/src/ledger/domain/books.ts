/** What must be true of wallets and entries at any time; asserted before every write and by every check of the books. */
import { invariant } from '../../platform/errors.ts';
import type { Account, Asset, Entry, Wallet } from '../documents.ts';

/** @returns the sum of the postings for each asset; all zero in a sound entry */
export function postingsSum(entry: Pick<Entry, 'postings'>): Record<Asset, number> {
  const sum: Record<Asset, number> = { coin: 0, earned: 0 };
  for (const posting of entry.postings) sum[posting.asset] += posting.amount;
  return sum;
}

/** @throws when the entry's postings do not sum to zero or are not whole numbers */
export function assertBalanced(entry: Entry): void {
  invariant(entry.postings.length > 0, `${entry.transactionId} has no postings`);
  for (const posting of entry.postings) {
    invariant(Number.isSafeInteger(posting.amount), `${entry.transactionId} posts a fraction`);
  }
  const sum = postingsSum(entry);
  invariant(sum.coin === 0 && sum.earned === 0, `${entry.transactionId} does not sum to zero`);
}

/** @throws when a wallet has a negative or fractional part, or when held is not the sum of its holds */
export function assertSound(uid: string, wallet: Wallet): void {
  const parts = [...Object.entries(wallet.coins), ...Object.entries(wallet.earnings)];
  for (const [name, amount] of parts) {
    invariant(Number.isSafeInteger(amount) && amount >= 0, `${name} of wallet ${uid} is ${amount}`);
  }
  const holds = Object.values(wallet.holds);
  const held = holds.reduce((sum, hold) => sum + hold.coins, 0);
  invariant(held === wallet.coins.held, `held of wallet ${uid} is not the sum of its holds`);
  const heldBonus = holds.reduce((sum, hold) => sum + hold.bonusCoins, 0);
  const { available, bonus } = wallet.coins;
  // What was given lies partly in holds, and the rest of it in what is available.
  invariant(heldBonus <= bonus && bonus <= available + heldBonus, `bonus of wallet ${uid} is out of bounds`);
}

/** Balances as the entries tell them. */
export interface Replayed {
  readonly available: number;
  readonly held: number;
  readonly earningsAvailable: number;
  readonly earningsPromotional: number;
}

/** Replays entries into balances, from the postings on the owner's accounts. */
export function replay(entries: readonly Pick<Entry, 'postings'>[]): Replayed {
  const totals = new Map<Account, number>();
  for (const entry of entries) {
    for (const { account, amount } of entry.postings)
      totals.set(account, (totals.get(account) ?? 0) + amount);
  }
  return {
    available: totals.get('walletAvailable') ?? 0,
    held: totals.get('walletHeld') ?? 0,
    earningsAvailable: totals.get('earningsAvailable') ?? 0,
    earningsPromotional: totals.get('earningsPromotional') ?? 0,
  };
}

/** @returns what differs between a wallet and the replay of its entries; empty when the books are right */
export function walletDifferences(wallet: Wallet, entries: readonly Entry[]): string[] {
  const told = replay(entries);
  const pairs: [string, number, number][] = [
    ['coins.available', wallet.coins.available, told.available],
    ['coins.held', wallet.coins.held, told.held],
    ['earnings.available', wallet.earnings.available, told.earningsAvailable],
    ['earnings.promotional', wallet.earnings.promotional, told.earningsPromotional],
  ];
  return pairs
    .filter(([, stored, replayed]) => stored !== replayed)
    .map(([name, stored, replayed]) => `${name} is ${stored}, its entries say ${replayed}`);
}
