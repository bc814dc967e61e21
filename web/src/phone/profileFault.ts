/** What it means when the own profile cannot be followed. */
import { isRefusal } from '../../../client/src/error.ts';

/** Nobody who is refused for these gets in again with the session at hand. */
const SESSION_OVER = ['SESSION_REVOKED', 'SIGN_IN_REQUIRED', 'USER_BANNED'] as const;

/**
 * @param fault of asking for the profile; undefined when there was an answer
 * @returns `again` for whatever may be different a moment later
 */
export function afterProfileFault(fault: unknown): 'register' | 'signOut' | 'again' {
  if (isRefusal(fault, 'NOT_REGISTERED')) return 'register';
  return SESSION_OVER.some((reason) => isRefusal(fault, reason)) ? 'signOut' : 'again';
}
