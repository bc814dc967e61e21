/** People who buy coins, for the scenarios of payments. */
import { createHmac, randomUUID } from 'node:crypto';
import { WEBHOOK_PATHS } from '../../functions/src/webhookPaths.ts';
import type { PaymentsConfirmOutput, PaymentsHistoryOutput } from '../../client/src/index.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { http, type HttpAnswer } from './helpers.ts';
import type { SignedIn, Stack } from './support.ts';

/** What a customer brings back from the checkout. */
export interface PaidCheckout {
  readonly paymentId: string;
  readonly signature: string;
}

export interface PayWish {
  readonly outcome?: 'captured' | 'failed' | 'authorized';
  readonly webhook?: 'once' | 'twice' | 'late' | 'never';
  readonly paymentId?: string;
}

/** Somebody with nothing but these coins. */
export async function buyerWith(stack: Stack, coins: number): Promise<SignedIn> {
  const [buyer] = await stack.people({ listeners: 0, callers: 1, coins });
  if (buyer === undefined) throw new Error('the seed made nobody');
  return buyer;
}

export async function order(buyer: Phone, packageId = 'coins-300', requestId: string = randomUUID()) {
  return buyer.earshot.payments.createOrder({ packageId, gateway: 'razorpay', requestId });
}

/** Pays as a customer would; by default nobody tells the webhook. */
export async function pay(stack: Stack, orderId: string, wish: PayWish = {}): Promise<PaidCheckout> {
  const body = { orderId, outcome: 'captured', webhook: 'never', ...wish };
  return stack.control.request<PaidCheckout>('POST', '/razorpay/pay', body);
}

export async function confirm(
  buyer: Phone,
  orderId: string,
  paid: PaidCheckout,
): Promise<PaymentsConfirmOutput> {
  return buyer.earshot.payments.confirm({ orderId, ...paid });
}

export async function historyOf(buyer: Phone): Promise<PaymentsHistoryOutput['items']> {
  return (await buyer.earshot.payments.history()).items;
}

/** Orders and pays. */
export async function paidOrder(stack: Stack, buyer: Phone, packageId = 'coins-300', wish: PayWish = {}) {
  const made = await order(buyer, packageId);
  return { ...made, paid: await pay(stack, made.orderId, wish) };
}

interface Told {
  readonly paymentId: string;
  readonly gatewayOrderId: string;
  readonly event?: string;
  readonly status?: string;
  readonly amount?: number;
  readonly currency?: string;
}

/** An event as Razorpay would send it. The account is the one that the stack's parameters name. */
export function eventOf(accountId: string, told: Told): string {
  const { paymentId, gatewayOrderId, event = 'payment.captured', status = 'captured' } = told;
  const entity = {
    id: paymentId,
    entity: 'payment',
    amount: told.amount ?? 15_000,
    currency: told.currency ?? 'INR',
    status,
    order_id: gatewayOrderId,
    notes: [],
  };
  const payload = { payment: { entity } };
  return JSON.stringify({ entity: 'event', account_id: accountId, event, contains: ['payment'], payload });
}

/** @returns the header of Razorpay */
export function sign(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Posts to the webhook, signed or not. */
export async function postEvent(
  stack: Stack,
  body: string,
  signature: string | undefined = sign(body, stack.info.secrets.razorpayWebhook),
): Promise<HttpAnswer> {
  const headers = {
    'content-type': 'application/json',
    ...(signature !== '' && { 'x-razorpay-signature': signature }),
  };
  return http(stack, `webhooks/${WEBHOOK_PATHS.razorpay}`, { method: 'POST', headers, body });
}
