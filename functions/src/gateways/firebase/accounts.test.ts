import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firebaseAccounts } from './accounts.ts';

const revokeRefreshTokens = jest.fn<(uid: string) => Promise<void>>();
const getUser = jest.fn<(uid: string) => Promise<{ metadata: { lastSignInTime: string | null } }>>();

beforeEach(() => {
  revokeRefreshTokens.mockReset().mockResolvedValue();
  jest.doMock('firebase-admin/auth', () => ({ getAuth: () => ({ revokeRefreshTokens, getUser }) }));
});

function authFault(code: string): Error {
  return Object.assign(new Error('refused'), { code });
}

describe('ending the sessions of an account', () => {
  it('revokes its refresh tokens', async () => {
    await firebaseAccounts.endSessions('asha');
    expect(revokeRefreshTokens.mock.calls).toEqual([['asha']]);
  });

  it('has nothing to do for an account that is gone', async () => {
    revokeRefreshTokens.mockRejectedValue(authFault('auth/user-not-found'));
    await firebaseAccounts.endSessions('asha');
    expect(revokeRefreshTokens).toHaveBeenCalledTimes(1);
  });

  it('says that it has to be tried again when Firebase does not answer', async () => {
    revokeRefreshTokens.mockRejectedValue(authFault('auth/internal-error'));
    await expect(firebaseAccounts.endSessions('asha')).rejects.toThrow('refused');
  });
});

describe('the last time that somebody signed in', () => {
  it('is told in seconds', async () => {
    getUser.mockResolvedValue({ metadata: { lastSignInTime: 'Tue, 21 Nov 2023 10:00:00 GMT' } });
    expect(await firebaseAccounts.lastSignInSec('asha')).toBe(Date.UTC(2023, 10, 21, 10) / 1000);
  });

  it('is unknown of an account that nobody has signed in to, or that is gone', async () => {
    getUser.mockResolvedValueOnce({ metadata: { lastSignInTime: null } });
    expect(await firebaseAccounts.lastSignInSec('asha')).toBeUndefined();
    getUser.mockRejectedValueOnce(authFault('auth/user-not-found'));
    expect(await firebaseAccounts.lastSignInSec('asha')).toBeUndefined();
  });
});
