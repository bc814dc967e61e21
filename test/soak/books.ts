/** The books kept a second time, from what people paid and what their calls came to; the audit has no part in it. */
import type { Entry, EntryType, Wallet } from '../../functions/src/ledger/documents.ts';
import { dueOf } from './due.ts';
import type { Known, Rest } from './evidence.ts';

/** What somebody has, at rest. Earned coins are all payable: nobody in the soak was given any coins. */
interface Balance {
  readonly available: number;
  readonly held: number;
  readonly bonus: number;
  readonly purchased: number;
  readonly spent: number;
  readonly earned: number;
  readonly payable: number;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** What the person paid for, less what their calls cost. */
function paidAndSpent(uid: string, { calls }: Rest, { paidBefore, captured }: Known): Balance {
  const purchased = sum(
    [...paidBefore, ...captured].filter((paid) => paid.uid === uid).map(({ coins }) => coins),
  );
  const all = [...calls.values()];
  const spent = sum(all.filter(({ callerId }) => callerId === uid).map((call) => dueOf(call).charge));
  const earned = sum(all.filter(({ calleeId }) => calleeId === uid).map((call) => dueOf(call).earned));
  return { available: purchased - spent, held: 0, bonus: 0, purchased, spent, earned, payable: earned };
}

function sumOfEntries(all: readonly Entry[]): Balance {
  const of = (...types: EntryType[]): number =>
    sum(all.filter(({ type }) => types.includes(type)).map(({ amount }) => amount));
  const earned = of('earning');
  return {
    available: sum(all.filter(({ asset }) => asset === 'coin').map(({ amount }) => amount)),
    held: 0 - of('hold', 'release'),
    bonus: of('bonus', 'adjustment'),
    purchased: of('purchase'),
    spent: 0 - of('charge'),
    earned,
    payable: earned,
  };
}

function balanceOf({ coins, earnings }: Wallet): Balance {
  const { available, held, bonus, purchased, spent } = coins;
  return { available, held, bonus, purchased, spent, earned: earnings.total, payable: earnings.available };
}

const FIELDS = ['available', 'held', 'bonus', 'purchased', 'spent', 'earned', 'payable'] as const;

function differences(
  whose: string,
  { is, should }: { readonly is: Balance; readonly should: Balance },
): string[] {
  return FIELDS.filter((field) => is[field] !== should[field]).map(
    (field) => `${whose} say ${field} ${is[field]}, and it should be ${should[field]}`,
  );
}

/** Wallets, and the sums of their entries, that are not what the person paid for and what their calls came to. */
export function unbalanced(rest: Rest, known: Known): string[] {
  const byOwner = Map.groupBy(rest.entries, ([path]) => path.split('/')[1] ?? '');
  const owners = new Set([...known.people, ...rest.wallets.keys(), ...byOwner.keys()]);
  return [...owners].flatMap((uid) => {
    const should = paidAndSpent(uid, rest, known);
    const entries = (byOwner.get(uid) ?? []).map(([, entry]) => entry);
    const wallet = rest.wallets.get(uid);
    return [
      ...(wallet === undefined
        ? [`${uid} has no wallet`]
        : differences(`the balances of ${uid}`, { is: balanceOf(wallet), should })),
      ...differences(`the entries of ${uid}`, { is: sumOfEntries(entries), should }),
    ];
  });
}
