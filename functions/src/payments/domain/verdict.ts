/** What a payment means for an order. Pure. */
import type { Order } from '../documents.ts';

/** What of a gateway's payment is judged. */
interface ToldPayment {
  readonly gatewayOrderId: string | null;
  readonly amountPaise: number;
  readonly currency: string;
  readonly status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
}

/**
 * - `accept`: the money is there, all of it, for this order
 * - `pending`: nothing is decided yet; capturing is automatic, so what is authorized follows
 * - `failed`: no money came of it, as far as is known now
 * - `mismatch`: it is not what was ordered, so nothing is credited, and a person has to look
 */
export type Verdict = 'accept' | 'pending' | 'failed' | 'mismatch';

export function judge(
  order: Pick<Order, 'gatewayOrderId' | 'amountPaise' | 'currency'>,
  payment: ToldPayment,
): Verdict {
  const isWhatWasOrdered =
    order.gatewayOrderId !== null &&
    payment.gatewayOrderId === order.gatewayOrderId &&
    payment.amountPaise === order.amountPaise &&
    payment.currency === order.currency;
  if (!isWhatWasOrdered) return 'mismatch';
  switch (payment.status) {
    case 'captured':
      return 'accept';
    case 'created':
    case 'authorized':
      return 'pending';
    case 'failed':
    case 'refunded':
      return 'failed';
  }
}
