/** The operations of a person's devices, as plain data. */
import { z } from 'zod';
import { defineOperation, requestIdInput } from '../platform/contract.ts';

export const deviceIdInput = z.string().regex(/^[0-9a-f]{64}$/u, 'not a device id');
const requestId = requestIdInput.optional();

export const registerDeviceContract = defineOperation({
  name: 'notifications/registerDevice',
  summary:
    'Have pushes sent to this device. Repeat it at each start of the app and whenever the token changes.',
  access: 'registered',
  input: z.strictObject({
    /** The registration token that Firebase Cloud Messaging gave the app. */
    token: z.string().regex(/^[\x21-\x7e]{1,4096}$/u, 'not a registration token'),
    platform: z.enum(['android', 'ios', 'web']),
    appVersion: z
      .string()
      .regex(/^[\x20-\x7e]{1,40}$/u, 'not a version')
      .optional(),
    requestId,
  }),
  output: z.object({ deviceId: z.string() }),
  errors: ['IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/devices' },
});

export const unregisterDeviceContract = defineOperation({
  name: 'notifications/unregisterDevice',
  summary: 'Send no more pushes to this device.',
  access: 'registered',
  input: z.strictObject({ deviceId: deviceIdInput, requestId }),
  output: z.object({}),
  errors: ['IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/devices/{deviceId}/unregister' },
});
