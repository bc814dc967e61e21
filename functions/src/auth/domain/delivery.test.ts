import { describe, expect, it } from '@jest/globals';
import { at } from '../../testing/calls.ts';
import type { DeliveryStatus, Otp } from '../documents.ts';
import { applyReport, type Report } from './delivery.ts';
import { withSend } from './otp.ts';

const limits = { otpLifeSec: 300, otpTries: 5, otpTriesPerDay: 20, otpResendSec: 60 };
const STATUSES: readonly DeliveryStatus[] = ['pending', 'sent', 'delivered', 'read', 'failed'];

function sent(more: Partial<Otp> = {}): Otp {
  const wish = {
    operation: 'auth/requestOtp',
    requestId: null,
    phone: '+919876543210',
    channel: 'whatsapp',
    sendId: 'send1',
    fresh: { nonce: 'n1', codeHash: 'h1' },
    again: false,
  } as const;
  return { ...withSend(undefined, wish, limits, at(0)), messageId: 'wamid.1', ...more };
}

const by = 'work1';
const failed: Report = { messageId: 'wamid.1', sendId: 'send1', status: 'failed' };

describe('a report', () => {
  const forward: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
    pending: ['sent', 'delivered', 'read', 'failed'],
    sent: ['delivered', 'read', 'failed'],
    delivered: ['read'],
    read: [],
    failed: [],
  };

  it.each(STATUSES)('after %s changes only what comes later', (before) => {
    const taken = (['sent', 'delivered', 'read', 'failed'] as const).filter((status) => {
      const otp = sent({ deliveryStatus: before });
      return (
        applyReport(otp, { ...failed, status }, { hasSms: false, by }, at(1))?.change.deliveryStatus ===
        status
      );
    });
    expect(taken).toEqual(forward[before]);
  });

  it('is of this message by our reference, or by its id, and of no other', () => {
    const status = 'delivered';
    const applies = (report: Omit<Report, 'status'>, otp = sent()) =>
      applyReport(otp, { ...report, status }, { hasSms: true, by }, at(1)) !== undefined;
    expect(applies({ messageId: 'wamid.1', sendId: 'send1' })).toBe(true);
    expect(applies({ messageId: 'wamid.1', sendId: undefined })).toBe(true);
    // Told before the provider's answer has told us the id.
    expect(applies({ messageId: 'wamid.1', sendId: 'send1' }, sent({ messageId: null }))).toBe(true);
    expect(applies({ messageId: 'wamid.1', sendId: 'older' })).toBe(false);
    expect(applies({ messageId: 'wamid.2', sendId: undefined })).toBe(false);
    expect(applies({ messageId: 'wamid.1', sendId: 'send1' }, sent({ sentVia: 'sms' }))).toBe(false);
  });
});

describe('a failure', () => {
  it('moves a code that may still be used to SMS, so that the next report finds it moved', () => {
    const otp = sent();
    const reported = applyReport(otp, failed, { hasSms: true, by }, at(1));
    expect(reported).toMatchObject({
      sendBySms: true,
      change: { sentVia: 'sms', messageId: null, deliveryStatus: 'pending' },
    });
    expect(reported?.change.sends?.map(({ channel }) => channel)).toEqual(['sms']);
    expect(applyReport({ ...otp, ...reported?.change }, failed, { hasSms: true, by }, at(1))).toBeUndefined();
  });

  it.each<[string, Partial<Otp>, boolean, number]>([
    ['has expired', {}, true, 300],
    ['was used', { usedAt: at(1) }, true, 2],
    ['is void', { triesLeft: 0 }, true, 2],
    ['is of a phone that is locked', { lockedUntil: at(1000) }, true, 2],
    ['has no SMS to go by', {}, false, 2],
  ])('is only noted of a code that %s', (_what, more, hasSms, sec) => {
    const reported = applyReport(sent(more), failed, { hasSms, by }, at(sec));
    expect(reported).toEqual({
      sendBySms: false,
      change: { deliveryStatus: 'failed', messageId: 'wamid.1' },
    });
  });
});
