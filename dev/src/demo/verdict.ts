/** Whether the demo's call came to what it must come to. Pure: the numbers of the plan against what was observed. */
import type { Receipt } from '../../../client/src/index.ts';
import type { Entry } from '../../../functions/src/ledger/documents.ts';
import type { Books } from './books.ts';
import { CALLER_COINS, CUT_AT_SEC, SHORT_CALL_SEC, TOP_UP_COINS, WARNINGS } from './plan.ts';
import type { Step } from './timeline.ts';

type Moved = Partial<Record<Entry['type'], number>>;

/** All that was observed. */
export interface Outcome {
  readonly books: Books;
  readonly endReason: string | null;
  readonly callerReceipt: Receipt;
  readonly listenerReceipt: Receipt;
  /** What the call moved in each wallet, by type of entry. */
  readonly callerMoved: Moved;
  readonly listenerMoved: Moved;
  /** From the public price list. */
  readonly earnedPerMinute: number;
  readonly lowBalancePushes: number;
  /** The receipt of the call that was hung up within the free seconds. */
  readonly shortReceipt: Receipt;
  readonly steps: readonly Step[];
}

/** What `--json` prints. */
export function reportOf({ books, endReason, callerReceipt, listenerReceipt, steps }: Outcome) {
  const { held, walletMatchesEntries } = books;
  // One figure that is zero only if each asset's sum is: a surplus of one asset cannot hide a lack of the other.
  const postingsSum = Math.abs(books.postingsSum.coin) + Math.abs(books.postingsSum.earned);
  return { postingsSum, held, walletMatchesEntries, callerReceipt, listenerReceipt, endReason, steps };
}

type Check = readonly [what: string, observed: unknown, expected: unknown];

/** @returns one line for each thing that is not as it must be; empty when all is well */
export function mismatchesOf(outcome: Outcome): string[] {
  const checks = [...checksOfBooks(outcome), ...checksOfReceipts(outcome), ...checksOfEntries(outcome)];
  const wrong = checks.filter(([, observed, expected]) => observed !== expected);
  return [
    ...wrong.map(([what, observed, expected]) => `${what} is ${String(observed)}, not ${String(expected)}`),
    ...outcome.books.differences,
  ];
}

function checksOfBooks({ books, endReason, lowBalancePushes }: Outcome): Check[] {
  return [
    ['the end reason', endReason, 'coins_exhausted'],
    ['the sum of all coin postings', books.postingsSum.coin, 0],
    ['the sum of all earned-coin postings', books.postingsSum.earned, 0],
    ['what is still held', books.held, 0],
    ['the number of low-balance pushes', lowBalancePushes, WARNINGS],
  ];
}

function checksOfReceipts({
  callerReceipt,
  listenerReceipt,
  shortReceipt,
  earnedPerMinute,
}: Outcome): Check[] {
  const coins = CALLER_COINS + TOP_UP_COINS;
  const minutes = CUT_AT_SEC / 60;
  const shared = ['connectedAt', 'endedAt', 'durationSec', 'billedMinutes', 'endReason', 'endedBy'] as const;
  return [
    ...shared.map((field): Check => [
      `${field} on the listener’s receipt`,
      listenerReceipt[field],
      callerReceipt[field],
    ]),
    ['the duration', callerReceipt.durationSec, CUT_AT_SEC],
    ['the billed minutes', callerReceipt.billedMinutes, minutes],
    [
      'the price of the billed minutes',
      callerReceipt.billedMinutes * (callerReceipt.coinsPerMinute ?? 0),
      coins,
    ],
    ['the coins spent', callerReceipt.coinsSpent, coins],
    ['the coins released', callerReceipt.coinsReleased, 0],
    ['the coins earned', listenerReceipt.earnedCoins, listenerReceipt.billedMinutes * earnedPerMinute],
    ['earnings on the caller’s receipt', callerReceipt.earnedCoins, undefined],
    ['spending on the listener’s receipt', listenerReceipt.coinsSpent, undefined],
    ['the duration of the short call', shortReceipt.durationSec, SHORT_CALL_SEC],
    ['the charge of the short call', shortReceipt.coinsSpent, 0],
  ];
}

/** The receipts are worked out from the call; the entries are what was really moved. */
function checksOfEntries({ callerReceipt, listenerReceipt, callerMoved, listenerMoved }: Outcome): Check[] {
  const { coinsSpent = 0, coinsReleased = 0 } = callerReceipt;
  return [
    ['the charge in the caller’s wallet', -(callerMoved.charge ?? 0), coinsSpent],
    ['all holds of the call', -(callerMoved.hold ?? 0), coinsSpent + coinsReleased],
    ['all releases of the call', callerMoved.release ?? 0, coinsSpent + coinsReleased],
    ['the earning in the listener’s wallet', listenerMoved.earning ?? 0, listenerReceipt.earnedCoins ?? 0],
  ];
}
