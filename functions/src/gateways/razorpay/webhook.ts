/** Razorpay's webhook: who may call it, and what it tells about payments. */
import { z } from 'zod';
import { isSignedByAny } from '../../platform/signature.ts';
import type { GatewayPayment } from '../payments.ts';
import { razorpayPaymentSchema } from './payment.ts';

/**
 * @param secrets the webhook's secret, or two of them separated by white space while it is being changed: events that
 *   are sent again bear the signature of the old one
 * @param header `X-Razorpay-Signature`
 */
export function isFromRazorpay(secrets: string, raw: Buffer, header: string | undefined): boolean {
  const [hex] = /^[0-9a-f]{64}$/u.exec(header ?? '') ?? [];
  return isSignedByAny({ algorithm: 'sha256', secrets, raw, hex });
}

/** What an event says of one payment. */
export interface PaymentReport {
  /** Of the merchant, `acc_…`. */
  readonly accountId: string;
  readonly payment: GatewayPayment;
}

const eventSchema = z.object({
  entity: z.literal('event'),
  account_id: z.string().default(''),
  event: z.enum(['payment.authorized', 'payment.captured', 'payment.failed', 'order.paid']),
  payload: z.object({ payment: z.object({ entity: razorpayPaymentSchema }) }),
});

/** @returns undefined for events of another kind, and for what is not as Razorpay documents it */
export function reportOf(event: unknown): PaymentReport | undefined {
  const parsed = eventSchema.safeParse(event).data;
  return parsed && { accountId: parsed.account_id, payment: parsed.payload.payment.entity };
}
