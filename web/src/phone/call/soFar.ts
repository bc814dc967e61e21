/** What a meter shows while a call goes on; the receipt is what counts. */

/** More is reserved this long before the paid time ends. */
const RESERVE_AHEAD_SEC = 60;
const MINUTE_SEC = 60;

/**
 * Every minute that has begun counts whole, except that a call is free up to its first seconds.
 * @param freeSeconds a call that ends before them costs nothing
 * @param perMinute coins of the caller, or earned coins of the listener
 */
export function amountSoFar(elapsedSec: number, freeSeconds: number, perMinute: number): number {
  const wholeSec = Math.floor(elapsedSec);
  if (wholeSec < freeSeconds || wholeSec <= 0) return 0;
  return Math.ceil(wholeSec / MINUTE_SEC) * perMinute;
}

/** @returns seconds until the next slice is reserved */
export function nextReserveSec(secondsLeft: number): number {
  return Math.max(0, secondsLeft - RESERVE_AHEAD_SEC);
}
