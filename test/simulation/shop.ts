/** The payment gateway of a schedule: it has captured what was paid, and says so to whoever asks. */
import type { GatewayPayment, PaymentGateway } from '../../functions/src/gateways/payments.ts';
import type { Order } from '../../functions/src/payments/documents.ts';

/** One payment that somebody has made. */
export interface Purchase {
  readonly uid: string;
  readonly paymentId: string;
  readonly coins: number;
}

const PAISE_PER_COIN = 50;

/** The order of a purchase, which the poll may ask about at once. */
export function orderOf({ uid, paymentId, coins }: Purchase, now: Date): Order {
  return {
    uid,
    packageId: `coins-${coins}`,
    name: 'purchase',
    coins,
    amountPaise: coins * PAISE_PER_COIN,
    currency: 'INR',
    gateway: 'razorpay',
    gatewayOrderId: `order_${paymentId}`,
    status: 'created',
    paymentId: null,
    furtherPaymentIds: [],
    createdAt: now,
    paidAt: null,
    nextPollAt: now,
    inputHash: '',
  };
}

/** What the gateway says of it. */
export function capturedPayment({ paymentId, coins }: Purchase): GatewayPayment {
  const gatewayOrderId = `order_${paymentId}`;
  return {
    paymentId,
    gatewayOrderId,
    amountPaise: coins * PAISE_PER_COIN,
    currency: 'INR',
    status: 'captured',
  };
}

export class Shop {
  readonly #payments = new Map<string, GatewayPayment>();

  capture(purchase: Purchase): void {
    this.#payments.set(purchase.paymentId, capturedPayment(purchase));
  }

  /** @param ask what an outside call costs: time, and now and then an answer */
  gateway(ask: () => Promise<void>): PaymentGateway {
    const none = (): never => {
      throw new Error('no order is made here');
    };
    return {
      keyId: none,
      openOrder: none,
      findOrder: none,
      payment: async (paymentId) => {
        await ask();
        return this.#payments.get(paymentId);
      },
      paymentsOf: async (gatewayOrderId) => {
        await ask();
        return [...this.#payments.values()].filter((payment) => payment.gatewayOrderId === gatewayOrderId);
      },
      isCheckoutGenuine: () => true,
      state: none,
    };
  }
}
