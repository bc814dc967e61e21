/** Whoever wants coins and does not want to pay for them. */
import { describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNTS } from '../../dev/src/stack/settings.ts';
import type { Contract } from '../../functions/src/platform/contract.ts';
import { contracts, dump } from './helpers.ts';
import { refusalOf } from './seenRefusal.ts';
import { buyerWith, confirm, eventOf, historyOf, order, paidOrder, pay, postEvent } from './paying.ts';
import { books, useStack, type SignedIn } from './support.ts';

const stack = useStack();

async function coinsOf(buyer: SignedIn): Promise<number> {
  await stack.control.idle();
  return (await books(buyer)).coins.available;
}

const fieldsOf = ({ input }: Contract): string[] =>
  Object.keys((input as unknown as { shape: Record<string, unknown> }).shape);

describe('whoever wants coins for nothing', () => {
  it('orders and never pays: no time that passes brings any', async () => {
    const buyer = await buyerWith(stack, 1);
    await order(buyer, 'coins-2000');
    await stack.control.advance(4 * 86_400);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'expired', paidAt: null })]);
    expect(await coinsOf(buyer)).toBe(1);
  });

  it('makes up a payment, and signs it with what an app knows: nothing is written', async () => {
    const buyer = await buyerWith(stack, 1);
    const { orderId, checkout } = await order(buyer);
    const { gatewayOrderId } = checkout;
    const paymentId = 'pay_madeUp00000001';
    await stack.control.idle();
    const untouched = await dump(stack);
    for (const known of ['', checkout.keyId, orderId, buyer.uid]) {
      const signature = createHmac('sha256', known).update(`${gatewayOrderId}|${paymentId}`).digest('hex');
      const { details } = await refusalOf(confirm(buyer, orderId, { paymentId, signature }));
      expect(details).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'signature' }] });
    }
    expect(await dump(stack)).toEqual(untouched);
  });

  it('pays the smallest package and hands that in for the largest', async () => {
    const buyer = await buyerWith(stack, 1);
    const small = await paidOrder(stack, buyer, 'coins-300');
    const large = await order(buyer, 'coins-2000');
    const { details } = await refusalOf(confirm(buyer, large.orderId, small.paid));
    expect(details).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'signature' }] });
    // And by the webhook, for which Razorpay itself would have to sign that the small sum paid the large order.
    const { paymentId } = small.paid;
    const body = eventOf(LOCAL_ACCOUNTS.razorpayAccountId, {
      paymentId,
      gatewayOrderId: large.checkout.gatewayOrderId,
    });
    expect((await postEvent(stack, body)).status).toBe(200);
    expect(await coinsOf(buyer)).toBe(1);
    expect(await confirm(buyer, small.orderId, small.paid)).toMatchObject({ coinsAdded: 300 });
  });

  it('names an amount, coins, a currency or a way to pay of their own: the order is refused', async () => {
    const buyer = await buyerWith(stack, 0);
    const input = { packageId: 'coins-300', gateway: 'razorpay' };
    for (const [field, value] of [
      ['amount_rupees', 1],
      ['amountPaise', 100],
      ['coins', 1_000_000],
      ['currency', 'IDR'],
      ['payment_method', 'upi'],
      ['gateway', 'cash'],
      ['uid', 'somebody'],
    ] as const) {
      const asked = buyer.call('payments/createOrder', { ...input, [field]: value, requestId: randomUUID() });
      const { details } = await refusalOf(asked);
      expect({ field, details }).toMatchObject({ details: { reason: 'INVALID_INPUT' } });
      expect(JSON.stringify(details['issues'])).toContain(field);
    }
    expect(await historyOf(buyer)).toEqual([]);
  });

  it('keeps what Razorpay has signed, and sends it again days later: nothing is written', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, checkout, paid } = await paidOrder(stack, buyer);
    const { gatewayOrderId } = checkout;
    const body = eventOf(LOCAL_ACCOUNTS.razorpayAccountId, { paymentId: paid.paymentId, gatewayOrderId });
    expect((await postEvent(stack, body)).status).toBe(200);
    const answer = await confirm(buyer, orderId, paid);
    await stack.control.advance(4 * 86_400);
    const untouched = await dump(stack);
    for (let times = 0; times < 3; times += 1) {
      expect((await postEvent(stack, body)).status).toBe(200);
      expect(await confirm(buyer, orderId, paid)).toEqual(answer);
    }
    expect(await dump(stack)).toEqual(untouched);
    expect(await coinsOf(buyer)).toBe(300);
  });

  it('finds no operation that takes an amount of coins or money at their word', () => {
    const trusting = contracts
      .filter(({ access }) => access !== 'admin')
      .flatMap((contract) => fieldsOf(contract).map((field) => `${contract.name} ${field}`))
      .filter((field) => /amount|balance|coin|cost|earn|paise|price|rupee|spen/iu.test(field));
    expect(trusting).toEqual([]);
  });
});

describe('the id of an order', () => {
  it('cannot be guessed, and is of one order only, also within one second', async () => {
    const [asha, ravi] = [await buyerWith(stack, 0), await buyerWith(stack, 0)];
    await stack.freeze();
    const requestId = randomUUID();
    const made = await Promise.all([
      order(asha, 'coins-300', requestId),
      order(ravi, 'coins-300', requestId),
      order(asha),
      order(asha),
      order(ravi),
    ]);
    const ids = made.map(({ orderId }) => orderId);
    expect(new Set(ids).size).toBe(made.length);
    for (const id of ids) expect(id).toMatch(/^RCH_[0-9a-f]{32}$/u);
    const seconds = String(Math.floor((await stack.control.now()).getTime() / 1000)).slice(0, 8);
    for (const { uid } of [asha, ravi])
      expect(ids.filter((id) => id.includes(uid) || id.includes(seconds))).toEqual([]);
  });
});

describe('two who know each other’s orders', () => {
  it('pay for one another: the coins go to whose order it is, whoever pays and tells', async () => {
    const [asha, ravi] = [await buyerWith(stack, 0), await buyerWith(stack, 0)];
    const { orderId } = await order(asha);
    const paid = await pay(stack, orderId);
    expect((await refusalOf(confirm(ravi, orderId, paid))).details).toEqual({ reason: 'NOT_FOUND' });
    const own = await order(ravi);
    const { details } = await refusalOf(confirm(ravi, own.orderId, paid));
    expect(details).toMatchObject({ reason: 'INVALID_INPUT' });
    expect(await confirm(asha, orderId, paid)).toMatchObject({ status: 'paid' });
    expect([await coinsOf(asha), (await ravi.earshot.wallet.balance()).coins.available]).toEqual([300, 0]);
  });
});
