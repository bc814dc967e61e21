/** What must hold when everything has come to rest, on plain data: what is wrong, in words; nothing when all is right. */
import type { Entry } from '../../functions/src/ledger/documents.ts';
import { unbalanced } from './books.ts';
import { dueOf } from './due.ts';
import type { Check, Known, Rest } from './evidence.ts';
import { missed } from './happened.ts';

/** @param calls how many there should have been at least */
export function checksOf(rest: Rest, known: Known, calls: number): Check[] {
  const few = known.started.size < calls ? [`only ${known.started.size} calls were started`] : [];
  const lost = [...known.started].filter((callId) => !rest.calls.has(callId));
  return [
    { name: `${calls} calls were made`, problems: [...few, ...lost.map((id) => `call ${id} is lost`)] },
    { name: 'every call has ended', problems: notEnded(rest) },
    { name: 'every call is settled, once and rightly', problems: badlySettled(rest) },
    { name: 'nobody is stuck busy', problems: stuck(rest) },
    { name: 'every payment is credited, once', problems: payments(rest, known) },
    { name: 'every channel is closed', problems: openChannels(rest) },
    { name: 'outbox and beats are empty', problems: rest.leftovers.map((path) => `${path} is left`) },
    { name: 'the books balance', problems: unbalanced(rest, known) },
    { name: 'the audit finds nothing', problems: rest.auditFindings },
    { name: 'it has happened', problems: missed(rest, known, calls) },
  ];
}

function notEnded({ calls }: Rest): string[] {
  return [...calls].flatMap(([id, { state, deadlineAt }]) => {
    if (state !== 'ended') return [`call ${id} is ${state}`];
    return deadlineAt === null ? [] : [`call ${id} has ended and has a deadline`];
  });
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

function payments({ credited }: Rest, { paidBefore, captured, failed }: Known): string[] {
  const all = [...paidBefore, ...captured];
  const missing = all.flatMap(({ paymentId, uid, coins }) => {
    const found = credited.get(paymentId);
    if (found === undefined) return [`payment ${paymentId} was never credited`];
    const right = found.uid === uid && found.coins === coins;
    return right ? [] : [`payment ${paymentId} was credited to ${found.uid} with ${found.coins} coins`];
  });
  const known = new Set(all.map(({ paymentId }) => paymentId));
  const invented = [...credited.keys()].filter((paymentId) => !known.has(paymentId));
  const free = failed.filter(({ paymentId }) => credited.has(paymentId));
  return [
    ...missing,
    ...invented.map((paymentId) => `payment ${paymentId} was credited, and nobody paid it`),
    ...free.map(({ paymentId }) => `payment ${paymentId} failed and was credited`),
  ];
}

function openChannels({ calls, channels, closed }: Rest): string[] {
  const nowhere = [...calls].filter(
    ([callId, { acceptedAt }]) => acceptedAt !== null && !channels.has(callId),
  );
  const open = [...channels].filter(([, channel]) => !closed.has(channel));
  return [
    ...nowhere.map(([callId]) => `call ${callId} was accepted and has no channel`),
    ...open.map(([callId]) => `the channel of call ${callId} was never closed`),
  ];
}
