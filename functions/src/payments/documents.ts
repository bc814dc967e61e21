/**
 * The documents of payments. Both are books: nothing deletes them. `orders/{orderId}` is what somebody wanted to buy, at
 * the price of that moment; `payments/{paymentId}` is money that came in, under the gateway's id, made in the commit
 * that credits its coins.
 */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

export const gatewaySchema = z.enum(['razorpay']);
export type GatewayName = z.infer<typeof gatewaySchema>;

/** `failed` and `expired` may still become `paid`: gateways capture late. `paid` is the end. */
export const orderStatusSchema = z.enum(['created', 'paid', 'failed', 'expired']);

export const orderSchema = z.looseObject({
  uid: z.string(),
  /** The package as it was when it was ordered. */
  packageId: z.string(),
  name: z.string(),
  coins: z.number().int().positive(),
  amountPaise: z.number().int().positive(),
  currency: z.string(),
  gateway: gatewaySchema,
  /** Null until the gateway has answered; a repeated request finishes the order. */
  gatewayOrderId: z.string().nullable(),
  status: orderStatusSchema,
  /** The payment that was credited first. */
  paymentId: z.string().nullable(),
  /** Payments of the same order that were credited after it: somebody has paid more than once. */
  furtherPaymentIds: z.array(z.string()).default([]),
  createdAt: z.date(),
  paidAt: z.date().nullable(),
  /** When the gateway is asked of its own accord; null when it is not any more. */
  nextPollAt: z.date().nullable(),
  inputHash: z.string(),
});
export type Order = z.infer<typeof orderSchema>;
export const orders = defineCollection('orders/{}', orderSchema);

export const paymentSchema = z.looseObject({
  orderId: z.string(),
  uid: z.string(),
  gateway: gatewaySchema,
  amountPaise: z.number().int().positive(),
  currency: z.string(),
  coins: z.number().int().positive(),
  /** The entry of the wallet that it became. */
  transactionId: z.string(),
  /** Who was first to tell of it. */
  foundBy: z.enum(['confirm', 'webhook', 'poll']),
  acceptedAt: z.date(),
});
export type Payment = z.infer<typeof paymentSchema>;
export const payments = defineCollection('payments/{}', paymentSchema);

export const orderByGatewayOrder = defineQuery({
  name: 'orderByGatewayOrder',
  collection: orders,
  scope: 'collection',
  filters: [{ field: 'gatewayOrderId', op: '==' }],
  orderBy: [],
});

export const ordersOfOwner = defineQuery({
  name: 'ordersOfOwner',
  collection: orders,
  scope: 'collection',
  filters: [{ field: 'uid', op: '==' }],
  orderBy: [{ field: 'createdAt', direction: 'desc' }],
});

/** Unpaid orders of which nobody has told for a while. */
export const ordersToPoll = defineQuery({
  name: 'ordersToPoll',
  collection: orders,
  scope: 'collection',
  filters: [{ field: 'nextPollAt', op: '<=' }],
  orderBy: [{ field: 'nextPollAt', direction: 'asc' }],
});

/** Every payment, by id, for the audit. */
export const allPayments = defineQuery({
  name: 'allPayments',
  collection: payments,
  scope: 'collection',
  filters: [],
  orderBy: [],
});
