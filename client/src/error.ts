/** What goes wrong, in one shape, whichever way it was asked. */
import type { RefusalDetails } from './api/index.ts';

/** What a client finds out by itself, beside the refusals of the backend. */
interface ClientFaults {
  /** A fault of the backend; the id is in its log. */
  INTERNAL: { correlationId?: string | undefined };
  /** No answer came: no network, or the backend is not reachable. */
  UNAVAILABLE: Record<string, never>;
  /** No answer came in time. */
  TIMEOUT: Record<string, never>;
  /** Microphone, camera or the media SDK failed. */
  MEDIA_FAILED: Record<string, never>;
  /** Nothing that is expected, e.g. an operation that this deployment does not have. */
  UNKNOWN: Record<string, never>;
}

export interface ErrorDetails extends RefusalDetails, ClientFaults {}
/** Every reason there is: a closed list. */
export type Reason = keyof ErrorDetails;

/**
 * The kinds of reasons, as the callable protocol names them. Of a refusal it is the one that belongs to its reason.
 */
export type ErrorCode =
  | 'invalid-argument'
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'already-exists'
  | 'failed-precondition'
  | 'resource-exhausted'
  | 'internal'
  | 'unavailable'
  | 'deadline-exceeded'
  | 'cancelled'
  | 'unknown';

const CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid-argument',
  'unauthenticated',
  'permission-denied',
  'not-found',
  'already-exists',
  'failed-precondition',
  'resource-exhausted',
  'internal',
  'unavailable',
  'deadline-exceeded',
  'cancelled',
  'unknown',
]);

/** Whatever an operation, a live query or a call fails with. Program against `reason`. */
export class EarshotError<R extends Reason = Reason> extends Error {
  readonly code: ErrorCode;
  readonly reason: R;
  /** What belongs to the reason: `has('INSUFFICIENT_COINS')` makes it typed. */
  readonly details: ErrorDetails[R];

  constructor(told: {
    readonly code: ErrorCode;
    readonly reason: R;
    readonly details: ErrorDetails[R];
    readonly message: string;
    readonly cause?: unknown;
  }) {
    super(told.message, { cause: told.cause });
    this.name = 'EarshotError';
    this.code = told.code;
    this.reason = told.reason;
    this.details = told.details;
  }

  /**
   * Whether this is the reason; if so, its details are typed.
   * @example if (error.has('INSUFFICIENT_COINS')) offerCoins(error.details.requiredCoins)
   */
  has<K extends Reason>(reason: K): this is EarshotError<K> {
    const own: Reason = this.reason;
    return own === reason;
  }
}

/** Whether a client of Earshot made this error. */
export function isEarshotError(fault: unknown): fault is EarshotError {
  return fault instanceof EarshotError;
}

/** Whether `fault` is an EarshotError of this reason, for `catch`. */
export function isRefusal<K extends Reason>(fault: unknown, reason: K): fault is EarshotError<K> {
  return isEarshotError(fault) && fault.has(reason);
}

/** What SDKs and routes tell of an error, as far as it is told. */
interface Told {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
}

/** Reasons of what comes without one: it never reached an operation. */
const REASONS: Readonly<Partial<Record<ErrorCode, Reason>>> = {
  unauthenticated: 'SIGN_IN_REQUIRED',
  'permission-denied': 'NOT_ALLOWED',
  // The callable SDK says `internal` when there is no network; an operation that fails says so itself, with details.
  internal: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
  // Google's front end, when there is no instance to take the request.
  'resource-exhausted': 'UNAVAILABLE',
  'deadline-exceeded': 'TIMEOUT',
};

/** What Firebase Auth says when it cannot give a token, beyond the codes above. */
const AUTH_CODES: Readonly<Record<string, ErrorCode>> = {
  'auth/network-request-failed': 'unavailable',
  'auth/timeout': 'deadline-exceeded',
  'auth/internal-error': 'internal',
  'auth/invalid-user-token': 'unauthenticated',
  'auth/user-disabled': 'unauthenticated',
  'auth/user-not-found': 'unauthenticated',
  'auth/user-token-expired': 'unauthenticated',
};

/** @param fault whatever was thrown: by Firebase's SDKs, a REST answer’s `error`, or anything else */
export function toEarshotError(fault: unknown): EarshotError {
  if (isEarshotError(fault)) return fault;
  const { code: said, message, details }: Told = typeof fault === 'object' && fault !== null ? fault : {};
  const code = codeOf(typeof said === 'string' ? said : 'unknown');
  const { reason, ...rest }: { reason?: unknown } =
    typeof details === 'object' && details !== null ? details : {};
  const text = typeof message === 'string' ? message : 'Something unexpected went wrong.';
  if (typeof reason === 'string')
    return new EarshotError({
      code,
      reason: reason as Reason,
      details: rest,
      message: text,
      cause: fault,
    });
  const guessed = REASONS[code] ?? 'UNKNOWN';
  const told = guessed === 'UNAVAILABLE' ? 'unavailable' : code;
  return new EarshotError({ code: told, reason: guessed, details: {}, message: text, cause: fault });
}

function codeOf(said: string): ErrorCode {
  const word = said.replace(/^(functions|firestore)\//u, '');
  return AUTH_CODES[said] ?? (CODES.has(word) ? (word as ErrorCode) : 'unknown');
}

/** Of a client without anybody signed in. */
export function signInRequired(): EarshotError {
  return new EarshotError({
    code: 'unauthenticated',
    reason: 'SIGN_IN_REQUIRED',
    details: {},
    message: 'Sign in first.',
  });
}

/** Whether it may be different a moment later. */
export function isPassing({ reason }: EarshotError): boolean {
  return reason === 'UNAVAILABLE' || reason === 'TIMEOUT' || reason === 'INTERNAL';
}

const LASTING: ReadonlySet<ErrorCode> = new Set([
  'invalid-argument',
  'unauthenticated',
  'permission-denied',
  'not-found',
  'failed-precondition',
]);

/** Whether a live document was refused: asking again would find the same. */
export function isLasting({ code }: EarshotError): boolean {
  return LASTING.has(code);
}

/** Of microphone, camera or the media SDK. */
export function mediaFailed(message: string, cause?: unknown): EarshotError {
  return new EarshotError({ code: 'unknown', reason: 'MEDIA_FAILED', details: {}, message, cause });
}
