/** What must hold once nothing fails any more and time has run on: everything has come to rest. */
import { callMedia } from '../../functions/src/calls/documents.ts';
import type { Entry } from '../../functions/src/ledger/documents.ts';
import { walletDifferences } from '../../functions/src/ledger/domain/books.ts';
import { presenceProblems } from './listeners.ts';
import { entryIdOf, type Buyers } from './buyers.ts';
import type { World } from './world.ts';

/** @returns the first thing that is not at rest or not in the books */
export function problemAtRest(world: World, buyers: Pick<Buyers, 'orders'>): string | undefined {
  const problems = [
    ...callProblems(world),
    ...presenceProblems(world),
    ...walletProblems(world),
    ...entryProblems(world),
    ...creditProblems(world, buyers),
  ];
  return problems[0];
}

function callProblems({ store, auditor, closedChannels }: World): string[] {
  const problems: string[] = [];
  for (const [id, call] of auditor.calls) {
    if (call.state !== 'ended') problems.push(`I13: call ${id} is still ${call.state}`);
    if (call.deadlineAt !== null) problems.push(`I13: call ${id} still has a deadline`);
    const channel = store.read(callMedia.doc(id).path)?.['channel'];
    if (typeof channel === 'string' && !closedChannels.has(channel)) {
      problems.push(`I13: the channel of call ${id} was never closed`);
    }
  }
  const beats = store.all('beats');
  if (beats.length > 0) problems.push(`I13: ${beats.length} beats are left behind`);
  // Who is away is so until their device is too old, long after the last sweep of a schedule.
  const outbox = store.all('outbox').filter(({ id }) => !id.startsWith('away-'));
  if (outbox.length > 0) problems.push(`I13: the outbox still has ${outbox[0]?.id ?? ''}`);
  return problems;
}

function walletProblems({ auditor }: World): string[] {
  const entriesOf = Map.groupBy(auditor.entries, ([path]) => path.split('/')[1] ?? '');
  return [...auditor.wallets].flatMap(([id, wallet]) => {
    const entries = (entriesOf.get(id) ?? []).map(([, entry]) => entry);
    const lifetime = (type: Entry['type']): number =>
      entries.reduce((sum, entry) => sum + (entry.type === type ? Math.abs(entry.amount) : 0), 0);
    const { held, purchased, spent } = wallet.coins;
    return [
      ...(held === 0 ? [] : [`I13: ${id} still holds ${held}`]),
      ...(wallet.openCallId === null ? [] : [`I13: ${id} is still in call ${wallet.openCallId}`]),
      ...(purchased === lifetime('purchase') ? [] : [`I10: ${id} has bought ${lifetime('purchase')}`]),
      ...(spent === lifetime('charge') ? [] : [`I10: ${id} has spent ${lifetime('charge')}`]),
      ...(wallet.earnings.total === lifetime('earning') ? [] : [`I10: ${id} has earned otherwise`]),
      ...walletDifferences(wallet, entries).map((difference) => `I10: of ${id}, ${difference}`),
    ];
  });
}

/** What the store returns is frozen, so an entry that is still the same object was never touched. */
function entryProblems({ store, auditor }: World): string[] {
  const changed = [...auditor.entries].filter(([path, entry]) => store.read(path) !== entry);
  return changed.map(([path]) => `I11: ${path} was changed`);
}

function creditProblems({ store }: World, { orders }: Pick<Buyers, 'orders'>): string[] {
  return orders.flatMap((order) => {
    const { uid, key, coins, outcome } = order;
    const entry = store.read(`wallets/${uid}/entries/${entryIdOf(order)}`);
    if (outcome === undefined) return [`I13: credit ${key} was never answered`];
    const right = outcome === 'done' ? entry?.['amount'] === coins : entry === undefined;
    return right ? [] : [`I13: credit ${key} of ${coins} is ${outcome}, its entry says otherwise`];
  });
}
