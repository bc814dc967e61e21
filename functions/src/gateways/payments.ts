/** The port of whoever takes money from customers. Nothing here knows a person: orders carry our reference only. */

/** Amounts are in paise, the smallest unit of the currency. */
export interface Price {
  readonly amountPaise: number;
  readonly currency: string;
}

/** A payment as the provider tells it. Money is ours when it is `captured`; `failed` may still become so. */
export interface GatewayPayment extends Price {
  readonly paymentId: string;
  /** The provider's id of the order that was paid; null for a payment without one. */
  readonly gatewayOrderId: string | null;
  readonly status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
}

/** Whether anything can be sold: the account is not set, its keys are not taken, or nobody is there. */
export const GATEWAY_STATES = ['ok', 'not_configured', 'refused', 'no_answer'] as const;
export type GatewayState = (typeof GATEWAY_STATES)[number];

export interface PaymentGateway {
  /** What a client's SDK needs to know whom it pays. Public. @throws when it is not configured */
  keyId(): string;
  /**
   * Makes an order. An answer that got lost is looked for before anything else, so that one reference has one order
   * wherever that can be known.
   * @param order.reference our id of the order, at most 40 characters
   * @throws PaymentGatewayFault when it was refused, or when nobody knows whether it was made
   */
  openOrder(order: Price & { readonly reference: string }): Promise<{ readonly gatewayOrderId: string }>;
  /** @returns the order that was made for a reference; undefined when there is none */
  findOrder(
    order: Price & { readonly reference: string },
  ): Promise<{ readonly gatewayOrderId: string } | undefined>;
  /** @returns undefined when the provider knows no such payment; @throws PaymentGatewayFault */
  payment(paymentId: string): Promise<GatewayPayment | undefined>;
  /** Every payment that was tried for an order. @throws PaymentGatewayFault */
  paymentsOf(gatewayOrderId: string): Promise<GatewayPayment[]>;
  /** Whether the provider has signed what a client says it has paid. Asks nobody. */
  isCheckoutGenuine(checkout: {
    readonly gatewayOrderId: string;
    readonly paymentId: string;
    readonly signature: string;
  }): boolean;
  /** Asks the provider for next to nothing, to see whether it answers. Never throws, and takes at most 1.5 seconds. */
  state(): Promise<GatewayState>;
}

/** The providers by the name that clients use. */
export interface PaymentGateways {
  readonly razorpay: PaymentGateway;
}

/** A provider's refusal, or no answer that could be understood. Its message carries nothing of the person. */
export class PaymentGatewayFault extends Error {
  /** The provider's own word for it, fit for a log. */
  readonly providerCode: string;
  /** `unknown`: it may or may not have happened. */
  readonly outcome: 'refused' | 'unknown';

  constructor(provider: string, providerCode: string, outcome: 'refused' | 'unknown') {
    super(`${provider} ${outcome === 'refused' ? 'refused' : 'did not answer'} (${providerCode})`);
    this.name = 'PaymentGatewayFault';
    this.providerCode = providerCode;
    this.outcome = outcome;
  }
}
