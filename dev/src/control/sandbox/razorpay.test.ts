/** The client that is deployed against the Razorpay that the sandbox plays. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { razorpayPayments } from '../../../../functions/src/gateways/razorpay/client.ts';
import { isFromRazorpay, reportOf } from '../../../../functions/src/gateways/razorpay/webhook.ts';
import { InputError } from '../input.ts';
import { TaskServer, type Task } from '../tasks.ts';
import { Razorpay, razorpayFaultsSchema } from './razorpay.ts';

const account = { accountId: 'acc_1', keyId: 'rzp_test_1', keySecret: 'key', webhookSecret: 'hook' };
const sent: Task[] = [];
const webhooks = new TaskServer({
  nowMs: () => 1_760_000_000_000,
  random: () => 0.5,
  dispatch: ({ task }) => {
    sent.push(task);
    return Promise.resolve(200);
  },
});
const razorpay = new Razorpay({ nowMs: () => 1_760_000_000_000, random: () => 0.5, webhooks, account });
let server: Server;
let url: string;
/** Requests by method and path; each answer may be spoilt once. */
const asked: string[] = [];
let spoil: ((path: string) => 'cut' | 'html' | undefined) | undefined;

beforeAll(async () => {
  const app = express();
  app.use(express.json());
  app.use((request, response, next) => {
    asked.push(`${request.method} ${request.path}`);
    const how = spoil?.(request.path);
    if (how === undefined) return next();
    spoil = undefined;
    if (how === 'cut') request.socket.destroy();
    else response.status(200).send('<html>a proxy</html>');
  });
  app.use(razorpay.router());
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  razorpay.reset();
  await webhooks.reset();
  sent.length = 0;
  asked.length = 0;
  spoil = undefined;
});
afterAll(() => void server.close());

const client = (change: Partial<Record<'keyId' | 'keySecret', string>> = {}) =>
  razorpayPayments({
    baseUrl: url,
    keyId: () => change.keyId ?? account.keyId,
    keySecret: () => change.keySecret ?? account.keySecret,
  });
const wanted = { reference: 'RCH_1', amountPaise: 15_000, currency: 'INR' };

async function paid(body: object): Promise<{ paymentId: string; signature: string }> {
  const answer = await fetch(`${url}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { paymentId: string; signature: string };
}

describe('an order', () => {
  it('is made, found by its reference, and paid', async () => {
    const { gatewayOrderId } = await client().openOrder(wanted);
    expect(await client().findOrder(wanted)).toEqual({ gatewayOrderId });
    expect(await client().findOrder({ ...wanted, reference: 'RCH_2' })).toBeUndefined();
    expect(await client().findOrder({ ...wanted, amountPaise: 15_001 })).toBeUndefined();
    expect(await client().paymentsOf(gatewayOrderId)).toEqual([]);
    const { paymentId, signature } = await paid({ orderId: 'RCH_1', outcome: 'captured' });
    const { amountPaise, currency } = wanted;
    const payment = { paymentId, gatewayOrderId, amountPaise, currency, status: 'captured' };
    expect(await client().paymentsOf(gatewayOrderId)).toEqual([payment]);
    expect(await client().payment(paymentId)).toEqual(payment);
    expect(client().isCheckoutGenuine({ gatewayOrderId, paymentId, signature })).toBe(true);
  });

  it('of which there are two is the one that was made first', async () => {
    const first = await client().openOrder(wanted);
    await client().openOrder(wanted);
    expect(await client().findOrder(wanted)).toEqual(first);
  });

  it.each(['cut', 'html'] as const)(
    'is looked for when the answer was %s, and not made again',
    async (how) => {
      spoil = () => how;
      await expect(client().openOrder(wanted)).rejects.toMatchObject({ outcome: 'unknown' });
      expect(asked).toEqual(['POST /v1/orders', 'GET /v1/orders']);
    },
  );

  it('is refused with a word for the log, and nothing of the key in it', async () => {
    const refused = { outcome: 'refused', providerCode: 'BAD_REQUEST_ERROR' };
    await expect(client().openOrder({ ...wanted, amountPaise: 99 })).rejects.toMatchObject(refused);
    for (const change of [{ keyId: 'other' }, { keySecret: 'other' }])
      await expect(client(change).openOrder(wanted)).rejects.toMatchObject({
        ...refused,
        message: 'Razorpay refused (BAD_REQUEST_ERROR)',
      });
    razorpay.misbehave(razorpayFaultsSchema.parse({ refuse: 1 }));
    await expect(client().openOrder(wanted)).rejects.toMatchObject({
      outcome: 'unknown',
      providerCode: 'SERVER_ERROR',
    });
  });
});

describe('a question', () => {
  it('is asked again, once, when the connection was cut', async () => {
    const { gatewayOrderId } = await client().openOrder(wanted);
    asked.length = 0;
    spoil = () => 'cut';
    expect(await client().paymentsOf(gatewayOrderId)).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it('about a payment that does not exist finds none', async () => {
    expect(await client().payment('pay_none')).toBeUndefined();
    await expect(client().paymentsOf('order_none')).rejects.toMatchObject({ outcome: 'refused' });
  });
});

describe('the events', () => {
  it('are signed, come as often as was asked for, and tell of the payment', async () => {
    const { gatewayOrderId } = await client().openOrder(wanted);
    const { paymentId } = await paid({ orderId: gatewayOrderId, outcome: 'failed', webhook: 'once' });
    await paid({ orderId: gatewayOrderId, outcome: 'captured', webhook: 'twice', paymentId });
    await paid({ orderId: gatewayOrderId, outcome: 'captured', webhook: 'never' });
    let task: Task | undefined;
    do task = await webhooks.runNext();
    while (task !== undefined);
    const reports = sent.map(({ body, headers }) => {
      const raw = Buffer.from(body);
      expect(isFromRazorpay('hook', raw, headers['x-razorpay-signature'])).toBe(true);
      return reportOf(JSON.parse(raw.toString()))?.payment;
    });
    const told = { paymentId, gatewayOrderId, amountPaise: 15_000, currency: 'INR' };
    expect(reports).toEqual([
      { ...told, status: 'failed' },
      ...Array.from({ length: 4 }, () => ({ ...told, status: 'captured' })),
    ]);
    const ids = sent.map(({ headers }) => headers['x-razorpay-event-id']);
    expect(new Set(ids).size).toBe(3);
  });

  it('are of orders that exist', () => {
    expect(() => razorpay.pay({ orderId: 'none', outcome: 'captured', webhook: 'once' })).toThrow(InputError);
  });
});

describe('the state of the gateway', () => {
  it('is ok when it takes the keys and answers, and nothing was made for it', async () => {
    expect(await client().state()).toBe('ok');
    expect(asked).toEqual(['GET /v1/orders']);
  });

  it('is told without a request when a key is not set', async () => {
    const unset = (): never => {
      throw new Error('parameter RAZORPAY_KEY_ID is not set');
    };
    const without = razorpayPayments({ baseUrl: url, keyId: unset, keySecret: () => 'key' });
    expect(await without.state()).toBe('not_configured');
    expect(asked).toEqual([]);
  });

  it('is refused with keys that are not right, and no answer when the connection is cut or it has a fault', async () => {
    expect(await client({ keySecret: 'other' }).state()).toBe('refused');
    for (const how of ['cut', 'html'] as const) {
      spoil = () => how;
      expect(await client().state()).toBe('no_answer');
    }
    razorpay.misbehave(razorpayFaultsSchema.parse({ refuse: 1 }));
    expect(await client().state()).toBe('no_answer');
  });
});
