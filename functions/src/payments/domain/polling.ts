/** When the gateway is asked about an order that nobody has told of. Pure. */
import { addSec, earliest, secBetween } from '../../platform/clock.ts';

/** Before that a customer may still be paying, and the webhook is on its way. */
export const FIRST_POLL_SEC = 300;
/** The gateway is asked about a paid order once more after this: an impatient customer may have paid it twice. */
export const LAST_LOOK_SEC = 3600;
const LEAST_WAIT_SEC = 900;
const LONGEST_WAIT_SEC = 12 * 3600;
/** An order that is not paid by then has expired. Payments by UPI and cards are decided within minutes, or hours. */
export const ORDER_LIFE_SEC = 3 * 86_400;
/** An order about which the gateway gives no answer is let go of after this. */
const GIVE_UP_SEC = 7 * 86_400;

/**
 * The wait doubles, so that a forgotten order is asked for about fifteen times in three days.
 * @param createdAt when the order was made
 * @returns when to ask again; null when its time is up
 */
export function nextPoll(createdAt: Date, now: Date): Date | null {
  const ageSec = secBetween(createdAt, now);
  if (ageSec >= ORDER_LIFE_SEC) return null;
  const waitSec = Math.min(Math.max(ageSec, LEAST_WAIT_SEC), LONGEST_WAIT_SEC);
  return earliest(addSec(now, waitSec), addSec(createdAt, ORDER_LIFE_SEC));
}

/** @returns when to try again after the gateway gave no answer; null when it is of no use any more */
export function nextTry(createdAt: Date, now: Date): Date | null {
  if (secBetween(createdAt, now) >= GIVE_UP_SEC) return null;
  return nextPoll(createdAt, now) ?? addSec(now, LONGEST_WAIT_SEC);
}
