/** What ends the time that a call is paid for. */
import type { Call } from '../../../../client/src/index.ts';

const MINUTE_MS = 60_000;

/** Whether more coins would lengthen the call; `free` where it costs nothing. */
export type Lengthens = 'free' | 'byCoins' | 'never';

/**
 * A call whose paid time does not grow although there are coins for another minute is at its longest.
 * @param final whether the paid time will not grow by itself
 * @param availableCoins of the caller; undefined until they are known
 */
export function lengthens(
  coinsPerMinute: number,
  { final, availableCoins }: { readonly final: boolean; readonly availableCoins: number | undefined },
): Lengthens {
  if (coinsPerMinute === 0) return 'free';
  return final && (availableCoins ?? 0) >= coinsPerMinute ? 'never' : 'byCoins';
}

/** @returns how many minutes are paid for in all, 0 before the call is connected */
export function paidMinutes({
  connectedAt,
  grantedUntil,
}: Pick<Call, 'connectedAt' | 'grantedUntil'>): number {
  if (connectedAt === null || grantedUntil === null) return 0;
  return Math.round((Date.parse(grantedUntil) - Date.parse(connectedAt)) / MINUTE_MS);
}
