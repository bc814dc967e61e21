/**
 * The one way by which money becomes coins. The client's confirmation, the webhook and the poll all come here, in any
 * order and any number of times; the order knows the payments that were credited, and lets only the first of them
 * through. The payment's own document is created with the credit, so no payment is ever credited for two orders.
 */
import type { GatewayPayment } from '../gateways/payments.ts';
import { writeCredit } from '../ledger/creditCoins.ts';
import { wallets, type Wallet } from '../ledger/documents.ts';
import { changeWallet, creditWallet, type Credit } from '../ledger/domain/wallet.ts';
import { inputHash } from '../platform/ids.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import type { Found } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { orders, payments, type Order, type Payment } from './documents.ts';
import { entryKeyOf, isPaidBy, withPayment } from './domain/paid.ts';
import { judge, type Verdict } from './domain/verdict.ts';

/** Who has told of a payment. */
export type Finder = Payment['foundBy'];

/** An order as it was read. What was bought and for how much never changes; what has become of it does. */
export type FoundOrder = Pick<Found<Order>, 'id' | 'data'>;

/** What came of it; with the wallet where coins were added. */
export interface Taken {
  readonly verdict: Verdict;
  readonly wallet?: Wallet;
}

/**
 * Takes what the gateway says of a payment. The caller has made sure that it was the gateway who said it.
 * @param order the one that the payment is for, by the gateway's id of it
 */
export async function takePayment(
  ports: AppPorts,
  order: FoundOrder,
  payment: GatewayPayment,
  foundBy: Finder,
): Promise<Taken> {
  const verdict = judge(order.data, payment);
  switch (verdict) {
    case 'accept':
      return { verdict, wallet: await acceptPayment(ports, order, payment, foundBy) };
    case 'failed':
      await noteFailure(ports, order);
      break;
    case 'mismatch':
      ports.log.write('ERROR', 'a payment is not what was ordered, nothing was credited', {
        uid: order.data.uid,
        key: order.id,
        state: payment.status,
        event: foundBy,
      });
      break;
    case 'pending':
  }
  return { verdict };
}

/**
 * Credits the coins of an order, once for each payment, and notes the order as paid. Somebody who has paid an order
 * twice has paid twice, and gets both; an operator hears of it, who may ask whether that was meant.
 * @param payment captured, and checked against the order
 * @returns the wallet as it is now
 */
export async function acceptPayment(
  ports: AppPorts,
  { id: orderId, data: bought }: FoundOrder,
  payment: GatewayPayment,
  foundBy: Finder,
): Promise<Wallet> {
  const { paymentId } = payment;
  const { uid } = bought;
  const credit = creditOf(orderId, bought, paymentId);
  const { wallet, furtherCount } = await commitAndDeliver(ports, async (tx, post): Promise<Accepted> => {
    const [order, before] = await tx.getAll(orders.doc(orderId), wallets.doc(uid));
    if (order === undefined) throw new Error('an order was deleted while it was paid');
    const change = changeWallet(uid, before);
    if (isPaidBy(order, paymentId)) return { wallet: change.wallet, furtherCount: 0 };
    const now = ports.clock.now();
    const credited = writeCredit(tx, creditWallet(change, credit, now), post);
    tx.create(payments.doc(paymentId), paymentOf(orderId, order, credit, foundBy, now));
    const paid = withPayment(order, paymentId, now);
    tx.update(orders.doc(orderId), paid);
    return { wallet: credited.wallet, posted: credited.posted, furtherCount: paid.furtherPaymentIds.length };
  });
  if (furtherCount > 0)
    ports.log.write('WARNING', 'an order was paid more than once, each payment was credited', {
      uid,
      key: orderId,
      count: 1 + furtherCount,
    });
  return wallet;
}

interface Accepted {
  readonly wallet: Wallet;
  /** Payments of this order beyond the first; 0 when this one was credited before. */
  readonly furtherCount: number;
  readonly posted?: Posted | undefined;
}

function creditOf(orderId: string, { uid, name, coins }: Order, paymentId: string): Credit {
  const ref = { kind: 'payment', id: orderId } as const;
  const credit = { source: 'purchase', coins, ref } as const;
  return {
    ...credit,
    key: entryKeyOf(paymentId),
    description: name,
    inputHash: inputHash({ uid, ...credit }),
  };
}

function paymentOf(orderId: string, order: Order, credit: Credit, foundBy: Finder, now: Date): Payment {
  const { uid, gateway, amountPaise, currency, coins } = order;
  const transactionId = credit.key;
  return { orderId, uid, gateway, amountPaise, currency, coins, transactionId, foundBy, acceptedAt: now };
}

/** For the owner to see. The same payment may be captured yet, so the gateway is still asked about the order. */
async function noteFailure({ store }: AppPorts, { id, data }: FoundOrder): Promise<void> {
  if (data.status !== 'created') return;
  await store.transaction(async (tx) => {
    const [order] = await tx.getAll(orders.doc(id));
    if (order?.status === 'created') tx.update(orders.doc(id), { status: 'failed' });
  });
}
