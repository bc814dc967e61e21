/** The payments service: contracts bound to their use cases. */
import { operation, publicOperation } from '../platform/operation.ts';
import { confirmPayment } from './confirmPayment.ts';
import { confirmContract, createOrderContract, historyContract, packagesContract } from './contract.ts';
import { createOrder } from './createOrder.ts';
import { orderHistory } from './orderHistory.ts';
import { listPackages } from './packages.ts';

export const paymentOperations = [
  publicOperation(packagesContract, listPackages),
  operation(createOrderContract, createOrder),
  operation(confirmContract, confirmPayment),
  operation(historyContract, orderHistory),
];
