import { describe, expect, it } from '@jest/globals';
import { at } from '../../testing/calls.ts';
import type { Otp } from '../documents.ts';
import { isActive, isLocked, judge, sendBefore, withSend, type SendWish, type Verdict } from './otp.ts';

const limits = { otpLifeSec: 300, otpTries: 5, otpTriesPerDay: 20, otpResendSec: 60 };
const DAY = 86_400;

const wish: SendWish = {
  operation: 'auth/requestOtp',
  requestId: null,
  phone: '+919876543210',
  channel: 'whatsapp',
  sendId: 'send1',
  fresh: { nonce: 'n1', codeHash: 'h1' },
  again: false,
};
const another = { sendId: 'send2', fresh: { nonce: 'n2', codeHash: 'h2' } };

function sent(more: Partial<Otp> = {}): Otp {
  return { ...withSend(undefined, wish, limits, at(0)), ...more };
}

const right = { right: true, requestId: null };
const wrong = { right: false, requestId: null };

function after(otp: Otp, verdict: Verdict): Otp {
  return 'change' in verdict ? { ...otp, ...verdict.change } : otp;
}

/** The document after so many wrong tries, each a second later. */
function guessed(otp: Otp, times: number, fromSec = 1): Otp {
  let now = otp;
  for (let tried = 0; tried < times; tried += 1)
    now = after(now, judge(now, wrong, limits, at(fromSec + tried)));
  return now;
}

describe('a send', () => {
  it('replaces the code and its tries, never the count of wrong tries nor the lock', () => {
    const before = sent({
      triesLeft: 1,
      usedAt: at(3),
      usedBy: 'r',
      wrongTries: [at(2)],
      lockedUntil: at(1),
    });
    expect(withSend(before, { ...wish, ...another }, limits, at(60))).toMatchObject({
      nonce: 'n2',
      codeHash: 'h2',
      expiresAt: at(360),
      triesLeft: 5,
      usedAt: null,
      usedBy: null,
      wrongTries: [at(2)],
      lockedUntil: at(1),
      deliveryStatus: 'pending',
      messageId: null,
    });
  });

  it('once more keeps code, life and tries', () => {
    const before = sent({ triesLeft: 2, messageId: 'm', deliveryStatus: 'read' });
    expect(withSend(before, { ...wish, ...another, again: true }, limits, at(60))).toMatchObject({
      nonce: 'n1',
      codeHash: 'h1',
      expiresAt: at(300),
      triesLeft: 2,
      sendId: 'send2',
      messageId: null,
      deliveryStatus: 'pending',
    });
  });

  it('answers during a lock with the channel that it would have taken', () => {
    const locked = sent({ sentVia: 'sms', lockedUntil: at(DAY) });
    const viaOf = (channel: Otp['sentVia'], now: Date) =>
      withSend(locked, { ...wish, channel }, limits, now).sends.at(-1)?.channel;
    expect(viaOf('whatsapp', at(60))).toBe('sms');
    expect(viaOf('whatsapp', at(DAY))).toBe('whatsapp');
    expect(
      withSend(sent({ lockedUntil: at(DAY) }), { ...wish, channel: 'sms' }, limits, at(60)).sentVia,
    ).toBe('sms');
  });

  it('is found again by operation and request, among the last ten', () => {
    let otp = sent();
    for (let number = 1; number <= 12; number += 1)
      otp = withSend(otp, { ...wish, requestId: `r${number}` }, limits, at(number * 60));
    expect(sendBefore(otp, 'auth/requestOtp', 'r12')).toMatchObject({ resendAt: at(780) });
    expect(sendBefore(otp, 'auth/requestOtp', 'r3')).toBeDefined();
    expect(sendBefore(otp, 'auth/requestOtp', 'r2')).toBeUndefined();
    expect(sendBefore(otp, 'auth/resendOtp', 'r12')).toBeUndefined();
    expect(sendBefore(otp, 'auth/requestOtp', null)).toBeUndefined();
    expect(sendBefore(undefined, 'auth/requestOtp', 'r12')).toBeUndefined();
  });
});

