/** The only place that writes wallets and entries. */
import { invariant } from '../platform/errors.ts';
import type { Writer } from '../platform/store/port.ts';
import { entries, wallets } from './documents.ts';
import { assertBalanced, assertSound } from './domain/books.ts';
import type { WalletChange } from './domain/wallet.ts';

/**
 * Writes the balances and their entries in the caller's commit. Entries are created, so a key that exists fails the
 * whole commit: nothing is posted twice.
 * @throws when an invariant of the books would break; then nothing is written
 */
export function saveWallet(writer: Writer, change: WalletChange): void {
  assertSound(change.uid, change.wallet);
  for (const entry of change.entries) assertBalanced(entry);
  assertExplained(change);
  const ref = wallets.doc(change.uid);
  const { coins, earnings, holds, openCallId, openCallRole } = change.wallet;
  if (change.before === undefined) writer.create(ref, change.wallet);
  else writer.update(ref, { coins, earnings, holds, openCallId, openCallRole });
  for (const entry of change.entries) writer.create(entries.doc(change.uid, entry.transactionId), entry);
}

/** Balances move only by entries: the amounts must explain the difference. */
function assertExplained({ uid, before, wallet, entries: made }: WalletChange): void {
  const moved = made.reduce((sum, entry) => sum + (entry.asset === 'coin' ? entry.amount : 0), 0);
  const earned = made.reduce((sum, entry) => sum + (entry.asset === 'earned' ? entry.amount : 0), 0);
  invariant(
    wallet.coins.available - (before?.coins.available ?? 0) === moved,
    `coins of ${uid} moved without an entry`,
  );
  invariant(
    wallet.earnings.total - (before?.earnings.total ?? 0) === earned,
    `earnings of ${uid} moved without an entry`,
  );
}
