/**
 * Who asks. Identity comes from the verified token only; session, ban and roles from `users/{uid}`, read in each
 * operation's own `getAll` and handed to `admit`.
 */
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Access } from './contract.ts';
import { refuse } from './errors.ts';
import { defineCollection } from './store/collection.ts';

/** The part of a profile that decides whether its owner may do anything. */
export const sessionSchema = z.looseObject({
  /** Tokens whose `auth_time` (real seconds) is smaller are refused. */
  sessionsValidAfter: z.number().nullable().optional(),
  bannedUntil: z.date().nullable().optional(),
  roles: z.array(z.string()),
});
export type SessionRecord = z.infer<typeof sessionSchema>;
export const sessions = defineCollection('users/{}', sessionSchema);

/** What the verified ID token says. */
export interface VerifiedToken {
  readonly uid: string;
  /** When the session began, in real seconds; of a custom token traded later, when that was made. */
  readonly authTimeSec: number;
  readonly admin: boolean;
  /** The phone number that Firebase has verified, E.164; null for an account without one. */
  readonly phone: string | null;
}

/** The one who asks, until `admit` has passed: nobody. */
export class Actor {
  readonly uid: string;
  /** The verified phone number of the account, E.164. */
  readonly phone: string | null;
  readonly #token: VerifiedToken;
  readonly #access: Access;
  readonly #clock: Clock;
  #admitted = false;

  constructor(token: VerifiedToken, access: Access, clock: Clock) {
    this.uid = token.uid;
    this.phone = token.phone;
    this.#token = token;
    this.#access = access;
    this.#clock = clock;
  }

  /** Whether `admit` was called; the edge refuses to answer for an operation that forgot it. */
  get admitted(): boolean {
    return this.#admitted;
  }

  /**
   * Checks session, ban, registration and role, in this order.
   * @param record the stored `users/{uid}`, read with everything else the operation needs
   * @throws Refusal SESSION_REVOKED, USER_BANNED, NOT_REGISTERED, NOT_ALLOWED
   */
  admit(record: SessionRecord | undefined): void {
    const validAfter = record?.sessionsValidAfter ?? null;
    // Only an earlier second is refused: leaving and entering again within one second must work.
    if (validAfter !== null && this.#token.authTimeSec < validAfter) throw refuse('SESSION_REVOKED');
    const until = record?.bannedUntil ?? null;
    if (until !== null && until > this.#clock.now())
      throw refuse('USER_BANNED', { until: until.toISOString() });
    if (this.#access !== 'signedIn' && record === undefined) throw refuse('NOT_REGISTERED');
    if (!this.#hasRole(record?.roles ?? [])) throw refuse('NOT_ALLOWED');
    this.#admitted = true;
  }

  /** Whether this is an operator: by the claim and by the role, as for an operation of operators. */
  isOperator({ roles }: Pick<SessionRecord, 'roles'>): boolean {
    return this.#token.admin && roles.includes('admin');
  }

  /** A claim alone does not make an operator: the role on the profile can be taken away at once. */
  #hasRole(roles: readonly string[]): boolean {
    if (this.#access === 'listener') return roles.includes('listener');
    return this.#access !== 'admin' || (this.#token.admin && roles.includes('admin'));
  }
}
