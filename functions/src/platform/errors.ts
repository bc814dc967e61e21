/**
 * The closed table of refusals. A use case throws `refuse(reason, details)`; the edge maps it to an HttpsError or a
 * REST answer. Anything else that is thrown leaves as `internal`, with the detail only in the log.
 */

/** Codes of the callable protocol that a refusal can carry. */
export type RefusalCode =
  | 'invalid-argument'
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'already-exists'
  | 'failed-precondition'
  | 'resource-exhausted';

/** The numbers and words a client needs for each reason. A reason without any has the empty shape. */
export interface RefusalDetails {
  INVALID_INPUT: { issues: { path: string; message: string }[] };
  PHONE_INVALID: Empty;
  SELF_CALL: Empty;
  OTP_INVALID: { attemptsLeft: number };
  SIGN_IN_REQUIRED: Empty;
  SESSION_REVOKED: Empty;
  NOT_ALLOWED: Empty;
  USER_BANNED: { until: string };
  NOT_FOUND: Empty;
  ALREADY_REGISTERED: Empty;
  USERNAME_TAKEN: Empty;
  IDEMPOTENCY_MISMATCH: Empty;
  NOT_REGISTERED: Empty;
  INVALID_TRANSITION: { state: string; endReason?: string; answeredElsewhere?: true };
  CALLEE_NOT_CALLABLE: Empty;
  CALLEE_OFFLINE: Empty;
  CALLEE_BUSY: Empty;
  CALLER_BUSY: { callId: string; role: 'caller' | 'callee' };
  INSUFFICIENT_COINS: { requiredCoins: number; availableCoins: number };
  OTP_EXPIRED: Empty;
  UNDERAGE: Empty;
  REQUIREMENTS_NOT_MET: { missing: string[] };
  RATE_LIMITED: { retryAfterSec: number };
}
/** No details: `{}` is assignable to it, and nothing with fields is. */
type Empty = Readonly<Partial<Record<'none', never>>>;

export type Reason = keyof RefusalDetails;

/** One row of the table: the callable's code, and the sentence a developer reads. */
interface Row {
  readonly code: RefusalCode;
  readonly message: string;
}

export const REFUSALS: Readonly<Record<Reason, Row>> = {
  INVALID_INPUT: { code: 'invalid-argument', message: 'The input does not match the contract.' },
  PHONE_INVALID: { code: 'invalid-argument', message: 'This is not a phone number in international format.' },
  SELF_CALL: { code: 'invalid-argument', message: 'You cannot call yourself.' },
  OTP_INVALID: { code: 'invalid-argument', message: 'The code is not right.' },
  SIGN_IN_REQUIRED: { code: 'unauthenticated', message: 'Sign in first.' },
  SESSION_REVOKED: { code: 'unauthenticated', message: 'This session has ended. Sign in again.' },
  NOT_ALLOWED: { code: 'permission-denied', message: 'You may not do this.' },
  USER_BANNED: { code: 'permission-denied', message: 'This account is banned.' },
  NOT_FOUND: { code: 'not-found', message: 'There is nothing here for you.' },
  ALREADY_REGISTERED: { code: 'already-exists', message: 'This account is registered already.' },
  USERNAME_TAKEN: { code: 'already-exists', message: 'This username is taken.' },
  IDEMPOTENCY_MISMATCH: { code: 'already-exists', message: 'This requestId was used with other input.' },
  NOT_REGISTERED: { code: 'failed-precondition', message: 'Register first.' },
  INVALID_TRANSITION: {
    code: 'failed-precondition',
    message: 'The call is not in a state that allows this.',
  },
  CALLEE_NOT_CALLABLE: { code: 'failed-precondition', message: 'This person cannot be called like this.' },
  CALLEE_OFFLINE: { code: 'failed-precondition', message: 'This person is offline.' },
  CALLEE_BUSY: { code: 'failed-precondition', message: 'This person is busy.' },
  CALLER_BUSY: { code: 'failed-precondition', message: 'You are in a call already.' },
  INSUFFICIENT_COINS: { code: 'failed-precondition', message: 'Not enough coins.' },
  OTP_EXPIRED: { code: 'failed-precondition', message: 'The code has expired.' },
  UNDERAGE: { code: 'failed-precondition', message: 'You are too young to register.' },
  REQUIREMENTS_NOT_MET: { code: 'failed-precondition', message: 'Something is missing.' },
  RATE_LIMITED: { code: 'resource-exhausted', message: 'Too many requests. Try again later.' },
};

/** HTTP status of each code on the REST surface; the same numbers as Google's API errors. */
export const HTTP_STATUS: Readonly<Record<RefusalCode | 'internal', number>> = {
  'invalid-argument': 400,
  'failed-precondition': 400,
  unauthenticated: 401,
  'permission-denied': 403,
  'not-found': 404,
  'already-exists': 409,
  'resource-exhausted': 429,
  internal: 500,
};

/** An expected refusal: it is answered to the client and not logged as an error. */
export class Refusal extends Error {
  readonly reason: Reason;
  /** What `RefusalDetails` lists for the reason; `refuse` makes sure of it. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(reason: Reason, details: Readonly<Record<string, unknown>>) {
    super(REFUSALS[reason].message);
    this.name = 'Refusal';
    this.reason = reason;
    this.details = details;
  }
  get code(): RefusalCode {
    return REFUSALS[this.reason].code;
  }
}

/**
 * Makes the refusal of `reason`.
 * @example throw refuse('INSUFFICIENT_COINS', { requiredCoins: 10, availableCoins: 4 })
 */
export function refuse<R extends Reason>(
  reason: R,
  ...details: Empty extends RefusalDetails[R] ? [] : [RefusalDetails[R]]
): Refusal {
  return new Refusal(reason, { ...details[0] });
}

/** For the end of a switch over a closed union: a new member is a compile error here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}

/** Broken invariants throw: they are bugs, they leave as `internal`, and nothing is written. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
