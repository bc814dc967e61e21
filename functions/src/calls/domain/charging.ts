/**
 * Hold, extend, charge: integers only, pure. Time is data: the charge follows from recorded instants clamped to the
 * grant, never from when a timer happened to run.
 */
import { addSec, earliest, latest, secBetween } from '../../platform/clock.ts';
import type { Call, Terms } from '../documents.ts';

/** What a call costs and grants, copied into it at the start. */
export interface Price {
  readonly coinsPerMinute: number;
  readonly terms: Terms;
}

export interface HoldPlan {
  readonly minutes: number;
  readonly coins: number;
  /** The coins left cannot pay one more minute. */
  readonly final: boolean;
}

/**
 * How much to reserve now: a slice, less when the coins or the longest call do not allow it.
 * @param availableCoins before the hold
 * @param grantedMinutes minutes reserved so far
 */
export function planHold(
  { coinsPerMinute, terms }: Price,
  availableCoins: number,
  grantedMinutes: number,
): HoldPlan {
  const minutesLeft = terms.maxMinutes - grantedMinutes;
  // A free call has no slices: it is granted to its longest at once.
  if (coinsPerMinute === 0) return { minutes: minutesLeft, coins: 0, final: false };
  const payable = Math.floor(availableCoins / coinsPerMinute);
  const minutes = Math.max(0, Math.min(terms.sliceMinutes, payable, minutesLeft));
  return { minutes, coins: minutes * coinsPerMinute, final: payable - minutes < 1 };
}

/** Coins a caller must have to start: the larger of the minimum charge and one minute. */
export function requiredCoins({ coinsPerMinute, terms }: Price): number {
  return coinsPerMinute === 0 ? 0 : Math.max(terms.minimumCoins, coinsPerMinute);
}

/** Whole minutes the available coins can pay, at most the longest call. */
export function affordableMinutes({ coinsPerMinute, terms }: Price, availableCoins: number): number {
  if (coinsPerMinute === 0) return terms.maxMinutes;
  return Math.min(terms.maxMinutes, Math.floor(availableCoins / coinsPerMinute));
}

/** What a call comes to. All zero for a call that was never connected or was shorter than the free seconds. */
export interface Charge {
  readonly durationSec: number;
  readonly billedMinutes: number;
  readonly chargeCoins: number;
  readonly earnedCoins: number;
}

/**
 * Charge of a call between two instants. Under `freeSec` it is free for both sides; else every begun minute counts,
 * at least the minimum, at most what is held.
 * @param held coins reserved for the call
 */
export function chargeFor(
  price: Price,
  times: { connectedAt: Date | null; endedAt: Date },
  held: number,
): Charge {
  const { connectedAt, endedAt } = times;
  if (connectedAt === null) return { durationSec: 0, billedMinutes: 0, chargeCoins: 0, earnedCoins: 0 };
  const durationSec = Math.max(0, Math.floor(secBetween(connectedAt, endedAt)));
  const { freeSec, minimumCoins, earnedPerMinute } = price.terms;
  if (durationSec < freeSec) return { durationSec, billedMinutes: 0, chargeCoins: 0, earnedCoins: 0 };
  const billedMinutes = Math.ceil(durationSec / 60);
  const wanted = Math.max(
    price.coinsPerMinute === 0 ? 0 : minimumCoins,
    billedMinutes * price.coinsPerMinute,
  );
  return {
    durationSec,
    billedMinutes,
    chargeCoins: Math.min(held, wanted),
    earnedCoins: price.coinsPerMinute === 0 ? 0 : billedMinutes * earnedPerMinute,
  };
}

/** Coins reserved for the call so far. */
export function heldCoins(call: Pick<Call, 'grantedMinutes' | 'coinsPerMinute'>): number {
  return call.grantedMinutes * call.coinsPerMinute;
}

/** The end of the paid time when `minutes` have been granted from `connectedAt`. */
export function grantEnd(connectedAt: Date, minutes: number): Date {
  return addSec(connectedAt, minutes * 60);
}

/** @returns `at`, but never after the grant and never before the connection */
export function clampToGrant(call: Pick<Call, 'connectedAt' | 'grantedUntil'>, at: Date): Date {
  if (call.connectedAt === null || call.grantedUntil === null) return at;
  return latest(call.connectedAt, earliest(at, call.grantedUntil));
}

/** When the slice deadline of a grant is due: early enough to extend before it ends. */
export function sliceDeadline(call: Pick<Call, 'terms'>, grantedUntil: Date): Date {
  return addSec(grantedUntil, -call.terms.extendBeforeSec);
}
