/**
 * The one way by which money becomes coins. The client's confirmation, the webhook and the poll all come here, in any
 * order and any number of times; the payment's own document lets only the first of them through.
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
import { judge, type Verdict } from './domain/verdict.ts';

/** Who has told of a payment. */
export type Finder = Payment['foundBy'];

/** An order as it was read. What was bought and for how much never changes. */
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
 * twice has paid twice, and gets both.
 * @param payment captured, and checked against the order
 * @returns the wallet as it is now
 */
export async function acceptPayment(
  ports: AppPorts,
  { id: orderId, data: order }: FoundOrder,
  payment: GatewayPayment,
  foundBy: Finder,
): Promise<Wallet> {
  const { paymentId } = payment;
  const { uid } = order;
  const credit = creditOf(orderId, order, paymentId);
  const { wallet } = await commitAndDeliver(ports, async (tx, post): Promise<Accepted> => {
    const [known, before] = await tx.getAll(payments.doc(paymentId), wallets.doc(uid));
    const change = changeWallet(uid, before);
    if (known !== undefined) return { wallet: change.wallet };
    const now = ports.clock.now();
    const credited = writeCredit(tx, creditWallet(change, credit, now), post);
    tx.create(payments.doc(paymentId), paymentOf(orderId, order, credit, foundBy, now));
    if (order.status !== 'paid')
      tx.update(orders.doc(orderId), { status: 'paid', paymentId, paidAt: now, nextPollAt: null });
    return { wallet: credited.wallet, posted: credited.posted };
  });
  return wallet;
}

interface Accepted {
  readonly wallet: Wallet;
  readonly posted?: Posted | undefined;
}

function creditOf(orderId: string, { uid, name, coins }: Order, paymentId: string): Credit {
  const ref = { kind: 'payment', id: orderId } as const;
  const credit = { source: 'purchase', coins, ref } as const;
  return {
    ...credit,
    key: `purchase-${paymentId}`,
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
