/** Razorpay's webhook: only what it has signed counts, once for each payment, in whatever order it comes. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_ACCOUNTS } from '../../dev/src/stack/settings.ts';
import { adminOf, dump } from './helpers.ts';
import { buyerWith, confirm, eventOf, historyOf, order, paidOrder, pay, postEvent, sign } from './paying.ts';
import { books, useStack, type SignedIn } from './support.ts';

const stack = useStack();
const ACCOUNT = LOCAL_ACCOUNTS.razorpayAccountId;
// The emulator lets transactions that touch the same document wait for each other for seconds.
const PATIENCE_MS = 300_000;
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

async function coinsOf(buyer: SignedIn): Promise<number> {
  await stack.control.idle();
  const { coins } = await buyer.earshot.wallet.balance();
  return coins.available;
}

describe('whoever is not Razorpay', () => {
  it('is refused, and nothing is written', async () => {
    const buyer = await buyerWith(stack, 0);
    const { checkout, paid } = await paidOrder(stack, buyer);
    const { paymentId } = paid;
    const { gatewayOrderId } = checkout;
    const body = eventOf(ACCOUNT, { paymentId, gatewayOrderId });
    const good = sign(body, stack.info.secrets.razorpayWebhook);
    await stack.control.idle();
    const untouched = await dump(stack);
    const forged: [string, string][] = [
      [body, ''],
      [body, sign(body, 'another secret')],
      [body, sign(body, '')],
      // The secret of the checkout is not the webhook’s.
      [body, paid.signature],
      [body, good.slice(0, -2)],
      [body, `${good}00`],
      [body, `${good}zz`],
      [body, good.toUpperCase()],
      [`${body} `, good],
      [body.slice(0, -1), good],
      [body.replace('15000', '150'), good],
      // The same content in other bytes.
      [JSON.stringify(JSON.parse(body), null, 1), good],
      [body.replace('captured', '\\u0063aptured'), good],
      ['', good],
    ];
    for (const [sent, signature] of forged) {
      const { status } = await postEvent(stack, sent, signature);
      // What is not even JSON is refused on the way in already.
      expect({ sent, refused: status === 401 || status === 400 }).toEqual({ sent, refused: true });
    }
    expect(await dump(stack)).toEqual(untouched);
    expect((await postEvent(stack, body, good)).status).toBe(200);
    expect(await coinsOf(buyer)).toBe(300);
  });
});

describe('an event', () => {
  it('before the confirmation brings the coins, and the confirmation answers as if it had', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer, 'coins-300', { webhook: 'once' });
    expect(await coinsOf(buyer)).toBe(300);
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid', coinsAdded: 300 });
    expect((await admin.doc(`payments/${paid.paymentId}`).get()).data()).toMatchObject({
      foundBy: 'webhook',
    });
    expect((await books(buyer)).coins.available).toBe(300);
  });

  it('after the confirmation adds nothing', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer, 'coins-300', { webhook: 'late' });
    expect(await confirm(buyer, orderId, paid)).toMatchObject({ status: 'paid' });
    await stack.control.advance(61);
    expect(await coinsOf(buyer)).toBe(300);
    expect((await books(buyer)).coins.purchased).toBe(300);
  });

  it('that comes late and alone brings the coins', async () => {
    const buyer = await buyerWith(stack, 0);
    await paidOrder(stack, buyer, 'coins-300', { webhook: 'late' });
    expect(await coinsOf(buyer)).toBe(0);
    await stack.control.advance(60);
    expect(await coinsOf(buyer)).toBe(300);
  });

  it('that comes twice, out of order and delayed counts once', async () => {
    const buyer = await buyerWith(stack, 0);
    await stack.control.faults({ webhooks: { duplicate: 1, reorder: 1, delaySec: 30 } });
    await paidOrder(stack, buyer, 'coins-300', { webhook: 'twice' });
    await stack.control.advance(120);
    expect(await coinsOf(buyer)).toBe(300);
    await books(buyer);
  });

  it('of a failure is noted, and undone by a later capture, whichever comes first', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId, checkout, paid } = await paidOrder(stack, buyer, 'coins-300', {
      outcome: 'failed',
      webhook: 'once',
    });
    expect(await coinsOf(buyer)).toBe(0);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'failed' })]);
    await pay(stack, orderId, { paymentId: paid.paymentId, webhook: 'once' });
    expect(await coinsOf(buyer)).toBe(300);
    // The failure is told again, after the capture.
    const { paymentId } = paid;
    const { gatewayOrderId } = checkout;
    const late = { paymentId, gatewayOrderId, event: 'payment.failed', status: 'failed' };
    expect((await postEvent(stack, eventOf(ACCOUNT, late))).status).toBe(200);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'paid' })]);
    expect((await books(buyer)).coins.available).toBe(300);
  });

  it('of another try that failed changes nothing of an order that is paid', async () => {
    const buyer = await buyerWith(stack, 0);
    const { orderId } = await paidOrder(stack, buyer, 'coins-300', { webhook: 'once' });
    await pay(stack, orderId, { outcome: 'failed', webhook: 'once' });
    expect(await coinsOf(buyer)).toBe(300);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'paid' })]);
  });

  it('of an authorization changes nothing', async () => {
    const buyer = await buyerWith(stack, 0);
    await paidOrder(stack, buyer, 'coins-300', { outcome: 'authorized', webhook: 'once' });
    expect(await coinsOf(buyer)).toBe(0);
    expect(await historyOf(buyer)).toEqual([expect.objectContaining({ status: 'created' })]);
  });

  it('that is none of ours is answered and ignored', async () => {
    const buyer = await buyerWith(stack, 0);
    const { checkout } = await order(buyer);
    const { gatewayOrderId } = checkout;
    await stack.control.idle();
    const untouched = await dump(stack);
    const told = { paymentId: 'pay_other', gatewayOrderId };
    for (const body of [
      eventOf(ACCOUNT, { ...told, gatewayOrderId: 'order_unknown' }),
      eventOf(ACCOUNT, { ...told, event: 'refund.created' }),
      eventOf(ACCOUNT, { ...told, event: 'payment.dispute.created' }),
      // Another amount, another currency, another account.
      eventOf(ACCOUNT, { ...told, amount: 14_999 }),
      eventOf(ACCOUNT, { ...told, amount: 1_500_000 }),
      eventOf(ACCOUNT, { ...told, currency: 'USD' }),
      eventOf('acc_other', told),
      '{}',
      '[]',
    ])
      expect({ body, status: (await postEvent(stack, body)).status }).toEqual({ body, status: 200 });
    expect((await postEvent(stack, 'no json')).status).toBe(400);
    expect(await dump(stack)).toEqual(untouched);
  });
});

describe('twenty at once', () => {
  it(
    'who tell of one payment, by confirmation and by webhook, bring its coins once',
    async () => {
      const buyer = await buyerWith(stack, 0);
      const { orderId, checkout, paid } = await paidOrder(stack, buyer);
      const { gatewayOrderId } = checkout;
      const { paymentId } = paid;
      const captured = eventOf(ACCOUNT, { paymentId, gatewayOrderId });
      const orderPaid = eventOf(ACCOUNT, { paymentId, gatewayOrderId, event: 'order.paid' });
      const tellings = Array.from({ length: 20 }, async (_, index) => {
        if (index % 2 === 0) return (await confirm(buyer, orderId, paid)).status;
        return (await postEvent(stack, index % 4 === 1 ? captured : orderPaid)).status;
      });
      expect(new Set(await Promise.all(tellings))).toEqual(new Set(['paid', 200]));
      expect(await coinsOf(buyer)).toBe(300);
      const { coins } = await books(buyer);
      expect(coins).toMatchObject({ available: 300, purchased: 300 });
      const { items } = await buyer.earshot.wallet.transactions();
      expect(items).toHaveLength(1);
    },
    PATIENCE_MS,
  );
});
