/** What must hold when everything has come to rest, on plain data: what is wrong, in words; nothing when all is right. */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { Entry, Wallet } from '../../functions/src/ledger/documents.ts';

/** What lies in the database after the soak, and what the clients know to have happened. */
export interface Rest {
  readonly calls: ReadonlyMap<string, Call>;
  readonly wallets: ReadonlyMap<string, Wallet>;
  /** By path. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Availability on each card, by listener. */
  readonly cards: ReadonlyMap<string, string>;
  /** What is left of what should be empty, by path. */
  readonly leftovers: readonly string[];
  /** Channels of accepted calls, by call. */
  readonly channels: ReadonlyMap<string, string>;
  /** Channels that the media provider was told to close. */
  readonly closed: ReadonlySet<string>;
  /** Who is credited for a payment in the books, by payment. */
  readonly credited: ReadonlyMap<string, { readonly uid: string; readonly coins: number }>;
  /** What the audit found. */
  readonly auditFindings: readonly string[];
}

/** A payment that a customer made. */
export interface Paid {
  readonly paymentId: string;
  readonly uid: string;
  readonly coins: number;
}

/** What the clients were told. */
export interface Told {
  /** Calls whose start was answered. */
  readonly started: ReadonlySet<string>;
  readonly captured: readonly Paid[];
  readonly failed: readonly Paid[];
}

/** One thing that must hold. */
export interface Check {
  readonly name: string;
  readonly problems: readonly string[];
}

/** @param calls how many there should have been at least */
export function checksOf(rest: Rest, told: Told, calls: number): Check[] {
  const few = told.started.size < calls ? [`only ${told.started.size} calls were started`] : [];
  const lost = [...told.started].filter((callId) => !rest.calls.has(callId));
  return [
    { name: `${calls} calls were made`, problems: [...few, ...lost.map((id) => `call ${id} is lost`)] },
    { name: 'every call has ended', problems: notEnded(rest) },
    { name: 'every call is settled, once and rightly', problems: badlySettled(rest) },
    { name: 'nobody is stuck busy', problems: stuck(rest) },
    { name: 'every payment is credited, once', problems: payments(rest, told) },
    { name: 'every channel is closed', problems: openChannels(rest) },
    { name: 'outbox and beats are empty', problems: rest.leftovers.map((path) => `${path} is left`) },
    { name: 'the books balance', problems: rest.auditFindings },
  ];
}

function notEnded({ calls }: Rest): string[] {
  return [...calls].flatMap(([id, { state, deadlineAt }]) => {
    if (state !== 'ended') return [`call ${id} is ${state}`];
    return deadlineAt === null ? [] : [`call ${id} has ended and has a deadline`];
  });
}

/** What the contract says a call costs, written down a second time. */
function dueOf(call: Call): { readonly charge: number; readonly earned: number } {
  const { connectedAt, endedAt, terms, coinsPerMinute, grantedMinutes } = call;
  if (connectedAt === null || endedAt === null) return { charge: 0, earned: 0 };
  const wholeSec = Math.floor((endedAt.getTime() - connectedAt.getTime()) / 1000);
  if (wholeSec < terms.freeSec) return { charge: 0, earned: 0 };
  const minutes = Math.ceil(wholeSec / 60);
  const price = Math.max(terms.minimumCoins, minutes * coinsPerMinute);
  const charge = Math.min(grantedMinutes * coinsPerMinute, price);
  return { charge, earned: minutes * terms.earnedPerMinute };
}

function badlySettled({ calls, entries }: Rest): string[] {
  const byCall = Map.groupBy(entries.values(), ({ ref }) => (ref.kind === 'call' ? ref.id : ''));
  return [...calls].flatMap(([id, call]) => {
    const own = byCall.get(id) ?? [];
    const sum = (type: Entry['type'], sign: 1 | -1): number =>
      own.reduce((total, entry) => total + (entry.type === type ? sign * entry.amount : 0), 0);
    const due = dueOf(call);
    const held = sum('hold', -1) - sum('release', 1);
    const problems = [
      ...(held === 0 ? [] : [`of call ${id} ${held} coins were held and never released`]),
      ...(sum('charge', -1) === due.charge
        ? []
        : [`call ${id} charged ${sum('charge', -1)}, not ${due.charge}`]),
      ...(sum('earning', 1) === due.earned
        ? []
        : [`call ${id} earned ${sum('earning', 1)}, not ${due.earned}`]),
    ];
    return call.state === 'ended' ? problems : [];
  });
}

function stuck({ wallets, cards }: Rest): string[] {
  const people = [...wallets].flatMap(([uid, { openCallId, coins }]) => [
    ...(openCallId === null ? [] : [`${uid} is in call ${openCallId}`]),
    ...(coins.held === 0 ? [] : [`${uid} holds ${coins.held} coins`]),
  ]);
  const busy = [...cards].filter(([, availability]) => availability === 'busy');
  return [...people, ...busy.map(([uid]) => `the card of ${uid} is busy`)];
}

function payments({ credited }: Rest, { captured, failed }: Told): string[] {
  const missing = captured.flatMap(({ paymentId, uid, coins }) => {
    const found = credited.get(paymentId);
    if (found === undefined) return [`payment ${paymentId} was never credited`];
    const right = found.uid === uid && found.coins === coins;
    return right ? [] : [`payment ${paymentId} was credited to ${found.uid} with ${found.coins} coins`];
  });
  const known = new Set(captured.map(({ paymentId }) => paymentId));
  const invented = [...credited.keys()].filter((paymentId) => !known.has(paymentId));
  const free = failed.filter(({ paymentId }) => credited.has(paymentId));
  return [
    ...missing,
    ...invented.map((paymentId) => `payment ${paymentId} was credited, and nobody paid it`),
    ...free.map(({ paymentId }) => `payment ${paymentId} failed and was credited`),
  ];
}

function openChannels({ channels, closed }: Rest): string[] {
  return [...channels]
    .filter(([, channel]) => !closed.has(channel))
    .map(([callId]) => `the channel of call ${callId} was never closed`);
}
