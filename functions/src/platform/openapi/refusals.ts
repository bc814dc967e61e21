/** The details of each refusal as a schema, for the documentation. The compiler holds it against `RefusalDetails`. */
import { z } from 'zod';
import type { Reason, RefusalDetails } from '../errors.ts';

/** What the details of one reason look like, and one of them. */
interface Shape<D> {
  readonly details: z.ZodType<D>;
  readonly example: D;
}

const none: Shape<Readonly<Partial<Record<'none', never>>>> = { details: z.object({}), example: {} };

export const REFUSAL_SHAPES: { readonly [R in Reason]: Shape<RefusalDetails[R]> } = {
  INVALID_INPUT: {
    details: z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) }),
    example: { issues: [{ path: 'calleeId', message: 'not an id' }] },
  },
  PHONE_INVALID: none,
  SELF_CALL: none,
  OTP_INVALID: { details: z.object({ attemptsLeft: z.int() }), example: { attemptsLeft: 4 } },
  SIGN_IN_REQUIRED: none,
  SESSION_REVOKED: none,
  NOT_ALLOWED: none,
  USER_BANNED: {
    details: z.object({ until: z.iso.datetime() }),
    example: { until: '2030-01-01T00:00:00.000Z' },
  },
  NOT_FOUND: none,
  ALREADY_REGISTERED: none,
  USERNAME_TAKEN: none,
  IDEMPOTENCY_MISMATCH: none,
  NOT_REGISTERED: none,
  INVALID_TRANSITION: {
    details: z.object({
      state: z.string(),
      endReason: z.string().optional(),
      answeredElsewhere: z.literal(true).optional(),
    }) as z.ZodType<RefusalDetails['INVALID_TRANSITION']>,
    example: { state: 'ended', endReason: 'cancelled' },
  },
  CALLEE_NOT_CALLABLE: none,
  CALLEE_OFFLINE: none,
  CALLEE_BUSY: none,
  CALLER_BUSY: {
    details: z.object({ callId: z.string(), role: z.enum(['caller', 'callee']) }),
    example: { callId: 'b9tR4mXcQk2V7sYh', role: 'callee' },
  },
  INSUFFICIENT_COINS: {
    details: z.object({ requiredCoins: z.int(), availableCoins: z.int() }),
    example: { requiredCoins: 10, availableCoins: 4 },
  },
  OTP_EXPIRED: none,
  UNDERAGE: none,
  REQUIREMENTS_NOT_MET: {
    details: z.object({ missing: z.array(z.string()) }),
    example: { missing: ['bio'] },
  },
  RATE_LIMITED: { details: z.object({ retryAfterSec: z.int() }), example: { retryAfterSec: 30 } },
};
