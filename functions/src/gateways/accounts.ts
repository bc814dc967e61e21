/** The accounts port: who owns a phone number, and the sessions of an account. */

export interface AccountGateway {
  /**
   * The one account of a verified phone number, made if there is none; also the one that Firebase's own phone sign-in
   * leads to.
   * @param phone E.164
   */
  findOrCreate(phone: string): Promise<{ readonly uid: string }>;
  /**
   * @param issuedSec now, in real seconds: kept by every ID token of the sessions it is traded for, because it can be
   *   traded again and again, also after a logout
   * @returns a token that the client trades for a session; it lives an hour
   */
  customToken(uid: string, issuedSec: number): Promise<string>;
  /**
   * Makes every refresh token of the account worthless, whenever it was given out. Repeating it is harmless; an unknown
   * account is left alone.
   */
  endSessions(uid: string): Promise<void>;
  /** @returns when somebody signed in last, in real seconds; undefined for an account that nobody has signed in to */
  lastSignInSec(uid: string): Promise<number | undefined>;
}
