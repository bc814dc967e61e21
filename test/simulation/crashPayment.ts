/** Somebody buys a package, and client and gateway tell of the payment at the same time. */
import type { GatewayPayment, PaymentGateway } from '../../functions/src/gateways/payments.ts';
import { confirmPayment } from '../../functions/src/payments/confirmPayment.ts';
import { createOrder } from '../../functions/src/payments/createOrder.ts';
import { pollOrders } from '../../functions/src/payments/pollOrders.ts';
import { takeReport } from '../../functions/src/payments/takeReport.ts';
import { CALLER, type CrashStory } from './crashStory.ts';

const REQUEST = { packageId: 'coins-300', gateway: 'razorpay', requestId: 'order' } as const;
const POLLS = 6;
const POLL_SEC = 900;

/** A gateway that always answers and forgets nothing: its orders by our reference, and what was paid. */
function honestGateway({ world }: CrashStory) {
  const orders = new Map<string, string>();
  const paid: GatewayPayment[] = [];
  // Whoever asks may die before it is heard, and before it is answered.
  const answer = async <T>(work: () => T): Promise<T> => {
    await world.portPause();
    const given = work();
    await world.answerPause();
    return given;
  };
  const gateway: PaymentGateway = {
    keyId: () => 'key',
    openOrder: async ({ reference }) =>
      await answer(() => {
        orders.set(reference, `order of ${reference}`);
        return { gatewayOrderId: `order of ${reference}` };
      }),
    findOrder: async ({ reference }) =>
      await answer(() => {
        const gatewayOrderId = orders.get(reference);
        return gatewayOrderId === undefined ? undefined : { gatewayOrderId };
      }),
    payment: async (id) => await answer(() => paid.find(({ paymentId }) => paymentId === id)),
    paymentsOf: async (id) => await answer(() => paid.filter(({ gatewayOrderId }) => gatewayOrderId === id)),
    isCheckoutGenuine: () => true,
    state: async () => await Promise.resolve('ok' as const),
  };
  return { gateway, paid };
}

/** Whoever has an order pays it; then confirmation and webhook race, and the poll comes for what both missed. */
export async function payForPackage(story: CrashStory): Promise<void> {
  const { world } = story;
  const { gateway, paid } = honestGateway(story);
  const payments = { razorpay: gateway };
  const ordered = await story.ask(
    'createOrder',
    async (ports) => await createOrder({ ...ports, payments }, world.actor(CALLER), REQUEST),
  );
  if (ordered.kind !== 'ok') return;
  const { orderId, coins, amountPaise, currency, checkout } = ordered.value;
  const { gatewayOrderId } = checkout;
  const payment: GatewayPayment = {
    paymentId: 'pay-1',
    gatewayOrderId,
    amountPaise,
    currency,
    status: 'captured',
  };
  await world.scheduler.sleep(20);
  paid.push(payment);
  story.credited('purchase-pay-1', coins);
  const told = { orderId, paymentId: 'pay-1', signature: 'signed' };
  await Promise.all([
    story.ask(
      'confirm',
      async (ports) => await confirmPayment({ ...ports, payments }, world.actor(CALLER), told),
    ),
    story.ask(
      'webhook',
      async (ports) => await takeReport({ ...ports, payments }, { accountId: '', payment }, ''),
    ),
  ]);
  for (let count = 0; count < POLLS; count++) {
    await world.scheduler.sleep(POLL_SEC);
    await world.invoke('orderPoll', async (ports) => await pollOrders({ ...ports, payments }));
  }
}
