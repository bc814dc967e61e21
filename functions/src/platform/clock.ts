/** Time as a parameter. Only this file and the local stack's clock may ask the machine for the time. */

/** The one clock of the domain. */
export interface Clock {
  /** The current instant. In the local stack it may run ahead of the machine's clock. */
  now(): Date;
  /**
   * Converts an instant of the database server (a beat that a client wrote as `request.time`) to this clock.
   * In production both are the same; in the local stack the offset of the virtual clock is added.
   */
  fromServerTime(at: Date): Date;
  /** The inverse of `fromServerTime`: what a beat written now by the server must carry. */
  toServerTime(at: Date): Date;
  /** Real seconds since 1970, as Firebase Auth counts them (`auth_time`, revocation); never virtual. */
  authSec(): number;
}

/** Production's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  fromServerTime: (at) => at,
  toServerTime: (at) => at,
  authSec: () => Math.floor(Date.now() / 1000),
};

/** @returns the instant `seconds` after `at` (before it when negative) */
export function addSec(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}

/** @returns seconds from `from` to `to`, fractions kept; negative when `to` is earlier */
export function secBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

/** @returns the earliest of the instants given */
export function earliest(first: Date, ...others: Date[]): Date {
  return others.reduce((least, at) => (at < least ? at : least), first);
}

/** @returns the latest of the instants given */
export function latest(first: Date, ...others: Date[]): Date {
  return others.reduce((most, at) => (at > most ? at : most), first);
}
