/** Razorpay as the sandbox plays it: orders, payments, customers who pay, and the events that tell of it. */
import { createHmac, randomBytes } from 'node:crypto';
import { Router as makeRouter, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { WEBHOOK_PATHS } from '../../../../functions/src/webhookPaths.ts';
import { happens, type Injected } from '../faults.ts';
import { InputError, parseInput } from '../input.ts';
import type { TaskServer } from '../tasks.ts';

const probability = z.number().min(0).max(1).default(0);

/** What `POST /faults` takes as `razorpay`. */
export const razorpayFaultsSchema = z.strictObject({
  /** Any request is refused, as when Razorpay has a fault. */
  refuse: probability,
  /** An order is made, and the answer never comes. */
  timeout: probability,
});
export type RazorpayFaults = z.infer<typeof razorpayFaultsSchema>;

export const NO_RAZORPAY_FAULTS: RazorpayFaults = razorpayFaultsSchema.parse({});

interface RazorpayPorts {
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly webhooks: TaskServer;
  readonly account: {
    readonly accountId: string;
    readonly keyId: string;
    readonly keySecret: string;
    readonly webhookSecret: string;
  };
  readonly injected?: Injected<keyof RazorpayFaults>;
}

interface SandboxOrder {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly receipt: string | null;
  readonly notes: Record<string, string>;
  readonly createdSec: number;
}

interface SandboxPayment {
  readonly id: string;
  readonly order: SandboxOrder;
  readonly createdSec: number;
  status: 'authorized' | 'captured' | 'failed';
}

const orderSchema = z.strictObject({
  amount: z.number().int().min(100),
  currency: z.string().regex(/^[A-Z]{3}$/u),
  receipt: z.string().max(40).optional(),
  notes: z.record(z.string(), z.string().max(256)).default({}),
});

const paySchema = z.strictObject({
  /** Ours or Razorpay's. */
  orderId: z.string().min(1),
  outcome: z.enum(['captured', 'failed', 'authorized']),
  webhook: z.enum(['once', 'twice', 'late', 'never']).default('once'),
  /** A payment that was tried before: banks capture what has failed. */
  paymentId: z.string().min(1).optional(),
});
type Pay = z.infer<typeof paySchema>;

/** A late event comes when this much time has passed. */
const LATE_MS = 60_000;
/** How long a function may take over an event. */
const DEADLINE_SEC = 60;

/** The shop of one stack. */
export class Razorpay {
  readonly #ports: RazorpayPorts;
  #faults: RazorpayFaults = NO_RAZORPAY_FAULTS;
  #orders: SandboxOrder[] = [];
  #payments: SandboxPayment[] = [];

  constructor(ports: RazorpayPorts) {
    this.#ports = ports;
  }

  /** Applies from now on. */
  misbehave(faults: RazorpayFaults): void {
    this.#faults = faults;
  }

  reset(): void {
    this.#faults = NO_RAZORPAY_FAULTS;
    this.#orders = [];
    this.#payments = [];
  }

  /** The routes below the address that `RAZORPAY_URL` names, and the one by which customers pay. */
  router(): Router {
    const router = makeRouter();
    router.post('/pay', (request, response) => {
      response.json(this.pay(parseInput(paySchema, request.body)));
    });
    router.get('/orders', (request, response) => {
      const { receipt } = request.query;
      response.json({ items: this.#orders.filter((order) => order.receipt === receipt).map(orderView) });
    });
    router.use('/v1', (request, response, next) => {
      if (!this.#knows(request)) return refuse(response, 401, 'Authentication failed');
      if (this.#happens('refuse')) return refuse(response, 502, 'Try again');
      next();
    });
    router.post('/v1/orders', (request, response) => this.#create(request, response));
    router.get('/v1/orders', (request, response) => {
      const { receipt } = request.query;
      const found = this.#orders.filter((order) => receipt === undefined || order.receipt === receipt);
      answerList(response, found.toReversed().map(orderView));
    });
    router.get('/v1/orders/:id', (request, response) => {
      const order = this.#orders.find(({ id }) => id === request.params.id);
      if (order === undefined) refuse(response, 400, 'The id provided does not exist');
      else response.json(orderView(order));
    });
    router.get('/v1/orders/:id/payments', (request, response) => {
      const { id } = request.params;
      if (!this.#orders.some((order) => order.id === id))
        return refuse(response, 400, 'The id provided does not exist');
      const found = this.#payments.filter(({ order }) => order.id === id);
      answerList(response, found.toReversed().map(paymentView));
    });
    router.get('/v1/payments/:id', (request, response) => {
      const payment = this.#payments.find(({ id }) => id === request.params.id);
      if (payment === undefined) refuse(response, 400, 'The id provided does not exist');
      else response.json(paymentView(payment));
    });
    return router;
  }

  #happens(fault: keyof RazorpayFaults): boolean {
    const met = happens(this.#faults[fault], this.#ports.random);
    if (met) this.#ports.injected?.(fault);
    return met;
  }

  #knows(request: Request): boolean {
    const { keyId, keySecret } = this.#ports.account;
    const expected = Buffer.from(`${keyId}:${keySecret}`).toString('base64');
    return request.header('authorization') === `Basic ${expected}`;
  }

  #create(request: Request, response: Response): void {
    const parsed = orderSchema.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refuse(response, 400, issue?.message ?? 'is not valid', issue?.path.join('.'));
    }
    const { receipt, ...wanted } = parsed.data;
    const createdSec = this.#nowSec();
    const order = { ...wanted, id: newId('order'), receipt: receipt ?? null, createdSec };
    this.#orders.push(order);
    // Whoever waits gives up some time; the connection is closed with the stack.
    if (this.#happens('timeout')) return;
    response.json(orderView(order));
  }

  /** A customer pays, or tries to. @throws InputError */
  pay(wish: Pay): { paymentId: string; signature: string } {
    const order = this.#orders.findLast(({ id, receipt }) => id === wish.orderId || receipt === wish.orderId);
    if (order === undefined) throw new InputError('orderId', 'there is no such order');
    const payment = this.#tried(order, wish.paymentId);
    payment.status = wish.outcome;
    this.#tell(payment, wish.webhook);
    const { keySecret } = this.#ports.account;
    const signature = createHmac('sha256', keySecret).update(`${order.id}|${payment.id}`).digest('hex');
    return { paymentId: payment.id, signature };
  }

  #tried(order: SandboxOrder, paymentId: string | undefined): SandboxPayment {
    if (paymentId !== undefined) {
      const before = this.#payments.find(({ id }) => id === paymentId);
      if (before?.order !== order) throw new InputError('paymentId', 'no payment of this order');
      return before;
    }
    const payment: SandboxPayment = {
      id: newId('pay'),
      order,
      createdSec: this.#nowSec(),
      status: 'authorized',
    };
    this.#payments.push(payment);
    return payment;
  }

  #tell(payment: SandboxPayment, when: Pay['webhook']): void {
    if (when === 'never') return;
    const events = [`payment.${payment.status}`, ...(payment.status === 'captured' ? ['order.paid'] : [])];
    for (const event of events)
      for (let copies = when === 'twice' ? 2 : 1; copies > 0; copies -= 1)
        this.#send(event, payment, when === 'late' ? LATE_MS : 0);
  }

  #send(event: string, payment: SandboxPayment, delayMs: number): void {
    const { account, webhooks, nowMs } = this.#ports;
    const createdSec = this.#nowSec();
    const body = Buffer.from(JSON.stringify(eventOf(event, payment, account.accountId, createdSec)));
    const signature = createHmac('sha256', account.webhookSecret).update(body).digest('hex');
    webhooks.create({
      name: `webhooks/razorpay/${newId('delivery')}`,
      queue: WEBHOOK_PATHS.razorpay,
      body,
      headers: {
        'content-type': 'application/json',
        'x-razorpay-signature': signature,
        // The same for every delivery of one event.
        'x-razorpay-event-id': `${payment.id}.${event}`,
      },
      scheduledMs: nowMs() + delayMs,
      deadlineSec: DEADLINE_SEC,
    });
  }

  #nowSec(): number {
    return Math.floor(this.#ports.nowMs() / 1000);
  }
}

const newId = (kind: string): string => `${kind}_${randomBytes(7).toString('hex')}`;

function eventOf(event: string, payment: SandboxPayment, accountId: string, createdSec: number): object {
  const contains = event === 'order.paid' ? ['payment', 'order'] : ['payment'];
  return {
    entity: 'event',
    account_id: accountId,
    event,
    contains,
    payload: {
      payment: { entity: paymentView(payment) },
      ...(event === 'order.paid' && {
        order: { entity: { ...orderView(payment.order), status: 'paid', amount_due: 0 } },
      }),
    },
    created_at: createdSec,
  };
}

function orderView({ id, amount, currency, receipt, notes, createdSec }: SandboxOrder): object {
  const empty = Object.keys(notes).length === 0;
  return {
    id,
    entity: 'order',
    amount,
    amount_paid: 0,
    amount_due: amount,
    currency,
    receipt,
    offer_id: null,
    status: 'created',
    attempts: 0,
    // As Razorpay does it.
    notes: empty ? [] : notes,
    created_at: createdSec,
  };
}

function paymentView({ id, order, status, createdSec }: SandboxPayment): object {
  const failed = status === 'failed';
  return {
    id,
    entity: 'payment',
    amount: order.amount,
    currency: order.currency,
    status,
    order_id: order.id,
    international: false,
    method: 'upi',
    amount_refunded: 0,
    refund_status: null,
    captured: status === 'captured',
    email: 'void@razorpay.com',
    contact: '+919999999999',
    vpa: 'success@razorpay',
    notes: [],
    error_code: failed ? 'BAD_REQUEST_ERROR' : null,
    error_reason: failed ? 'payment_failed' : null,
    created_at: createdSec,
  };
}

function answerList(response: Response, items: readonly object[]): void {
  response.json({ entity: 'collection', count: items.length, items });
}

/** Answers as Razorpay's API does. */
function refuse(response: Response, status: number, description: string, field?: string): void {
  const code = status >= 500 ? 'SERVER_ERROR' : 'BAD_REQUEST_ERROR';
  const reason = status >= 500 ? 'server_error' : 'input_validation_failed';
  response.status(status).json({
    error: {
      code,
      description,
      ...(field && { field }),
      source: 'business',
      step: 'NA',
      reason,
      metadata: {},
    },
  });
}
