/** The operations of presence, as plain data. */
import { z } from 'zod';
import { defineOperation, idInput, isoTime, requestIdInput } from '../platform/contract.ts';

const requestId = requestIdInput.optional();

export const presenceOutput = z.object({
  userId: z.string(),
  online: z.boolean(),
  /** The last beat; null for whoever has never been here, or may not be seen. */
  lastSeen: isoTime.nullable(),
  /** In a call, or marked so. */
  busy: z.boolean(),
  /** Online, willing to take calls and not busy. */
  available: z.boolean(),
});

/** One's own presence shows also what others are not told. */
export const ownPresenceOutput = presenceOutput.extend({
  willing: z.boolean(),
  busyUntil: isoTime.nullable(),
});

export const heartbeatContract = defineOperation({
  name: 'presence/heartbeat',
  summary: 'Be online. Needed once; later beats may be written to the document directly.',
  access: 'registered',
  input: z.strictObject({ requestId }),
  output: z.object({ onlineUntil: isoTime }),
  errors: [],
  rest: { method: 'POST', path: '/v1/presence/heartbeat' },
});

export const updateContract = defineOperation({
  name: 'presence/update',
  summary: 'Go online or offline, take calls or not, be busy until a moment (null: no longer).',
  access: 'registered',
  input: z.strictObject({
    online: z.boolean().optional(),
    /** Whether a listener takes calls; has no meaning for others. */
    willing: z.boolean().optional(),
    /** In the future, and at most a day ahead. Many languages write UTC as `+00:00`. */
    busyUntil: z.iso.datetime({ offset: true }).nullable().optional(),
    requestId,
  }),
  output: z.object({ presence: ownPresenceOutput }),
  errors: ['IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/presence' },
});

export const getContract = defineOperation({
  name: 'presence/get',
  summary: 'The presence of listeners, of the other party of your open call, and of yourself.',
  access: 'registered',
  input: z.strictObject({ userIds: z.array(idInput).min(1).max(100) }),
  output: z.object({ items: z.array(presenceOutput) }),
  errors: [],
  rest: { method: 'GET', path: '/v1/presence' },
});