describe('a try', () => {
  it('is right until the code expires, and once', () => {
    const otp = sent();
    const verdict = judge(otp, right, limits, at(299.999));
    expect(verdict).toMatchObject({ kind: 'right', change: { usedAt: at(299.999), usedBy: null } });
    expect(judge(after(otp, verdict), right, limits, at(299.999))).toEqual({ kind: 'expired' });
    expect(judge(otp, right, limits, at(300))).toEqual({ kind: 'expired' });
    expect(judge(undefined, right, limits, at(0))).toEqual({ kind: 'expired' });
  });

  it('counts down, and the fifth wrong one voids the code', () => {
    const otp = guessed(sent(), 4);
    const last = judge(otp, wrong, limits, at(9));
    expect(last).toMatchObject({ kind: 'wrong', attemptsLeft: 0 });
    expect(isActive(otp, at(9))).toBe(true);
    expect(isActive(after(otp, last), at(9))).toBe(false);
    expect(judge(after(otp, last), right, limits, at(9))).toEqual({ kind: 'expired' });
  });

  it('is answered again for the same request only, while the code would have lived', () => {
    const mine = { right: true, requestId: 'mine' };
    const used = after(sent(), judge(sent(), mine, limits, at(1)));
    expect(judge(used, mine, limits, at(299))).toEqual({ kind: 'again' });
    expect(judge(used, { right: true, requestId: 'other' }, limits, at(2))).toEqual({ kind: 'expired' });
    expect(judge(used, right, limits, at(2))).toEqual({ kind: 'expired' });
    expect(judge(used, { ...mine, right: false }, limits, at(2))).toEqual({ kind: 'expired' });
    expect(judge(used, mine, limits, at(300))).toEqual({ kind: 'expired' });
    // Without a requestId nothing tells a repetition from a theft.
    const anonymous = after(sent(), judge(sent(), right, limits, at(1)));
    expect(judge(anonymous, right, limits, at(2))).toEqual({ kind: 'expired' });
  });
});

describe('a lock', () => {
  const patient = { ...limits, otpTries: 100 };
  const long = (more: Partial<Otp> = {}) => sent({ triesLeft: 100, expiresAt: at(10 * DAY), ...more });

  it('begins with the twentieth wrong try of a day and lasts a day', () => {
    expect(isLocked(guessed(long(), 19), at(19))).toBe(false);
    const locked = guessed(long(), 20);
    expect(locked).toMatchObject({ lockedUntil: at(20 + DAY), wrongTries: [] });
    expect(isLocked(locked, at(20 + DAY - 1))).toBe(true);
    expect(isLocked(locked, at(20 + DAY))).toBe(false);
    expect(isLocked(undefined, at(0))).toBe(false);
  });

  it('makes the right code a wrong one, and does not grow by what is tried meanwhile', () => {
    const locked = guessed(long(), 20);
    const verdict = judge(locked, right, patient, at(100));
    expect(verdict).toMatchObject({ kind: 'wrong', attemptsLeft: 79 });
    const later = guessed(locked, 40, 100);
    expect(later).toMatchObject({ lockedUntil: at(20 + DAY), wrongTries: [], triesLeft: 40 });
    expect(judge(later, right, patient, at(20 + DAY))).toMatchObject({ kind: 'right' });
  });

  it('also ends the repetition of a success', () => {
    const mine = { right: true, requestId: 'mine' };
    const used = { ...after(sent(), judge(sent(), mine, limits, at(1))), lockedUntil: at(DAY) };
    expect(judge(used, mine, limits, at(2))).toEqual({ kind: 'expired' });
  });

  it('forgets wrong tries after a day', () => {
    const old = guessed(long(), 19);
    expect(isLocked(guessed(old, 1, 1 + DAY), at(1 + DAY))).toBe(false);
    expect(guessed(old, 1, 1 + DAY).wrongTries).toHaveLength(19);
  });

  it('outlives no stored trace of itself', () => {
    const locked = guessed(long(), 20);
    expect(locked.expireAt.getTime()).toBeGreaterThan(locked.lockedUntil?.getTime() ?? Infinity);
  });
});
