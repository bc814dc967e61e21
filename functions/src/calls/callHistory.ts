/** A person's calls in both roles, newest first, and what they came to. */
import type { z } from 'zod';
import { wallets } from '../ledger/documents.ts';
import { sessions, type Actor } from '../platform/actor.ts';
import { readMergedPage, type Listed } from '../platform/paging.ts';
import { defineQuery, type DeclaredQuery } from '../platform/store/collection.ts';
import type { Store } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { historyContract, historyItemOutput, summaryContract } from './contract.ts';
import { calls, monthsOfPerson, partySchema, type Call, type Party } from './documents.ts';
import { partyOf, receiptOf } from './domain/receipt.ts';
import { callStatus, REASONS_OF, summaryOf } from './domain/statistics.ts';
import { callView } from './getCall.ts';

type HistoryInput = z.output<typeof historyContract.input>;

/** Which of the declared queries: of one role, by type or not, by what became of the calls or not. */
interface Shape {
  readonly role: Party;
  readonly byType: boolean;
  readonly byReason: boolean;
}

const nameOf = ({ role, byType, byReason }: Shape): string =>
  ['calls of a', role, byType && 'by type', byReason && 'by end reason'].filter(Boolean).join(' ');

const queries: ReadonlyMap<string, DeclaredQuery<Call>> = new Map(
  partySchema.options.flatMap((role) =>
    [false, true].flatMap((byType) =>
      [false, true].map((byReason) => {
        const query = defineQuery({
          name: nameOf({ role, byType, byReason }),
          collection: calls,
          scope: 'collection',
          filters: [
            { field: `${role}Id`, op: '==' },
            ...(byType ? [{ field: 'type', op: '==' } as const] : []),
            ...(byReason ? [{ field: 'endReason', op: 'in' } as const] : []),
          ],
          orderBy: [{ field: 'createdAt', direction: 'desc' }],
        });
        return [query.name, query] as const;
      }),
    ),
  ),
);

/**
 * One page of the calls of this person.
 * @throws Refusal INVALID_INPUT for a cursor that is not one of this list
 */
export async function readHistory({ store }: AppPorts, actor: Actor, input: HistoryInput) {
  const [me, wallet] = await store.getAll(sessions.doc(actor.uid), wallets.doc(actor.uid));
  actor.admit(me);
  if (input.status === 'ongoing')
    return await openAsPage(store, wallet?.openCallId ?? null, actor.uid, input);
  const runs = (input.role === undefined ? partySchema.options : [input.role]).map((role) =>
    runOf(role, actor.uid, input),
  );
  const { items, nextCursor } = await readMergedPage(store, runs, input);
  return { items: items.flatMap(({ id, data }) => itemView(id, data, actor.uid)), nextCursor };
}

function runOf(role: Party, uid: string, { type, status }: HistoryInput): Listed<Call> {
  const reasons = status === undefined || status === 'ongoing' ? undefined : REASONS_OF[status];
  const name = nameOf({ role, byType: type !== undefined, byReason: reasons !== undefined });
  const query = queries.get(name);
  if (query === undefined) throw new Error(`no query ${name}`);
  const values = [uid, ...(type === undefined ? [] : [type]), ...(reasons === undefined ? [] : [reasons])];
  return { query, parentIds: [], values };
}

/** Nobody has more than one open call, and the wallet knows it. */
async function openAsPage(store: Store, callId: string | null, uid: string, { type, role }: HistoryInput) {
  const [call] = callId === null ? [] : await store.getAll(calls.doc(callId));
  const wanted =
    callId !== null &&
    call !== undefined &&
    call.state !== 'ended' &&
    (type === undefined || call.type === type) &&
    (role === undefined || partyOf(call, uid) === role);
  return { items: wanted ? itemView(callId, call, uid) : [], nextCursor: null };
}

function itemView(callId: string, call: Call, uid: string): z.input<typeof historyItemOutput>[] {
  const role = partyOf(call, uid);
  if (role === undefined) return [];
  const receipt = receiptOf(call, role);
  return [{ ...callView(callId, call, role), status: callStatus(call), ...(receipt && moneyOf(receipt)) }];
}

function moneyOf(receipt: NonNullable<ReturnType<typeof receiptOf>>) {
  if ('earnedCoins' in receipt) return { earnedCoins: receipt.earnedCoins };
  return { coinsSpent: receipt.coinsSpent };
}

/** Forty years; what a person has of months is read whole. */
const MOST_MONTHS = 480;

/** Costs a read for each month in which the person had calls, and three. */
export async function readSummary(
  { store }: AppPorts,
  actor: Actor,
): Promise<z.input<typeof summaryContract.output>> {
  const [me, wallet] = await store.getAll(sessions.doc(actor.uid), wallets.doc(actor.uid));
  actor.admit(me);
  const callId = wallet?.openCallId ?? null;
  const [months, [call]] = await Promise.all([
    store.query({ query: monthsOfPerson, parentIds: [actor.uid], values: [], limit: MOST_MONTHS }),
    callId === null ? [undefined] : store.getAll(calls.doc(callId)),
  ]);
  const party = call === undefined || call.state === 'ended' ? undefined : partyOf(call, actor.uid);
  const open = call !== undefined && party !== undefined ? { type: call.type, party } : undefined;
  const counted = months.map(({ data }) => data);
  return {
    summary: summaryOf(counted, open),
    months: counted.map(({ month, callsMade, callsReceived, coinsSpent, earnedCoins }) => ({
      month,
      calls: callsMade + callsReceived,
      coinsSpent,
      earnedCoins,
    })),
  };
}
