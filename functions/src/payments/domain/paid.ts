/** Which payments an order was paid by, and which entries they became. Pure. */
import { addSec } from '../../platform/clock.ts';
import type { Order } from '../documents.ts';
import { LAST_LOOK_SEC } from './polling.ts';

const KEY_PREFIX = 'purchase-';

/** The key of the one entry that a payment becomes. */
export function entryKeyOf(paymentId: string): string {
  return `${KEY_PREFIX}${paymentId}`;
}

/** @returns the payment that an entry of this key was made for; undefined when the key names none */
export function paymentIdOf(entryKey: string): string | undefined {
  return entryKey.startsWith(KEY_PREFIX) ? entryKey.slice(KEY_PREFIX.length) || undefined : undefined;
}

/** @returns whether this very payment was credited for the order */
export function isPaidBy(
  { paymentId: first, furtherPaymentIds }: Pick<Order, 'paymentId' | 'furtherPaymentIds'>,
  paymentId: string,
): boolean {
  return first === paymentId || furtherPaymentIds.includes(paymentId);
}

type Paid = Pick<Order, 'status' | 'paymentId' | 'furtherPaymentIds' | 'paidAt' | 'nextPollAt'>;

/**
 * The order after one more payment. The first one counts as the payment of it, and none is forgotten. Another one may be
 * under way, and the news of it be lost, so the gateway is asked once more later.
 */
export function withPayment(order: Paid, paymentId: string, now: Date): Paid {
  const { status, paymentId: first, furtherPaymentIds, paidAt, nextPollAt } = order;
  if (status !== 'paid' || first === null) {
    const lastLookAt = addSec(now, LAST_LOOK_SEC);
    return { status: 'paid', paymentId, furtherPaymentIds, paidAt: now, nextPollAt: lastLookAt };
  }
  const further = [...furtherPaymentIds, paymentId];
  return { status, paymentId: first, furtherPaymentIds: further, paidAt, nextPollAt };
}
