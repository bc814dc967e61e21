/** The receipts and the books as tables. */
import type { Books } from './books.ts';
import { CALLER, LISTENER } from './plan.ts';
import type { Receipt } from '../../../client/src/index.ts';

const LABEL_WIDTH = 30;
const VALUE_WIDTH = 18;

function row(label: string, ...values: readonly (string | number | undefined)[]): string {
  const cells = values.map((value) => String(value ?? '').padStart(VALUE_WIDTH));
  return `  ${label.padEnd(LABEL_WIDTH)}${cells.join('')}`.trimEnd();
}

/** Both receipts of one call, side by side. */
export function receiptLines(caller: Receipt, listener: Receipt): string[] {
  const both = (label: string, of: (receipt: Receipt) => string | number | undefined) =>
    row(label, of(caller), of(listener));
  return [
    '',
    'The receipts',
    row('', `${CALLER} (caller)`, `${LISTENER} (listener)`),
    both('duration, seconds', (receipt) => receipt.durationSec),
    both('billed minutes', (receipt) => receipt.billedMinutes),
    both('coins a minute', (receipt) => receipt.coinsPerMinute),
    both('coins spent', (receipt) => receipt.coinsSpent),
    both('coins released', (receipt) => receipt.coinsReleased),
    both('coins earned', (receipt) => receipt.earnedCoins),
    both('end', (receipt) => receipt.endReason),
    both('ended by', (receipt) => receipt.endedBy),
    both('pieces of evidence', (receipt) => receipt.evidence.length),
  ];
}

/** What the books say. */
export function bookLines({ postingsSum, held, walletMatchesEntries, wallets, entries }: Books): string[] {
  return [
    '',
    `The books: ${wallets} wallets, ${entries} entries`,
    row('sum of all coin postings', postingsSum.coin),
    row('sum of all earned postings', postingsSum.earned),
    row('coins still held', held),
    row('wallet = replay of its entries', walletMatchesEntries ? 'every one' : 'NO'),
  ];
}
