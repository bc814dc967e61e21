/** Coins for money: orders at the price of their moment, and one credit for each payment, whoever tells of it first. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PaymentsCreateOrderOutput } from '../../client/src/index.ts';
import type { Order } from '../../functions/src/payments/documents.ts';
import { adminOf, dump, sendJson } from './helpers.ts';
import { refusalOf } from './seenRefusal.ts';
import { buyerWith, confirm, historyOf, order, paidOrder, pay } from './paying.ts';
import { books, expectRefusal, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

describe('the packages', () => {
  it('are public, at two coins for a rupee', async () => {
    const { items } = await (await stack.phone()).earshot.payments.packages();
    expect(items.map(({ coins, amountPaise }) => [amountPaise, coins])).toEqual([
      [15_000, 300],
      [30_000, 600],
      [50_000, 1000],
      [100_000, 2000],
    ]);
    const rest = await sendJson(stack, 'api/v1/payments/packages', { method: 'GET' });
    expect(rest).toMatchObject({ status: 200, body: { items } });
  });
});

describe('an order', () => {
  it('carries what the gateway’s SDK needs, and no secret', async () => {
    const buyer = await buyerWith(stack, 0);
    const made = await order(buyer);
    expect(made).toEqual({
      orderId: expect.stringMatching(/^RCH_[0-9a-f]{32}$/u),
      gateway: 'razorpay',
      amountPaise: 15_000,
      currency: 'INR',
      coins: 300,
      checkout: {
        keyId: expect.stringMatching(/^rzp_test_/u),
        gatewayOrderId: expect.stringMatching(/^order_/u),
        amountPaise: 15_000,
        currency: 'INR',
        name: '300 coins',
      },
    });
    expect(await historyOf(buyer)).toEqual([
      expect.objectContaining({ orderId: made.orderId, status: 'created', coins: 300, paidAt: null }),
    ]);
  });

  it('is the same for the same request, and another for another', async () => {
    const buyer = await buyerWith(stack, 0);
    const requestId = randomUUID();
    const made = await Promise.all([1, 2, 3].map(async () => order(buyer, 'coins-300', requestId)));
    made.push(await order(buyer, 'coins-300', requestId));
    expect(new Set(made.map((one) => JSON.stringify(one))).size).toBe(1);
    await expectRefusal(order(buyer, 'coins-600', requestId), 'IDEMPOTENCY_MISMATCH');
    expect((await order(buyer)).orderId).not.toBe(made[0]?.orderId);
  });

  it('is refused for a package that does not exist, or is not sold any more', async () => {
    const buyer = await buyerWith(stack, 0);
    await expectRefusal(order(buyer, 'none'), 'NOT_FOUND');
    const sold = {
      packageId: 'old',
      name: 'Old',
      coins: 1,
      amountPaise: 100,
      currency: 'INR',
      active: false,
    };
    await withPackages([sold], async () => {
      await expectRefusal(order(buyer, 'old'), 'NOT_FOUND');
      expect(await buyer.earshot.payments.packages()).toEqual({ items: [] });
    });
  });

  it('keeps its price when the price changes before it is paid', async () => {
    const buyer = await buyerWith(stack, 0);
    const made = await order(buyer);
    const dearer = {
      packageId: 'coins-300',
      name: '300 coins',
      coins: 3,
      amountPaise: 90_000,
      currency: 'INR',
    };
    await withPackages([dearer], async () => {
      expect(await confirm(buyer, made.orderId, await pay(stack, made.orderId))).toMatchObject({
        status: 'paid',
        coinsAdded: 300,
      });
    });
    expect(await historyOf(buyer)).toEqual([
      expect.objectContaining({ amountPaise: 15_000, coins: 300, status: 'paid' }),
    ]);
  });

  it('is found by its receipt when the gateway made it and did not answer', async () => {
    const buyer = await buyerWith(stack, 0);
    await stack.control.faults({ razorpay: { timeout: 1 } });
    const made = await order(buyer);
    await stack.control.clearFaults();
    const { items } = await stack.control.request<{ items: { id: string }[] }>(
      'GET',
      `/razorpay/orders?receipt=${made.orderId}`,
    );
    expect(items.map(({ id }) => id)).toEqual([made.checkout.gatewayOrderId]);
  });

  it('that the gateway refused is finished by the same request', async () => {
    const buyer = await buyerWith(stack, 0);
    const requestId = randomUUID();
    await stack.control.faults({ razorpay: { refuse: 1 } });
    expect((await refusalOf(order(buyer, 'coins-300', requestId))).code).toBe('internal');
    await stack.control.clearFaults();
    const made = await order(buyer, 'coins-300', requestId);
    expect(await confirm(buyer, made.orderId, await pay(stack, made.orderId))).toMatchObject({
      status: 'paid',
    });
  });

  it('can be made twenty times an hour', async () => {
    const buyer = await buyerWith(stack, 0);
    const hour = Array.from({ length: 20 }, () => new Date());
    await admin
      .doc(`limits/${buyer.uid}`)
      .set({ hits: { 'payments.createOrder': hour }, expireAt: new Date() });
    await admin.doc('config/limits').update({ ordersPerHour: 20 });
    await stack.control.advance(31);
    await expectRefusal(order(buyer), 'RATE_LIMITED', { retryAfterSec: expect.any(Number) });
    await admin.doc('config/limits').update({ ordersPerHour: 1_000_000 });
    await stack.control.advance(31);
  });
});

describe('a confirmation', () => {
  it('brings the coins, once, however often it comes', async () => {
    const buyer = await buyerWith(stack, 40);
    const { orderId, paid } = await paidOrder(stack, buyer);
    const first = await confirm(buyer, orderId, paid);
    expect(first).toMatchObject({
      status: 'paid',
      coinsAdded: 300,
      balance: { coins: { available: 340, purchased: 340 } },
    });
    expect(await confirm(buyer, orderId, paid)).toEqual(first);
    const { items } = await buyer.earshot.wallet.transactions();
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      transactionId: `purchase-${paid.paymentId}`,
      type: 'purchase',
      amount: 300,
      balanceAfter: 340,
      description: '300 coins',
      ref: { kind: 'payment', id: orderId },
    });
    expect((await books(buyer)).coins.available).toBe(340);
    expect((await admin.doc(`payments/${paid.paymentId}`).get()).data()).toMatchObject({
      orderId,
      uid: buyer.uid,
      amountPaise: 15_000,
      coins: 300,
      foundBy: 'confirm',
    });
  });

  it('with a signature that is not right writes nothing', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer);
    const other = await paidOrder(stack, buyer);
    const { signature, paymentId } = paid;
    await stack.control.idle();
    const untouched = await dump(stack);
    for (const forged of [
      { paymentId, signature: signature.slice(0, -2) },
      { paymentId, signature: `${signature}zz` },
      { paymentId, signature: signature.toUpperCase() },
      { paymentId, signature: other.paid.signature },
      { paymentId: other.paid.paymentId, signature },
      { paymentId: 'pay_made_up', signature },
      // The signature of another order’s payment is right, but not for this order.
      other.paid,
    ]) {
      const refused = await refusalOf(confirm(buyer, orderId, forged));
      expect(refused.details).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'signature' }] });
    }
    expect(await dump(stack)).toEqual(untouched);
  });

  it('of somebody else’s order is as if there were none', async () => {
    const [buyer, thief] = [await buyerWith(stack, 0), await buyerWith(stack, 0)];
    const { orderId, paid } = await paidOrder(stack, buyer);
    await expectRefusal(confirm(thief, orderId, paid), 'NOT_FOUND');
    await expectRefusal(confirm(thief, 'RCH_none', paid), 'NOT_FOUND');
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid' });
    expect((await thief.earshot.wallet.balance()).coins.available).toBe(0);
  });

  it('of a payment that is only authorized is pending, and paid when it is captured', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer, 'coins-600', { outcome: 'authorized' });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'pending', coinsAdded: 0 });
    await pay(stack, orderId, { paymentId: paid.paymentId });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid', coinsAdded: 600 });
  });

  it('of a payment that failed says so, and is paid when the bank captures it after all', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer, 'coins-300', { outcome: 'failed' });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'failed', coinsAdded: 0 });
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'failed', paidAt: null })]);
    await pay(stack, orderId, { paymentId: paid.paymentId });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid', coinsAdded: 300 });
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'paid' })]);
  });

  it('while the gateway does not answer is pending', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer);
    await stack.control.faults({ razorpay: { refuse: 1 } });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'pending', coinsAdded: 0 });
    await stack.control.clearFaults();
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid', coinsAdded: 300 });
  });
});

describe('the poll', () => {
  it('finds a payment that nobody has told of', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId } = await paidOrder(stack, buyer);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'created' })]);
    await stack.control.advance(1300);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ orderId, status: 'paid' })]);
    expect((await books(buyer)).coins.available).toBe(300);
  });

  it('lets an order expire after three days; a payment that comes later still counts', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId } = await order(buyer);
    await stack.control.advance(2 * 86_400);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'created' })]);
    await stack.control.advance(86_400 + 900);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ orderId, status: 'expired' })]);
    await pay(stack, orderId, { webhook: 'once' });
    await stack.control.idle();
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ orderId, status: 'paid' })]);
    expect((await books(buyer)).coins.available).toBe(300);
  });

  it('asks again later when the gateway does not answer', async () => {
    const buyer = await buyerWith(stack, 0);
    await paidOrder(stack, buyer);
    await stack.control.faults({ razorpay: { refuse: 1 } });
    await stack.control.advance(1300);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'created' })]);
    await stack.control.clearFaults();
    await stack.control.advance(3600);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'paid' })]);
  });
});

describe('an order that somebody has paid twice', () => {
  type Named = Pick<Order, 'paymentId' | 'furtherPaymentIds'>;
  const namedBy = async (orderId: string): Promise<Named> =>
    (await admin.doc(`orders/${orderId}`).get()).data() as Named;

  it('brings its coins twice, whoever tells of which payment, and names both', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer);
    const again = await pay(stack, orderId);
    const answers = await Promise.all(
      [paid, again, again, paid].map(async (one) => confirm(buyer, orderId, one)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ status: 'paid', coinsAdded: 300 });
    const { paymentId, furtherPaymentIds } = await namedBy(orderId);
    expect(new Set([paymentId, ...furtherPaymentIds])).toEqual(new Set([paid.paymentId, again.paymentId]));
    expect(furtherPaymentIds).toHaveLength(1);
    expect((await books(buyer)).coins).toMatchObject({ available: 600, purchased: 600 });
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ orderId, status: 'paid' })]);
  });

  it('keeps the first as its payment when the second is told of later', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer);
    await confirm(buyer, orderId, paid);
    const again = await pay(stack, orderId, { webhook: 'twice' });
    await stack.control.idle();
    expect(await namedBy(orderId)).toMatchObject({
      paymentId: paid.paymentId,
      furtherPaymentIds: [again.paymentId],
    });
    expect((await books(buyer)).coins.available).toBe(600);
  });

  it('has both found by the poll', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId } = await paidOrder(stack, buyer);
    await pay(stack, orderId);
    await stack.control.advance(1300);
    expect((await namedBy(orderId)).furtherPaymentIds).toHaveLength(1);
    expect((await books(buyer)).coins.available).toBe(600);
  });
});

describe('the history', () => {
  it('is one’s own, newest first, page by page', async () => {
    const [buyer, other] = [await buyerWith(stack, 0), await buyerWith(stack, 0)];
    const made: PaymentsCreateOrderOutput[] = [];
    for (const packageId of ['coins-300', 'coins-600', 'coins-1000'])
      made.push(await order(buyer, packageId));
    await order(other);
    const first = await buyer.earshot.payments.history({ limit: 2 });
    const second = await buyer.earshot.payments.history({ limit: 2, cursor: first.nextCursor });
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items].map(({ orderId }) => orderId)).toEqual(
      made.map(({ orderId }) => orderId).toReversed(),
    );
    await expectRefusal(other.earshot.payments.history({ cursor: 'made up' }), 'INVALID_INPUT');
  });
});

describe('a top-up', () => {
  it('costs at most 8 reads and 8 writes from the order to the credit', async () => {
    const buyer = await buyerWith(stack, 50);
    await stack.freeze(10);
    await stack.control.idle();
    await stack.control.resetCounters();
    const { orderId, paid } = await paidOrder(stack, buyer);
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid' });
    await stack.control.idle();
    const { reads, writes, invocations } = await stack.control.counters();
    process.stdout.write(`\nA top-up: ${invocations} invocations, ${reads} reads, ${writes} writes\n`);
    expect(invocations).toBe(2);
    expect(reads).toBeLessThanOrEqual(8);
    expect(writes).toBeLessThanOrEqual(8);
  });
});

/** Lets other packages be sold while `work` runs; settings are cached for half a minute. */
async function withPackages(packages: readonly object[], work: () => Promise<void>): Promise<void> {
  const pricing = admin.doc('config/pricing');
  const before = (await pricing.get()).data();
  await pricing.set({ ...before, packages });
  await stack.control.advance(31);
  try {
    await work();
  } finally {
    if (before === undefined) await pricing.delete();
    else await pricing.set(before);
    await stack.control.advance(31);
  }
}
