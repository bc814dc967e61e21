import { describe, expect, it } from '@jest/globals';
import { toEarshotError } from '../../../client/src/error.ts';
import { afterProfileFault } from './profileFault.ts';

const refused = (code: string, reason?: string) =>
  toEarshotError({ code: `functions/${code}`, message: '', details: reason === undefined ? {} : { reason } });

describe('a profile that cannot be followed', () => {
  it('is one that does not exist yet', () => {
    expect(afterProfileFault(refused('failed-precondition', 'NOT_REGISTERED'))).toBe('register');
  });

  it.each(['SESSION_REVOKED', 'SIGN_IN_REQUIRED', 'USER_BANNED'])('signs out at %s', (reason) => {
    expect(afterProfileFault(refused('unauthenticated', reason))).toBe('signOut');
  });

  it('is asked for again after what passes', () => {
    for (const fault of [refused('unavailable'), refused('internal'), new Error('?'), undefined])
      expect(afterProfileFault(fault)).toBe('again');
  });
});
