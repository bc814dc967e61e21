/** Every operation of the project, by service. */
import { authOperations } from './auth/operations.ts';
import { callOperations } from './calls/operations.ts';
import { walletOperations } from './ledger/operations.ts';
import { listenerOperations } from './listeners/operations.ts';
import { notificationOperations } from './notifications/operations.ts';
import { paymentOperations } from './payments/operations.ts';
import { presenceOperations } from './presence/operations.ts';
import { systemOperations } from './system/operations.ts';
import { userOperations } from './users/operations.ts';
import { verificationOperations } from './verification/operations.ts';

export {
  authOperations,
  callOperations,
  walletOperations,
  listenerOperations,
  notificationOperations,
  paymentOperations,
  presenceOperations,
  systemOperations,
  userOperations,
  verificationOperations,
};

export const allOperations = [
  ...authOperations,
  ...callOperations,
  ...walletOperations,
  ...listenerOperations,
  ...notificationOperations,
  ...paymentOperations,
  ...presenceOperations,
  ...systemOperations,
  ...userOperations,
  ...verificationOperations,
];
