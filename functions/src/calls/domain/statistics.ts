/** What calls come to over time: the words of a history, and counters that are added up. Pure. */
import { assertNever } from '../../platform/errors.ts';
import type { Call, CallMonth, EndReason, Party } from '../documents.ts';
import { receiptOf } from './receipt.ts';

/** How a history names what became of a call. */
export const CALL_STATUSES = ['ongoing', 'completed', 'dropped', 'missed', 'rejected', 'cancelled'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];
type EndedStatus = Exclude<CallStatus, 'ongoing'>;

/** The end reasons behind each word. */
export const REASONS_OF: Readonly<Record<EndedStatus, readonly EndReason[]>> = {
  completed: ['completed', 'max_duration'],
  dropped: ['emergency', 'connection_lost', 'coins_exhausted', 'admin_ended', 'failed', 'connect_timeout'],
  missed: ['no_answer'],
  rejected: ['rejected'],
  cancelled: ['cancelled'],
};

/** Every open state is `ongoing`. */
export function callStatus({ endReason }: Pick<Call, 'endReason'>): CallStatus {
  return endReason === null ? 'ongoing' : endedStatus(endReason);
}

function endedStatus(reason: EndReason): EndedStatus {
  switch (reason) {
    case 'completed':
    case 'max_duration':
      return 'completed';
    case 'emergency':
    case 'connection_lost':
    case 'coins_exhausted':
    case 'admin_ended':
    case 'failed':
    case 'connect_timeout':
      return 'dropped';
    case 'no_answer':
      return 'missed';
    case 'rejected':
      return 'rejected';
    case 'cancelled':
      return 'cancelled';
    default:
      return assertNever(reason);
  }
}

/** The month that a call belongs to, `YYYY-MM` in UTC: the one in which it was started. */
export function monthOf({ createdAt }: Pick<Call, 'createdAt'>): string {
  return createdAt.toISOString().slice(0, 7);
}

export type CounterName = (typeof COUNTERS)[number];
const COUNTERS = [
  'callsMade',
  'callsReceived',
  'audioCalls',
  'videoCalls',
  'completedCalls',
  'droppedCalls',
  'missedCalls',
  'rejectedCalls',
  'cancelledCalls',
  'connectedCalls',
  'durationSec',
  'coinsSpent',
  'earnedCoins',
] as const;

/**
 * What an ended call adds to the counters of one party; counters that it does not touch are left out. Coins are spent
 * by who called and earned by who was called.
 */
export function addedBy(call: Call, party: Party): Partial<Record<CounterName, number>> {
  const receipt = receiptOf(call, party);
  if (receipt === undefined) return {};
  const status = endedStatus(receipt.endReason);
  const money =
    'earnedCoins' in receipt ? { earnedCoins: receipt.earnedCoins } : { coinsSpent: receipt.coinsSpent };
  const added: Partial<Record<CounterName, number>> = {
    ...placeOf(call, party),
    [`${status}Calls` as const]: 1,
    connectedCalls: call.connectedAt === null ? 0 : 1,
    durationSec: receipt.durationSec,
    ...money,
  };
  return Object.fromEntries(Object.entries(added).filter(([, amount]) => amount !== 0));
}

function placeOf({ type }: Pick<Call, 'type'>, party: Party): Partial<Record<CounterName, number>> {
  return { [party === 'caller' ? 'callsMade' : 'callsReceived']: 1, [`${type}Calls`]: 1 };
}

/** The open call of a person, who has at most one. */
export interface OpenCall {
  readonly type: Call['type'];
  readonly party: Party;
}

/**
 * Adds up the months.
 * @param open counts among all calls, though in no month yet
 */
export function summaryOf(months: readonly CallMonth[], open: OpenCall | undefined) {
  const sum = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<CounterName, number>;
  const now = open === undefined ? {} : placeOf(open, open.party);
  for (const part of [...months, now]) for (const name of COUNTERS) sum[name] += part[name] ?? 0;
  return {
    totalCalls: sum.callsMade + sum.callsReceived,
    ...sum,
    ongoingCalls: open === undefined ? 0 : 1,
    // Of calls in which people talked: an attempt that nobody answered says nothing about how long they talk.
    averageDurationSec: sum.connectedCalls === 0 ? 0 : Math.floor(sum.durationSec / sum.connectedCalls),
  };
}
