/** Adds coins to a wallet exactly once for each key, and tells an open call of it. */
import { refuse } from '../platform/errors.ts';
import { inputHash } from '../platform/ids.ts';
import { post, type Post, type Posted } from '../platform/outbox.ts';
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
    const change = creditWallet(changeWallet(uid, wallet), { ...credit, inputHash: hash }, now);
    return writeCredit(tx, change, (key, effects) => post(tx, key, effects, { now }));
  });
}

/**
 * Writes a credit, and tells an open call of its owner.
 * @param change a wallet with exactly one credit, whose key the transaction has not found in use
 */
export function writeCredit(writer: Writer, change: WalletChange, postInto: Post): Credited {
  const { uid, wallet } = change;
  saveWallet(writer, change);
  const [entry] = change.entries;
  if (entry === undefined) throw new Error('a credit makes an entry');
  const callId = wallet.openCallId;
  const effects: CoinsCredited[] = callId === null ? [] : [{ kind: 'coins.credited', uid, callId }];
  const posted = postInto(`credit-${uid}-${entry.transactionId}`, effects, entry.createdAt);
  return { entry, wallet, posted };
}

function replayed(existing: Entry, wallet: Wallet | undefined, hash: string): Credited {
  if (existing.inputHash !== hash || wallet === undefined) throw refuse('IDEMPOTENCY_MISMATCH');
  return { entry: existing, wallet, posted: undefined };
}
