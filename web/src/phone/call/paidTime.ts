/** How long a call may be paid for. */
import type { Call, CallState, TimeLeft } from '../../../../client/src/index.ts';

const MINUTE_MS = 60_000;

/** From this long before its end a person is told. */
export const LAST_MINUTE_SEC = 60;

/** @returns how many minutes are paid for in all, 0 before the call is connected */
export function paidMinutes({
  connectedAt,
  grantedUntil,
}: Pick<Call, 'connectedAt' | 'grantedUntil'>): number {
  if (connectedAt === null || grantedUntil === null) return 0;
  return Math.round((Date.parse(grantedUntil) - Date.parse(connectedAt)) / MINUTE_MS);
}

/**
 * Whether coins would lengthen the call: not one that costs nothing, and not one that is paid for to the longest that
 * a call may be.
 * @param maxMinutes of any call; undefined while that is not known
 */
export function coinsLengthen(
  call: Pick<Call, 'coinsPerMinute' | 'connectedAt' | 'grantedUntil'>,
  maxMinutes: number | undefined,
): boolean {
  return call.coinsPerMinute > 0 && (maxMinutes === undefined || paidMinutes(call) < maxMinutes);
}

/** What is told of the paid time. */
export interface PaidTime {
  readonly secondsLeft: number;
  /** Whether the call ends there; else more is reserved before. */
  readonly ends: boolean;
}

/**
 * @param left as the client tells it
 * @param byCoins whether coins would lengthen the call
 * @returns undefined for the listener, and for a call that costs nothing: there is no end that is paid for
 */
export function paidTimeOf(
  { role, call }: Pick<CallState, 'role' | 'call'>,
  left: TimeLeft | undefined,
  byCoins: boolean,
): PaidTime | undefined {
  if (role !== 'caller' || call === undefined || call.coinsPerMinute === 0) return undefined;
  return left && { secondsLeft: left.secondsLeft, ends: left.final || !byCoins };
}
