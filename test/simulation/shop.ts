/**
 * The payment gateway of a schedule: it makes orders, takes money, says so by webhooks and to whoever asks. What it has
 * captured is the truth about every purchase.
 */
import {
  PaymentGatewayFault,
  type GatewayPayment,
  type PaymentGateway,
  type Price,
} from '../../functions/src/gateways/payments.ts';
import type { PaymentReport } from '../../functions/src/gateways/razorpay/webhook.ts';
import { takeReport } from '../../functions/src/payments/takeReport.ts';
import { Courier } from './courier.ts';
import type { Surroundings } from './parts.ts';

export const OUR_ACCOUNT = 'acc_ours';

/** An order as the gateway knows it. */
interface GatewayOrder extends Price {
  readonly gatewayOrderId: string;
  readonly reference: string;
}

/** What a customer's checkout hands in. */
export interface Checkout {
  readonly gatewayOrderId: string;
  readonly paymentId: string;
  readonly signature: string;
}

export class Shop {
  readonly #world: Surroundings;
  readonly #courier: Courier;
  readonly #orders = new Map<string, GatewayOrder>();
  readonly payments = new Map<string, GatewayPayment>();

  constructor(world: Surroundings) {
    this.#world = world;
    this.#courier = new Courier(world, {
      name: 'report',
      lost: 'payment report lost',
      late: 'payment report delayed',
      doubled: 'payment report doubled',
      reordered: 'payment report reordered',
    });
  }

  /** Money is offered for an order. @returns what the customer's app gets from the checkout */
  pay(gatewayOrderId: string, status: GatewayPayment['status']): Checkout {
    const order = this.#orders.get(gatewayOrderId);
    if (order === undefined) throw new Error('nobody can pay an order that was not made');
    const { amountPaise, currency } = order;
    const paymentId = `pay_${this.#world.random.hex128().slice(0, 14)}`;
    this.payments.set(paymentId, { paymentId, gatewayOrderId, amountPaise, currency, status });
    this.#report(paymentId);
    return { gatewayOrderId, paymentId, signature: signatureOf(gatewayOrderId, paymentId) };
  }

  /** The bank has decided, perhaps otherwise than before. */
  decide(paymentId: string, status: GatewayPayment['status']): void {
    const payment = this.payments.get(paymentId);
    if (payment === undefined) throw new Error('there is no such payment');
    this.payments.set(paymentId, { ...payment, status });
    this.#report(paymentId);
    // The gateway tells of a captured payment twice: of itself, and of the order that it pays.
    if (status === 'captured') this.#report(paymentId);
  }

  /** Somebody else's event, or one that is not what was ordered: it must change nothing. */
  async foreignReport(gatewayOrderId: string, wrong: 'account' | 'amount'): Promise<void> {
    const order = this.#orders.get(gatewayOrderId);
    if (order === undefined) return;
    const { currency, amountPaise } = order;
    const payment: GatewayPayment = {
      paymentId: `pay_${wrong}_${this.#world.random.hex128().slice(0, 8)}`,
      gatewayOrderId,
      currency,
      amountPaise: wrong === 'amount' ? amountPaise - 1 : amountPaise,
      status: 'captured',
    };
    this.#world.hit(wrong === 'amount' ? 'report of another amount' : 'report of another account');
    const report = { accountId: wrong === 'account' ? 'acc_other' : OUR_ACCOUNT, payment };
    await this.#world.invoke('report', async (ports) => await takeReport(ports, report, OUR_ACCOUNT));
  }

  #report(paymentId: string): void {
    const payment = this.payments.get(paymentId);
    if (payment === undefined) return;
    const report: PaymentReport = { accountId: OUR_ACCOUNT, payment };
    this.#courier.send({
      about: paymentId,
      take: async (ports) => await takeReport(ports, report, OUR_ACCOUNT),
    });
  }

  gateway(): PaymentGateway {
    return {
      keyId: () => 'rzp_key',
      openOrder: async ({ reference, amountPaise, currency }) =>
        await this.#answer(() => {
          const gatewayOrderId = `order_${this.#world.random.hex128().slice(0, 14)}`;
          this.#orders.set(gatewayOrderId, { gatewayOrderId, reference, amountPaise, currency });
          return { gatewayOrderId };
        }),
      findOrder: async ({ reference }) =>
        await this.#answer(() => {
          const found = [...this.#orders.values()].find((order) => order.reference === reference);
          return found && { gatewayOrderId: found.gatewayOrderId };
        }),
      payment: async (paymentId) => await this.#answer(() => this.payments.get(paymentId)),
      paymentsOf: async (gatewayOrderId) =>
        await this.#answer(() =>
          [...this.payments.values()].filter((payment) => payment.gatewayOrderId === gatewayOrderId),
        ),
      isCheckoutGenuine: ({ gatewayOrderId, paymentId, signature }) =>
        signature === signatureOf(gatewayOrderId, paymentId),
      state: async () => await Promise.resolve('ok' as const),
    };
  }

  /** It takes its time; now and then it gives no answer, whether it has done its work or not. */
  async #answer<T>(work: () => T): Promise<T> {
    const world = this.#world;
    await world.portPause();
    if (!world.random.chance(world.rates.gatewaySilent)) return work();
    if (world.random.chance(0.5)) {
      world.hit('gateway answer lost');
      work();
    } else world.hit('gateway silent');
    throw new PaymentGatewayFault('razorpay', 'timeout', 'unknown');
  }
}

function signatureOf(gatewayOrderId: string, paymentId: string): string {
  return `signed ${gatewayOrderId}|${paymentId}`;
}
