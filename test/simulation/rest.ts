/** What must hold once nothing fails any more and time has run on: everything has come to rest. */
import { callMedia, type CallMedia } from '../../functions/src/calls/documents.ts';
import type { Account, Entry } from '../../functions/src/ledger/documents.ts';
import { presenceProblems } from './listeners.ts';
import { entryIdOf, type Gift } from './buyers.ts';
import type { Customers } from './customers.ts';
import type { World } from './world.ts';

/** What has to be in the books. */
export interface Promised {
  readonly gifts: readonly Gift[];
  readonly customers?: Customers;
}

/** @returns whatever is not at rest or not in the books */
export function problemsAtRest(world: World, promised: Promised): string[] {
  return [
    ...callProblems(world),
    ...mediaProblems(world),
    ...presenceProblems(world),
    ...walletProblems(world),
    ...entryProblems(world),
    ...creditProblems(world, promised),
  ];
}

function callProblems({ store, auditor }: World): string[] {
  const problems: string[] = [];
  for (const [id, call] of auditor.calls) {
    if (call.state !== 'ended') problems.push(`I13: call ${id} is still ${call.state}`);
    if (call.deadlineAt !== null) problems.push(`I13: call ${id} still has a deadline`);
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
    const posted = (account: Account): number =>
      entries
        .flatMap(({ postings }) => postings)
        .reduce((sum, posting) => sum + (posting.account === account ? posting.amount : 0), 0);
    const { available, held, purchased, spent } = wallet.coins;
    const balances = [
      [available, posted('walletAvailable')],
      [held, posted('walletHeld')],
      [wallet.earnings.available, posted('earningsAvailable')],
      [wallet.earnings.promotional, posted('earningsPromotional')],
    ] as const;
    return [
      ...(held === 0 ? [] : [`I13: ${id} still holds ${held}`]),
      ...(wallet.openCallId === null ? [] : [`I13: ${id} is still in call ${wallet.openCallId}`]),
      ...(purchased === lifetime('purchase') ? [] : [`I10: ${id} has bought ${lifetime('purchase')}`]),
      ...(spent === lifetime('charge') ? [] : [`I10: ${id} has spent ${lifetime('charge')}`]),
      ...(wallet.earnings.total === lifetime('earning') ? [] : [`I10: ${id} has earned otherwise`]),
      ...balances
        .filter(([stored, told]) => stored !== told)
        .map(([stored, told]) => `I10: ${id} has ${stored}, the entries say ${told}`),
    ];
  });
}

/** What the store returns is frozen, so an entry that is still the same object was never touched. */
function entryProblems({ store, auditor }: World): string[] {
  const changed = [...auditor.entries].filter(([path, entry]) => store.read(path) !== entry);
  return changed.map(([path]) => `I11: ${path} was changed`);
}

function creditProblems({ store, auditor }: World, { gifts, customers }: Promised): string[] {
  const problems = gifts.flatMap((gift) => {
    const { uid, key, coins, outcome } = gift;
    const entry = store.read(`wallets/${uid}/entries/${entryIdOf(gift)}`);
    if (outcome === undefined) return [`I13: credit ${key} was never answered`];
    const right = outcome === 'done' ? entry?.['amount'] === coins : entry === undefined;
    return right ? [] : [`I13: credit ${key} of ${coins} is ${outcome}, its entry says otherwise`];
  });
  if (customers === undefined) return problems;
  const bought = [...auditor.entries.values()].filter(({ type }) => type === 'purchase').length;
  const first = gifts.filter(({ key }) => key.startsWith('purchase-')).length;
  const due = customers.capturedCount + first;
  const all = bought === due ? [] : [`I13: ${due} payments were captured, ${bought} were credited`];
  return [...problems, ...customers.problems(), ...all];
}

/** Nobody is in a channel, and whoever was there after the end has left a trace of it. */
function mediaProblems({ store, auditor, agora, script, counters }: World): string[] {
  return [...auditor.calls].flatMap(([id, call]) => {
    const media = store.read(callMedia.doc(id).path) as CallMedia | undefined;
    if (media === undefined || call.endedAt === null) return [];
    const { channel, mediaAfterEnd } = media;
    const closedMs = agora.lastClosedMs(channel);
    const problems: string[] = [];
    if (closedMs === undefined) problems.push(`I13: the channel of call ${id} was never closed`);
    if (agora.stillInside(channel)) problems.push(`I14: somebody talks in call ${id}, which has ended`);
    if (mediaAfterEnd !== undefined) counters.hit('media after the end');
    const lingers = script.lingers(id, call.endedAt.getTime());
    if (lingers && mediaAfterEnd === undefined)
      problems.push(`I14: somebody was in the channel of call ${id} after its end, and it is not noted`);
    const again = mediaAfterEnd?.closedAgainAt.getTime() ?? 0;
    if (again > (closedMs ?? 0)) problems.push(`I13: the channel of call ${id} was not closed again`);
    return problems;
  });
}
