/** Looks into the books of a stack: every wallet with all of its entries. */
import type { Firestore } from 'firebase-admin/firestore';
import {
  entriesOfOwner,
  wallets,
  type Asset,
  type Entry,
  type Wallet,
} from '../../../functions/src/ledger/documents.ts';
import { postingsSum, walletDifferences } from '../../../functions/src/ledger/domain/books.ts';
import { Meter } from '../../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../../functions/src/platform/store/firestore.ts';

/** One wallet and what made it. */
export interface Account {
  readonly uid: string;
  readonly wallet: Wallet;
  readonly entries: readonly Entry[];
}

/** What the books of everybody say. */
export interface Books {
  /** All postings of all entries, by asset: zero if no coin appeared or vanished. */
  readonly postingsSum: Readonly<Record<Asset, number>>;
  /** Coins reserved in all wallets: zero when no call is open. */
  readonly held: number;
  readonly walletMatchesEntries: boolean;
  /** In words, how wallets differ from the replay of their entries. */
  readonly differences: readonly string[];
  readonly wallets: number;
  readonly entries: number;
}

/** More than the demo makes; a full page is refused instead of being cut. */
const MOST_ENTRIES = 500;

/** Reads every wallet there is, with an administrator's rights. */
export async function readAccounts(db: Firestore): Promise<Account[]> {
  const store = new FirestoreStore(db, new Meter());
  const refs = await db.collection('wallets').listDocuments();
  return await Promise.all(
    refs.map(async ({ id: uid }) => {
      const [wallet] = await store.getAll(wallets.doc(uid));
      const run = { query: entriesOfOwner, parentIds: [uid], values: [], limit: MOST_ENTRIES };
      const found = await store.query(run);
      if (wallet === undefined || found.length === MOST_ENTRIES)
        throw new Error(`the books of ${uid} cannot be read as a whole`);
      return { uid, wallet, entries: found.map(({ data }) => data) };
    }),
  );
}

/** Adds everything up. */
export function auditBooks(accounts: readonly Account[]): Books {
  const entries = accounts.flatMap((account) => account.entries);
  const sums = entries.map(postingsSum);
  const differences = accounts.flatMap(({ uid, wallet, entries: own }) =>
    walletDifferences(wallet, own).map((difference) => `wallet of ${uid}: ${difference}`),
  );
  return {
    postingsSum: {
      coin: total(sums.map(({ coin }) => coin)),
      earned: total(sums.map(({ earned }) => earned)),
    },
    held: total(accounts.map(({ wallet }) => wallet.coins.held)),
    walletMatchesEntries: differences.length === 0,
    differences,
    wallets: accounts.length,
    entries: entries.length,
  };
}

/** What a call moved in one wallet, by the type of entry. */
export function movedByCall(
  account: Account | undefined,
  callId: string,
): Partial<Record<Entry['type'], number>> {
  const moved: Partial<Record<Entry['type'], number>> = {};
  for (const { type, amount, ref } of account?.entries ?? []) {
    if (ref.kind === 'call' && ref.id === callId) moved[type] = (moved[type] ?? 0) + amount;
  }
  return moved;
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
