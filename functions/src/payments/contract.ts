/** The operations by which people buy coins, as plain data. */
import { z } from 'zod';
import { balanceOutput } from '../ledger/contract.ts';
import { defineOperation, idInput, isoTime, pageInput, requestIdInput } from '../platform/contract.ts';
import { gatewaySchema, orderStatusSchema } from './documents.ts';

const coins = z.number().int().positive();
const amountPaise = z.number().int().positive();

export const packagesContract = defineOperation({
  name: 'payments/packages',
  summary: 'The coin packages on sale and their prices.',
  access: 'public',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(
      z.object({ packageId: z.string(), name: z.string(), coins, amountPaise, currency: z.string() }),
    ),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/payments/packages' },
});

/** What the gateway's SDK needs to let a customer pay. */
const checkoutOutput = z.object({
  keyId: z.string(),
  gatewayOrderId: z.string(),
  amountPaise,
  currency: z.string(),
  /** What is bought, for the customer to read. */
  name: z.string(),
});

export const createOrderContract = defineOperation({
  name: 'payments/createOrder',
  summary: 'Order a coin package at the price of this moment; once for each requestId.',
  access: 'registered',
  input: z.strictObject({
    packageId: z.string().min(1).max(128),
    gateway: gatewaySchema,
    requestId: requestIdInput,
  }),
  output: z.object({
    orderId: z.string(),
    gateway: gatewaySchema,
    amountPaise,
    currency: z.string(),
    coins,
    checkout: checkoutOutput,
  }),
  errors: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH', 'RATE_LIMITED'],
  rest: { method: 'POST', path: '/v1/payments/orders' },
});

export const confirmContract = defineOperation({
  name: 'payments/confirm',
  summary: 'Hand in what the gateway’s checkout has signed; the coins come at once, and never twice.',
  access: 'registered',
  input: z.strictObject({
    orderId: idInput,
    paymentId: idInput,
    signature: z.string().min(1).max(200),
    requestId: requestIdInput.optional(),
  }),
  output: z.object({
    /** `pending`: the gateway has not finished. The coins come by themselves when it has. */
    status: z.enum(['paid', 'pending', 'failed']),
    coinsAdded: z.number().int().nonnegative(),
    balance: balanceOutput,
  }),
  errors: ['NOT_FOUND'],
  rest: { method: 'POST', path: '/v1/payments/orders/{orderId}/confirm' },
});

export const historyContract = defineOperation({
  name: 'payments/history',
  summary: 'Your orders, newest first.',
  access: 'registered',
  input: z.strictObject({ ...pageInput }),
  output: z.object({
    items: z.array(
      z.object({
        orderId: z.string(),
        packageId: z.string(),
        name: z.string(),
        coins,
        amountPaise,
        currency: z.string(),
        gateway: gatewaySchema,
        status: orderStatusSchema,
        createdAt: isoTime,
        paidAt: isoTime.nullable(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/payments/orders' },
});
