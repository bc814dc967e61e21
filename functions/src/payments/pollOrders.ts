/**
 * Finds what neither a client nor a webhook has told: asks the gateway about orders that are not paid, and once more
 * about those that are.
 */
import { PaymentGatewayFault } from '../gateways/payments.ts';
import { describeFault } from '../platform/log.ts';
import type { Found } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { takePayment } from './acceptPayment.ts';
import { orders, ordersToPoll, type Order } from './documents.ts';
import { nextPoll, nextTry } from './domain/polling.ts';

/** Orders of one run: enough for a busy shop, little enough to end in time when the gateway is slow. */
const MOST_PER_RUN = 200;
const AT_ONCE = 5;

/** Takes what is due, longest first. One order that fails holds up none of the others. */
export async function pollOrders(ports: AppPorts): Promise<void> {
  const onUnreadable = (fault: unknown): void =>
    ports.log.write('ERROR', 'an order cannot be read and is not asked for', { fault: describeFault(fault) });
  const due = await ports.store.query({
    query: ordersToPoll,
    parentIds: [],
    values: [ports.clock.now()],
    limit: MOST_PER_RUN,
    onUnreadable,
  });
  const waiting = [...due];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let order = waiting.shift(); order !== undefined; order = waiting.shift())
        await pollOne(ports, order);
    }),
  );
}

async function pollOne(ports: AppPorts, order: Found<Order>): Promise<void> {
  const { createdAt, status } = order.data;
  try {
    const paid = await askAndTake(ports, order);
    if (status === 'paid') await putOff(ports, order, null);
    else if (!paid) await putOff(ports, order, nextPoll(createdAt, ports.clock.now()));
  } catch (fault) {
    const passing = fault instanceof PaymentGatewayFault && fault.outcome === 'unknown';
    ports.log.write(passing ? 'WARNING' : 'ERROR', 'an order could not be asked for', {
      key: order.id,
      fault: describeFault(fault),
    });
    await putOff(ports, order, nextTry(createdAt, ports.clock.now()));
  }
}

/** @returns whether the order is paid */
async function askAndTake(ports: AppPorts, order: Found<Order>): Promise<boolean> {
  const { gateway, gatewayOrderId } = order.data;
  // Nobody has ever been told how to pay it.
  if (gatewayOrderId === null) return false;
  const told = await ports.payments[gateway].paymentsOf(gatewayOrderId);
  const captured = told.filter(({ status }) => status === 'captured');
  let paid = false;
  for (const payment of captured.length > 0 ? captured : told.slice(0, 1)) {
    const { verdict } = await takePayment(ports, order, payment, 'poll');
    paid ||= verdict === 'accept';
  }
  return paid;
}

/** @param at when to ask again; null: the order's time is up, though a late payment still counts */
async function putOff({ store }: AppPorts, { id, data: seen }: Found<Order>, at: Date | null): Promise<void> {
  await store.transaction(async (tx) => {
    const [order] = await tx.getAll(orders.doc(id));
    // What was paid meanwhile says itself when it is looked at again.
    if (order === undefined || (order.status === 'paid' && seen.status !== 'paid')) return;
    const status = at === null && order.status === 'created' ? 'expired' : order.status;
    tx.update(orders.doc(id), { nextPollAt: at, status });
  });
}
