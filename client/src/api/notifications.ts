// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';

export interface NotificationsRegisterDeviceInput {
  token: string;
  platform: 'android' | 'ios' | 'web';
  appVersion?: string | undefined;
  requestId?: string | undefined;
}

export interface NotificationsRegisterDeviceOutput {
  deviceId: string;
}

export interface NotificationsUnregisterDeviceInput {
  deviceId: string;
  requestId?: string | undefined;
}

export type NotificationsUnregisterDeviceOutput = Record<string, never>;

export interface NotificationsOperations {
  /** Have pushes sent to this device. Repeat it at each start of the app and whenever the token changes. @throws EarshotError IDEMPOTENCY_MISMATCH */
  registerDevice(input: NotificationsRegisterDeviceInput, options?: AskOptions): Promise<NotificationsRegisterDeviceOutput>;
  /** Send no more pushes to this device. @throws EarshotError IDEMPOTENCY_MISMATCH */
  unregisterDevice(input: NotificationsUnregisterDeviceInput, options?: AskOptions): Promise<NotificationsUnregisterDeviceOutput>;
}

export const notificationsRoutes = {
  registerDevice: { method: 'POST', path: '/v1/devices', requestId: true },
  unregisterDevice: { method: 'POST', path: '/v1/devices/{deviceId}/unregister', requestId: true },
} as const;
