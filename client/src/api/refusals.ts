// Generated from the contracts by `npm run docs:api`; do not edit it.

/** Every reason for which the backend refuses, with the details that come with it. */
export interface RefusalDetails {
  INVALID_INPUT: { issues: { path: string; message: string }[] };
  PHONE_INVALID: Record<string, never>;
  SELF_CALL: Record<string, never>;
  OTP_INVALID: { attemptsLeft: number };
  SIGN_IN_REQUIRED: Record<string, never>;
  SESSION_REVOKED: Record<string, never>;
  NOT_ALLOWED: Record<string, never>;
  USER_BANNED: { until: string };
  NOT_FOUND: Record<string, never>;
  ALREADY_REGISTERED: Record<string, never>;
  USERNAME_TAKEN: Record<string, never>;
  IDEMPOTENCY_MISMATCH: Record<string, never>;
  NOT_REGISTERED: Record<string, never>;
  INVALID_TRANSITION: { state: string; endReason?: string | undefined; answeredElsewhere?: true | undefined };
  CALLEE_NOT_CALLABLE: Record<string, never>;
  CALLEE_OFFLINE: Record<string, never>;
  CALLEE_BUSY: Record<string, never>;
  CALLER_BUSY: { callId: string; role: 'caller' | 'callee' };
  INSUFFICIENT_COINS: { requiredCoins: number; availableCoins: number };
  OTP_EXPIRED: Record<string, never>;
  UNDERAGE: Record<string, never>;
  REQUIREMENTS_NOT_MET: { missing: string[] };
  RATE_LIMITED: { retryAfterSec: number };
}
