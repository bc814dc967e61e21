/** The life of a code: made, sent, tried, used or void; and the lock of a phone at which somebody guesses. */
import type { Otp, Send } from '../documents.ts';
import { addSec, secBetween } from '../../platform/clock.ts';

const DAY_SEC = 86_400;
/** A phone gets no more in the longest window of its limits, so no repetition asks for an older one. */
const SENDS_KEPT = 10;
/** Covers a lock and the window of wrong tries, both of a day. */
const KEPT_SEC = 2 * DAY_SEC;

/** The numbers of `config/limits` that matter here. */
export interface OtpLimits {
  readonly otpLifeSec: number;
  readonly otpTries: number;
  readonly otpTriesPerDay: number;
  readonly otpResendSec: number;
}

/** Whether a code may still be used. */
export function isActive(otp: Otp, now: Date): boolean {
  return otp.usedAt === null && otp.triesLeft > 0 && now < otp.expiresAt;
}

/** Whether codes for this phone are neither delivered nor taken. */
export function isLocked(otp: Otp | undefined, now: Date): boolean {
  const until = otp?.lockedUntil ?? null;
  return until !== null && now < until;
}

/** One wish for a code. */
export interface SendWish {
  readonly operation: string;
  readonly requestId: string | null;
  readonly phone: string;
  readonly channel: Otp['sentVia'];
  readonly sendId: string;
  /** The code to make if none is sent again. */
  readonly fresh: { readonly nonce: string; readonly codeHash: string };
  /** Send the stored code again, with the life it has left. */
  readonly again: boolean;
}

/** @returns the document after the wish was granted; a new code replaces the old one, never the count of wrong tries */
export function withSend(otp: Otp | undefined, wish: SendWish, limits: OtpLimits, now: Date): Otp {
  const code =
    otp !== undefined && wish.again
      ? otp
      : {
          phone: wish.phone,
          ...wish.fresh,
          expiresAt: addSec(now, limits.otpLifeSec),
          triesLeft: limits.otpTries,
          usedAt: null,
          usedBy: null,
        };
  // Whoever guesses must not learn of the lock from a channel that is answered differently.
  const channel = otp !== undefined && isLocked(otp, now) ? lastChannel(otp, wish) : wish.channel;
  const send: Send = {
    sendId: wish.sendId,
    operation: wish.operation,
    requestId: wish.requestId,
    channel,
    expiresAt: code.expiresAt,
    resendAt: addSec(now, limits.otpResendSec),
  };
  return {
    ...code,
    wrongTries: otp?.wrongTries ?? [],
    lockedUntil: otp?.lockedUntil ?? null,
    sends: [...(otp?.sends ?? []), send].slice(-SENDS_KEPT),
    sendId: wish.sendId,
    sentVia: channel,
    messageId: null,
    deliveryStatus: 'pending',
    movedBy: null,
    expireAt: addSec(now, KEPT_SEC),
  };
}

function lastChannel(otp: Otp, wish: SendWish): Otp['sentVia'] {
  return wish.channel === 'sms' ? 'sms' : otp.sentVia;
}

/** The request that was granted before under this id. */
export function sendBefore(
  otp: Otp | undefined,
  operation: string,
  requestId: string | null,
): Send | undefined {
  if (requestId === null) return undefined;
  return otp?.sends.find((send) => send.operation === operation && send.requestId === requestId);
}

/** One try of a code. */
export interface Try {
  readonly right: boolean;
  readonly requestId: string | null;
}

export type Verdict =
  | { readonly kind: 'expired' }
  /** The same request once more, after it has had its success. */
  | { readonly kind: 'again' }
  | { readonly kind: 'right'; readonly change: Partial<Otp> }
  | { readonly kind: 'wrong'; readonly attemptsLeft: number; readonly change: Partial<Otp> };

/** Judges a try. While the phone is locked even the right code is a wrong one, and no other answer tells so. */
export function judge(otp: Otp | undefined, tried: Try, limits: OtpLimits, now: Date): Verdict {
  if (otp === undefined) return { kind: 'expired' };
  const locked = isLocked(otp, now);
  if (!isActive(otp, now))
    return isRepetition(otp, tried, now) && !locked ? { kind: 'again' } : { kind: 'expired' };
  if (tried.right && !locked)
    return {
      kind: 'right',
      change: { usedAt: now, usedBy: tried.requestId, expireAt: addSec(now, KEPT_SEC) },
    };
  const attemptsLeft = otp.triesLeft - 1;
  const change = { triesLeft: attemptsLeft, expireAt: addSec(now, KEPT_SEC) };
  // What is tried during a lock does not make the next one come sooner.
  return {
    kind: 'wrong',
    attemptsLeft,
    change: locked ? change : { ...change, ...countWrong(otp, limits, now) },
  };
}

function isRepetition(otp: Otp, tried: Try, now: Date): boolean {
  const mine = tried.requestId !== null && tried.requestId === otp.usedBy;
  return otp.usedAt !== null && mine && tried.right && now < otp.expiresAt;
}

function countWrong(otp: Otp, limits: OtpLimits, now: Date): Pick<Otp, 'wrongTries' | 'lockedUntil'> {
  const wrongTries = [...otp.wrongTries.filter((at) => secBetween(at, now) < DAY_SEC), now];
  if (wrongTries.length < limits.otpTriesPerDay) return { wrongTries, lockedUntil: null };
  return { wrongTries: [], lockedUntil: addSec(now, DAY_SEC) };
}
