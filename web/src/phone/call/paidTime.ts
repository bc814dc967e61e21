/** How long a call may be paid for. */
import type { Call } from '../../../../client/src/index.ts';

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
