/** What can be asked of the deployment itself, as plain data. */
import { z } from 'zod';
import { GATEWAY_STATES } from '../gateways/payments.ts';
import { defineOperation } from '../platform/contract.ts';

export const healthContract = defineOperation({
  name: 'system/health',
  summary: 'Whether the backend works. Operators get the details.',
  access: 'public',
  input: z.strictObject({}),
  output: z.object({
    status: z.enum(['ok', 'degraded']),
    details: z
      .object({
        storeMs: z.number(),
        /** Effects that have waited for longer than a sweep should let them. */
        overdueEffects: z.number().int(),
        /** Open calls whose deadline passed longer ago than a sweep should let it. */
        overdueCalls: z.number().int(),
        /** Whether media tokens can be made. The provider itself is not asked. */
        media: z.enum(['configured', 'not_configured']),
        /** Whether each payment gateway takes our keys and answers. They are asked only for operators. */
        payments: z.object({ razorpay: z.enum(GATEWAY_STATES) }),
      })
      .optional(),
  }),
  errors: [],
  rest: {
    method: 'GET',
    path: '/v1/health',
    // What watches a server by its status alone must see it.
    statusOf: ({ status }) => (status === 'ok' ? 200 : 503),
    otherStatuses: { 503: 'It does not work as it should.' },
  },
});

export const versionContract = defineOperation({
  name: 'system/version',
  summary: 'Which version runs. Operators learn which deployment of it.',
  access: 'public',
  input: z.strictObject({}),
  output: z.object({
    version: z.string(),
    api: z.literal('v1'),
    details: z.object({ node: z.string(), revision: z.string().nullable() }).optional(),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/version' },
});
