/** Adds coins to a wallet exactly once for each key, and tells an open call of it. */
import { refuse } from '../platform/errors.ts';
import { inputHash } from '../platform/ids.ts';
import { post, type Posted } from '../platform/outbox.ts';
import type { Store, Writer } from '../platform/store/port.ts';
import { entries, wallets, type Entry, type Wallet } from './documents.ts';
import { changeWallet, creditWallet, type Credit, type WalletChange } from './domain/wallet.ts';
import { saveWallet } from './saveWallet.ts';

/** The effect of a credit during an open call: the call may go on longer. */
export interface CoinsCredited {
  readonly kind: 'coins.credited';
  readonly uid: string;
  readonly callId: string;
}

export interface Credited {
  readonly entry: Entry;
  readonly wallet: Wallet;
  /** Deliver it after the commit. */
  readonly posted: Posted | undefined;
}

/**
 * @param uid whose wallet
 * @param credit its `key` is the entry id: a second credit with the same key and input changes nothing
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same key with other input; INSUFFICIENT_COINS for a negative adjustment
 */
export async function creditCoins(
  store: Store,
  uid: string,
  credit: Omit<Credit, 'inputHash'>,
  now: Date,
): Promise<Credited> {
  const hash = inputHash({ uid, source: credit.source, coins: credit.coins, ref: credit.ref });
  return await store.transaction(async (tx) => {
    const [wallet, existing] = await tx.getAll(wallets.doc(uid), entries.doc(uid, credit.key));
    if (existing !== undefined) return replayed(existing, wallet, hash);
    return writeCredit(tx, changeWallet(uid, wallet), { ...credit, inputHash: hash }, now);
  });
}

/**
 * Writes a credit in a transaction that has read the wallet, and has found no entry with its key.
 * @throws Refusal INSUFFICIENT_COINS for a negative adjustment
 */
export function writeCredit(writer: Writer, before: WalletChange, credit: Credit, now: Date): Credited {
  const { uid } = before;
  const change = creditWallet(before, credit, now);
  saveWallet(writer, change);
  const entry = change.entries[0];
  if (entry === undefined) throw new Error('a credit makes an entry');
  const callId = change.wallet.openCallId;
  const effect: CoinsCredited[] = callId === null ? [] : [{ kind: 'coins.credited', uid, callId }];
  return { entry, wallet: change.wallet, posted: post(writer, `credit-${uid}-${credit.key}`, effect, now) };
}

function replayed(existing: Entry, wallet: Wallet | undefined, hash: string): Credited {
  if (existing.inputHash !== hash || wallet === undefined) throw refuse('IDEMPOTENCY_MISMATCH');
  return { entry: existing, wallet, posted: undefined };
}
