/** A payment in Razorpay's words, as its API and its webhooks tell it. */
import { z } from 'zod';
import type { GatewayPayment } from '../payments.ts';

export const razorpayPaymentSchema = z
  .object({
    id: z.string().regex(/^[\w-]{1,128}$/u),
    order_id: z.string().nullish(),
    amount: z.number().int(),
    currency: z.string(),
    status: z.enum(['created', 'authorized', 'captured', 'refunded', 'failed']),
  })
  .transform(({ id, order_id: orderId, amount, currency, status }): GatewayPayment => ({
    paymentId: id,
    gatewayOrderId: orderId ?? null,
    amountPaise: amount,
    currency,
    status,
  }));
