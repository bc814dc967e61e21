// Generated from the contracts by `npm run docs:api`; do not edit it.
import { authRoutes, type AuthOperations } from './auth.ts';
import { callsRoutes, type CallsOperations } from './calls.ts';
import { walletRoutes, type WalletOperations } from './wallet.ts';
import { listenersRoutes, type ListenersOperations } from './listeners.ts';
import { notificationsRoutes, type NotificationsOperations } from './notifications.ts';
import { paymentsRoutes, type PaymentsOperations } from './payments.ts';
import { presenceRoutes, type PresenceOperations } from './presence.ts';
import { systemRoutes, type SystemOperations } from './system.ts';
import { usersRoutes, type UsersOperations } from './users.ts';
import { verificationRoutes, type VerificationOperations } from './verification.ts';

/** Every operation, by service. */
export interface Operations {
  readonly auth: AuthOperations;
  readonly calls: CallsOperations;
  readonly wallet: WalletOperations;
  readonly listeners: ListenersOperations;
  readonly notifications: NotificationsOperations;
  readonly payments: PaymentsOperations;
  readonly presence: PresenceOperations;
  readonly system: SystemOperations;
  readonly users: UsersOperations;
  readonly verification: VerificationOperations;
}

export const ROUTES = {
  auth: authRoutes,
  calls: callsRoutes,
  wallet: walletRoutes,
  listeners: listenersRoutes,
  notifications: notificationsRoutes,
  payments: paymentsRoutes,
  presence: presenceRoutes,
  system: systemRoutes,
  users: usersRoutes,
  verification: verificationRoutes,
} as const;

export type * from './auth.ts';
export type * from './calls.ts';
export type * from './wallet.ts';
export type * from './listeners.ts';
export type * from './notifications.ts';
export type * from './payments.ts';
export type * from './presence.ts';
export type * from './system.ts';
export type * from './users.ts';
export type * from './verification.ts';
export type * from './types.ts';
export type * from './refusals.ts';
