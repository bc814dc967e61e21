/**
 * Somebody wants to buy a package. The order is written with its price before the gateway hears of it, so that whatever
 * is lost on the way, the same request finds what was begun and finishes it.
 */
import type { z } from 'zod';
import type { PaymentGateway } from '../gateways/payments.ts';
import type { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { refuse } from '../platform/errors.ts';
import { derivedId, inputHash } from '../platform/ids.ts';
import { countHit, rateLimits } from '../platform/rateLimit.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { createOrderContract } from './contract.ts';
import { orders, type Order } from './documents.ts';
import { FIRST_POLL_SEC } from './domain/polling.ts';
import { packagesOnSale } from './packages.ts';

type Input = z.output<typeof createOrderContract.input>;
type Answer = z.input<typeof createOrderContract.output>;

interface Begun {
  readonly order: Order;
  /** This very request has made it, so the gateway cannot know of it. */
  readonly isNew: boolean;
}

const HOUR_SEC = 3600;

/**
 * The order's id follows from (uid, requestId), so a repeated request finds the order it made, at the price it was made
 * for.
 * @throws Refusal NOT_FOUND for a package that is not on sale, IDEMPOTENCY_MISMATCH for the same requestId with other
 *   input, RATE_LIMITED; an error when the gateway does not answer: the same request may be repeated
 */
export async function createOrder(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const orderId = orderIdOf(actor.uid, input.requestId);
  const begun = await begin(ports, actor, orderId, input);
  const gateway = ports.payments[begun.order.gateway];
  const gatewayOrderId = begun.order.gatewayOrderId ?? (await openAt(ports, gateway, orderId, begun));
  const { amountPaise, currency, coins, name } = begun.order;
  const checkout = { keyId: gateway.keyId(), gatewayOrderId, amountPaise, currency, name };
  return { orderId, gateway: begun.order.gateway, amountPaise, currency, coins, checkout };
}

/** Also the reference that the gateway knows it by: 36 characters, of which Razorpay takes 40. */
export function orderIdOf(uid: string, requestId: string): string {
  return `RCH_${derivedId('payments/createOrder', uid, requestId)}`;
}

async function begin(ports: AppPorts, actor: Actor, orderId: string, input: Input): Promise<Begun> {
  const { pricing, limits } = await ports.settings();
  const { packageId, gateway } = input;
  const hash = inputHash({ packageId, gateway });
  return await ports.store.transaction(async (tx) => {
    const [existing, me, hits] = await tx.getAll(
      orders.doc(orderId),
      users.doc(actor.uid),
      rateLimits.doc(actor.uid),
    );
    actor.admit(me);
    if (existing !== undefined) {
      if (existing.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');
      return { order: existing, isNew: false };
    }
    const wanted = packagesOnSale(pricing).find((one) => one.packageId === packageId);
    if (wanted === undefined) throw refuse('NOT_FOUND');
    const now = ports.clock.now();
    const window = { key: 'payments.createOrder', max: limits.ordersPerHour, windowSec: HOUR_SEC };
    tx.set(rateLimits.doc(actor.uid), countHit(hits, [window], now));
    const { name, coins, amountPaise, currency } = wanted;
    const order: Order = {
      uid: actor.uid,
      packageId,
      name,
      coins,
      amountPaise,
      currency,
      gateway,
      gatewayOrderId: null,
      status: 'created',
      paymentId: null,
      furtherPaymentIds: [],
      createdAt: now,
      paidAt: null,
      nextPollAt: addSec(now, FIRST_POLL_SEC),
      inputHash: hash,
    };
    tx.create(orders.doc(orderId), order);
    return { order, isNew: true };
  });
}

/** Two requests at once may both have asked the gateway. What was stored first counts, and is what both answer. */
async function openAt(
  ports: AppPorts,
  gateway: PaymentGateway,
  orderId: string,
  { order, isNew }: Begun,
): Promise<string> {
  const { amountPaise, currency } = order;
  const asked = { reference: orderId, amountPaise, currency };
  const made = isNew ? undefined : await gateway.findOrder(asked);
  const { gatewayOrderId } = made ?? (await gateway.openOrder(asked));
  return await ports.store.transaction(async (tx) => {
    const [stored] = await tx.getAll(orders.doc(orderId));
    if (stored === undefined) throw new Error('an order was deleted while it was made');
    if (stored.gatewayOrderId !== null) return stored.gatewayOrderId;
    // Only from now on can it be paid, whatever had become of it while nobody finished it.
    const nextPollAt = addSec(ports.clock.now(), FIRST_POLL_SEC);
    tx.update(orders.doc(orderId), { gatewayOrderId, status: 'created', nextPollAt });
    return gatewayOrderId;
  });
}
