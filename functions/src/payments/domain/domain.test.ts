import { describe, expect, it } from '@jest/globals';
import { addSec, secBetween } from '../../platform/clock.ts';
import { entryKeyOf, isPaidBy, paymentIdOf, withPayment } from './paid.ts';
import { nextPoll, nextTry, FIRST_POLL_SEC, ORDER_LIFE_SEC } from './polling.ts';
import { judge } from './verdict.ts';

const MADE = new Date('2026-01-05T10:00:00.000Z');
const order = { gatewayOrderId: 'order_1', amountPaise: 15_000, currency: 'INR' };
const payment = { ...order, status: 'captured' } as const;

describe('a payment', () => {
  it.each([
    ['captured', 'accept'],
    ['created', 'pending'],
    ['authorized', 'pending'],
    ['failed', 'failed'],
    ['refunded', 'failed'],
  ] as const)('that is %s means: %s', (status, verdict) => {
    expect(judge(order, { ...payment, status })).toBe(verdict);
  });

  it.each([
    { amountPaise: 14_999 },
    { amountPaise: 15_001 },
    { currency: 'USD' },
    { gatewayOrderId: 'order_2' },
    { gatewayOrderId: null },
  ])('of %j is not what was ordered, whatever has become of it', (change) => {
    for (const status of ['captured', 'failed', 'authorized'] as const)
      expect(judge(order, { ...payment, ...change, status })).toBe('mismatch');
  });

  it('is never for an order that the gateway does not know', () => {
    expect(judge({ ...order, gatewayOrderId: null }, { ...payment, gatewayOrderId: null })).toBe('mismatch');
  });
});

describe('an order', () => {
  const unpaid = {
    status: 'failed',
    paymentId: null,
    furtherPaymentIds: [],
    paidAt: null,
    nextPollAt: MADE,
  } as const;

  it('is paid by its first payment, looked at once more, and knows every further one', () => {
    const paid = withPayment({ ...unpaid, furtherPaymentIds: [] }, 'pay_1', MADE);
    expect(paid).toEqual({
      ...unpaid,
      status: 'paid',
      paymentId: 'pay_1',
      paidAt: MADE,
      nextPollAt: addSec(MADE, 3600),
    });
    const twice = withPayment(paid, 'pay_2', addSec(MADE, 60));
    expect(twice).toEqual({ ...paid, furtherPaymentIds: ['pay_2'] });
    const told = ['pay_1', 'pay_2', 'pay_3'].map((paymentId) => isPaidBy(twice, paymentId));
    expect(told).toEqual([true, true, false]);
  });

  it('has entries whose keys name their payments', () => {
    expect(paymentIdOf(entryKeyOf('pay_1'))).toBe('pay_1');
    for (const key of ['purchase-', 'bonus-1', 'pay_1', '']) expect(paymentIdOf(key)).toBeUndefined();
  });
});

describe('the polls of an order', () => {
  it('come with growing waits, and the last one when its time is up', () => {
    const ages: number[] = [];
    let at: Date | null = addSec(MADE, FIRST_POLL_SEC);
    while (at !== null) {
      ages.push(secBetween(MADE, at) / 60);
      at = nextPoll(MADE, at);
    }
    expect(ages).toEqual([5, 20, 40, 80, 160, 320, 640, 1280, 2000, 2720, 3440, 4160, 4320]);
    expect(ages.at(-1)).toBe(ORDER_LIFE_SEC / 60);
  });

  it('go on for some days where the gateway gives no answer, and then end', () => {
    expect(nextTry(MADE, addSec(MADE, 300))).toEqual(addSec(MADE, 1200));
    expect(nextTry(MADE, addSec(MADE, ORDER_LIFE_SEC))).toEqual(addSec(MADE, ORDER_LIFE_SEC + 12 * 3600));
    expect(nextTry(MADE, addSec(MADE, 7 * 86_400))).toBeNull();
  });
});
