/** Every operation of the project, by service. */
import { callOperations } from './calls/operations.ts';
import { walletOperations } from './ledger/operations.ts';
import { notificationOperations } from './notifications/operations.ts';
import { systemOperations } from './system/operations.ts';
import { userOperations } from './users/operations.ts';

export { callOperations, notificationOperations, systemOperations, userOperations, walletOperations };

export const allOperations = [
  ...callOperations,
  ...walletOperations,
  ...userOperations,
  ...notificationOperations,
  ...systemOperations,
];
