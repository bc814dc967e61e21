/** Accounts of Firebase Auth, loaded on first use. */
import type { AccountGateway } from '../accounts.ts';

/** The accounts of the project's own Auth. */
export const firebaseAccounts: AccountGateway = {
  async findOrCreate(phone) {
    const auth = await projectAuth();
    const found = await ifCode(auth.getUserByPhoneNumber(phone), 'auth/user-not-found');
    if (found !== undefined) return { uid: found.uid };
    // Two devices may verify a new number at once; the one that comes second finds what the first has made.
    const made = await ifCode(auth.createUser({ phoneNumber: phone }), 'auth/phone-number-already-exists');
    return { uid: (made ?? (await auth.getUserByPhoneNumber(phone))).uid };
  },
  async customToken(uid, issuedSec) {
    return (await projectAuth()).createCustomToken(uid, { issuedSec });
  },
  async endSessions(uid) {
    await ifCode((await projectAuth()).revokeRefreshTokens(uid), 'auth/user-not-found');
  },
  async lastSignInSec(uid) {
    const user = await ifCode((await projectAuth()).getUser(uid), 'auth/user-not-found');
    const lastMs = Date.parse(user?.metadata.lastSignInTime ?? '');
    return Number.isNaN(lastMs) ? undefined : Math.floor(lastMs / 1000);
  },
};

/**
 * The accounts of the local stack. The Auth emulator lets ended sessions go on fetching ID tokens, and the Admin SDK
 * refuses revoked tokens only where it talks to the emulator, before an operation can say SESSION_REVOKED. So nothing
 * is revoked there: the refusals are production's, which come from the profile.
 */
export const emulatedAccounts: AccountGateway = {
  ...firebaseAccounts,
  endSessions: () => Promise.resolve(),
};

async function projectAuth() {
  const { getAuth } = await import('firebase-admin/auth');
  return getAuth();
}

/** @returns undefined when it failed with exactly this code */
async function ifCode<T>(work: Promise<T>, code: string): Promise<T | undefined> {
  try {
    return await work;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === code) return undefined;
    throw fault;
  }
}
