/** Orders of coins, as they lie in the store. */
import type { Order } from '../payments/documents.ts';
import { START } from './calls.ts';
import { CALLER } from './callWorld.ts';

/** 300 coins that the caller wants, and that the gateway is due to be asked about. */
export const order: Order = {
  uid: CALLER,
  packageId: 'coins-300',
  name: '300 coins',
  coins: 300,
  amountPaise: 15_000,
  currency: 'INR',
  gateway: 'razorpay',
  gatewayOrderId: 'order_1',
  status: 'created',
  paymentId: null,
  furtherPaymentIds: [],
  createdAt: START,
  paidAt: null,
  nextPollAt: START,
  inputHash: '',
};
