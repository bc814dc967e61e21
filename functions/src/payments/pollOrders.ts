/**
 * Finds what neither a client nor a webhook has told: asks the gateway about orders that are not paid, and once more
 * about those that are.
 */
import { PaymentGatewayFault } from '../gateways/payments.ts';
import { addSec } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { Found } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { takePayment } from './acceptPayment.ts';
import { orders, ordersToPoll, type Order } from './documents.ts';
import { nextPoll, nextTry } from './domain/polling.ts';

const PAGE = 200;
const AT_ONCE = 5;
/** Four fifths of the function's time, so that a gateway that is slow does not end it in the middle of an order. */
const WORK_SEC = 430;

/**
 * Takes what is due, longest first, until nothing is or the time is up: the rest is first in the next run. One order
 * that fails holds up none of the others.
 */
export async function pollOrders(ports: AppPorts): Promise<void> {
  const dueBy = ports.clock.now();
  const until = addSec(dueBy, WORK_SEC);
  let last: Found<Order> | undefined;
  do {
    const page = await duePage(ports, dueBy, last);
    await pollAll(ports, page.found, until);
    last = page.full ? page.found.at(-1) : undefined;
  } while (last !== undefined && ports.clock.now() < until);
}

/** @param after the last one of the page before */
async function duePage(ports: AppPorts, dueBy: Date, after: Found<Order> | undefined) {
  let unreadable = 0;
  const found = await ports.store.query({
    query: ordersToPoll,
    parentIds: [],
    values: [dueBy],
    limit: PAGE,
    ...(after && { startAfter: { values: [after.data.nextPollAt], path: after.path } }),
    onUnreadable: (fault) => {
      unreadable += 1;
      const text = 'an order cannot be read and is not asked for';
      ports.log.write('ERROR', text, { fault: describeFault(fault) });
    },
  });
  return { found, full: found.length + unreadable === PAGE };
}

async function pollAll(ports: AppPorts, due: readonly Found<Order>[], until: Date): Promise<void> {
  const waiting = [...due];
  const next = (): Found<Order> | undefined => (ports.clock.now() < until ? waiting.shift() : undefined);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let order = next(); order !== undefined; order = next()) await pollOne(ports, order);
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
