import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firebaseAccounts } from './accounts.ts';

const revokeRefreshTokens = jest.fn<(uid: string) => Promise<void>>();

beforeEach(() => {
  revokeRefreshTokens.mockReset().mockResolvedValue();
  jest.doMock('firebase-admin/auth', () => ({ getAuth: () => ({ revokeRefreshTokens }) }));
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
