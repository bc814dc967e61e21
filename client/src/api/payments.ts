// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { Balance } from './types.ts';

export type PaymentsPackagesInput = Record<string, never>;

export interface PaymentsPackagesOutput {
  items: {
    packageId: string;
    name: string;
    coins: number;
    amountPaise: number;
    currency: string;
  }[];
}

export interface PaymentsCreateOrderInput {
  packageId: string;
  gateway: 'razorpay';
  requestId?: string | undefined;
}

export interface PaymentsCreateOrderOutput {
  orderId: string;
  gateway: 'razorpay';
  amountPaise: number;
  currency: string;
  coins: number;
  checkout: {
    keyId: string;
    gatewayOrderId: string;
    amountPaise: number;
    currency: string;
    name: string;
  };
}

export interface PaymentsConfirmInput {
  orderId: string;
  paymentId: string;
  signature: string;
  requestId?: string | undefined;
}

export interface PaymentsConfirmOutput {
  status: 'paid' | 'pending' | 'failed';
  coinsAdded: number;
  balance: Balance;
}

export interface PaymentsHistoryInput {
  limit?: number | undefined;
  cursor?: string | null | undefined;
}

export interface PaymentsHistoryOutput {
  items: {
    orderId: string;
    packageId: string;
    name: string;
    coins: number;
    amountPaise: number;
    currency: string;
    gateway: 'razorpay';
    status: 'created' | 'paid' | 'failed' | 'expired';
    createdAt: string;
    paidAt: string | null;
  }[];
  nextCursor: string | null;
}

export interface PaymentsOperations {
  /** The coin packages on sale and their prices. */
  packages(input?: PaymentsPackagesInput, options?: AskOptions): Promise<PaymentsPackagesOutput>;
  /** Order a coin package at the price of this moment; once for each requestId. @throws EarshotError NOT_FOUND, IDEMPOTENCY_MISMATCH, RATE_LIMITED */
  createOrder(input: PaymentsCreateOrderInput, options?: AskOptions): Promise<PaymentsCreateOrderOutput>;
  /** Hand in what the gateway’s checkout has signed; the coins come at once, and never twice. @throws EarshotError NOT_FOUND */
  confirm(input: PaymentsConfirmInput, options?: AskOptions): Promise<PaymentsConfirmOutput>;
  /** Your orders, newest first. */
  history(input?: PaymentsHistoryInput, options?: AskOptions): Promise<PaymentsHistoryOutput>;
}

export const paymentsRoutes = {
  packages: { method: 'GET', path: '/v1/payments/packages' },
  createOrder: { method: 'POST', path: '/v1/payments/orders', requestId: true },
  confirm: { method: 'POST', path: '/v1/payments/orders/{orderId}/confirm', requestId: true },
  history: { method: 'GET', path: '/v1/payments/orders' },
} as const;
