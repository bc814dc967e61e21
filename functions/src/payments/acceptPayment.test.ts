import { describe, expect, it } from '@jest/globals';
import type { GatewayPayment } from '../gateways/payments.ts';
import { entries, wallets } from '../ledger/documents.ts';
import { START } from '../testing/calls.ts';
import { CALLER, callWorld } from '../testing/callWorld.ts';
import { order } from '../testing/orders.ts';
import { takePayment, type FoundOrder } from './acceptPayment.ts';
import { orders, payments } from './documents.ts';
import { takeReport } from './takeReport.ts';

const ORDER_ID = 'RCH_1';
const captured = (paymentId: string, gatewayOrderId = 'order_1'): GatewayPayment => ({
  paymentId,
  gatewayOrderId,
  amountPaise: 15_000,
  currency: 'INR',
  status: 'captured',
});

/** A person without coins, and one order that the gateway knows. */
async function world() {
  const made = await callWorld(1);
  const { store, ports } = made;
  await store.commit((writer) => {
    writer.create(orders.doc(ORDER_ID), order);
    writer.create(orders.doc('RCH_2'), { ...order, gatewayOrderId: 'order_2' });
  });
  const take = async (paymentId: string, read: FoundOrder = { id: ORDER_ID, data: order }) =>
    await takePayment(ports, read, captured(paymentId, read.data.gatewayOrderId ?? ''), 'webhook');
  const purchased = async () => (await store.getAll(wallets.doc(CALLER)))[0]?.coins.purchased;
  const stored = async () => (await store.getAll(orders.doc(ORDER_ID)))[0];
  return { ...made, take, purchased, stored };
}

describe('a captured payment', () => {
  it('is credited once, however many tell of it at once', async () => {
    const { take, purchased, stored, lines } = await world();
    await Promise.all(Array.from({ length: 20 }, async () => await take('pay_1')));
    expect(await purchased()).toBe(301);
    expect(await stored()).toMatchObject({ status: 'paid', paymentId: 'pay_1', furtherPaymentIds: [] });
    expect(lines).toEqual([]);
  });

  it('is credited though another payment of its order was, which keeps its place; operators hear of it', async () => {
    const { take, purchased, stored, lines, store } = await world();
    await take('pay_1');
    // All have read the order while it was not paid.
    await Promise.all(['pay_2', 'pay_3', 'pay_1', 'pay_2'].map(async (id) => await take(id)));
    expect(await purchased()).toBe(901);
    expect(await stored()).toMatchObject({ status: 'paid', paymentId: 'pay_1', paidAt: START });
    expect((await stored())?.furtherPaymentIds.toSorted()).toEqual(['pay_2', 'pay_3']);
    for (const paymentId of ['pay_1', 'pay_2', 'pay_3']) {
      const [payment, entry] = await store.getAll(
        payments.doc(paymentId),
        entries.doc(CALLER, `purchase-${paymentId}`),
      );
      expect(payment).toMatchObject({ orderId: ORDER_ID, uid: CALLER, coins: 300 });
      expect(entry?.amount).toBe(300);
    }
    const message = 'an order was paid more than once, each payment was credited';
    expect(lines).toEqual(
      [2, 3].map((count) => ({
        severity: 'WARNING',
        message,
        fields: { uid: CALLER, key: ORDER_ID, count },
      })),
    );
  });

  it('that was credited for one order never is for another', async () => {
    const { take, purchased, store } = await world();
    await take('pay_1');
    const before = JSON.stringify(store.dump());
    const other = { id: 'RCH_2', data: { ...order, gatewayOrderId: 'order_2' } };
    await expect(take('pay_1', other)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(JSON.stringify(store.dump())).toBe(before);
    expect(await purchased()).toBe(301);
  });

  it('is passed over by the webhook when it was credited, as the first or as a further one', async () => {
    const { ports, take, purchased, store } = await world();
    await take('pay_1');
    await take('pay_2');
    const before = JSON.stringify(store.dump());
    for (const paymentId of ['pay_1', 'pay_2'])
      await takeReport(ports, { accountId: '', payment: captured(paymentId) }, '');
    expect(JSON.stringify(store.dump())).toBe(before);
    expect(await purchased()).toBe(601);
  });
});
