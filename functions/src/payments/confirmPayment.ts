/** A client comes back from the checkout. What it says counts only with the gateway's signature and the gateway's word. */
import type { z } from 'zod';
import { PaymentGatewayFault, type GatewayPayment, type PaymentGateway } from '../gateways/payments.ts';
import { wallets, type Wallet } from '../ledger/documents.ts';
import { emptyWallet } from '../ledger/domain/wallet.ts';
import { balanceView } from '../ledger/readWallet.ts';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import { takePayment, type FoundOrder, type Taken } from './acceptPayment.ts';
import type { confirmContract } from './contract.ts';
import { orders } from './documents.ts';
import { isPaidBy } from './domain/paid.ts';

type Input = z.output<typeof confirmContract.input>;
type Answer = z.input<typeof confirmContract.output>;

/**
 * May be repeated: a payment that was credited answers as before, with the balance of now.
 * @throws Refusal NOT_FOUND for an order that is not one's own, INVALID_INPUT naming `signature`
 */
export async function confirmPayment(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const { orderId, paymentId, signature } = input;
  const [order, me] = await ports.store.getAll(orders.doc(orderId), users.doc(actor.uid));
  actor.admit(me);
  if (order === undefined || order.uid !== actor.uid) throw refuse('NOT_FOUND');
  const gateway = ports.payments[order.gateway];
  const { gatewayOrderId } = order;
  const genuine =
    gatewayOrderId !== null && gateway.isCheckoutGenuine({ gatewayOrderId, paymentId, signature });
  if (!genuine) throw refuse('INVALID_INPUT', { issues: [{ path: 'signature', message: 'is not right' }] });
  const { verdict, wallet } = await settle(ports, { id: orderId, data: order }, paymentId);
  const balance = balanceView(wallet ?? (await walletOf(ports, actor.uid)));
  if (verdict === 'accept') return { status: 'paid', coinsAdded: order.coins, balance };
  return { status: verdict === 'pending' ? 'pending' : 'failed', coinsAdded: 0, balance };
}

/** What was credited already needs nobody's word again. */
async function settle(ports: AppPorts, order: FoundOrder, paymentId: string): Promise<Taken> {
  const { data } = order;
  if (isPaidBy(data, paymentId)) return { verdict: 'accept' };
  const payment = await ask(ports, ports.payments[data.gateway], paymentId);
  return payment === undefined ? { verdict: 'pending' } : takePayment(ports, order, payment, 'confirm');
}

/**
 * The signature shows that there is such a payment, so a gateway that does not answer, or does not know it yet, is no
 * reason to let the customer down: the webhook and the poll bring the coins.
 */
async function ask(
  { log }: AppPorts,
  gateway: PaymentGateway,
  paymentId: string,
): Promise<GatewayPayment | undefined> {
  try {
    const payment = await gateway.payment(paymentId);
    return payment?.paymentId === paymentId ? payment : undefined;
  } catch (fault) {
    if (!(fault instanceof PaymentGatewayFault)) throw fault;
    log.write(fault.outcome === 'refused' ? 'ERROR' : 'WARNING', 'a payment could not be looked up', {
      code: fault.providerCode,
    });
    return undefined;
  }
}

async function walletOf({ store }: AppPorts, uid: string): Promise<Wallet> {
  const [wallet] = await store.getAll(wallets.doc(uid));
  return wallet ?? emptyWallet();
}
