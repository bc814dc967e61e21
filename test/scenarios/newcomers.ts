/** People who come in by a phone number of their own, without the seed. */
import { randomInt } from 'node:crypto';
import type { AuthRegisterInput, AuthRegisterOutput, User } from '../../client/src/index.ts';
import { unsignedToken } from './helpers.ts';
import type { SignedIn, Stack } from './support.ts';

/** A mobile number of India that no seeded person has. */
export function newNumber(): string {
  return `+9198${String(randomInt(100_000_000)).padStart(8, '0')}`;
}

/** What Firebase's own phone sign-in gives an app. */
export interface PhoneSession {
  readonly uid: string;
  readonly idToken: string;
}

/** Signs in by Firebase's own phone sign-in, with the code that the Auth emulator has "sent". */
export async function signInByPhone(stack: Stack, number: string): Promise<PhoneSession> {
  const { projectId, ports } = stack.info;
  const base = `http://127.0.0.1:${ports.auth}`;
  const api = `${base}/identitytoolkit.googleapis.com/v1/accounts`;
  const sent = await json<{ sessionInfo: string }>(`${api}:sendVerificationCode?key=local`, {
    phoneNumber: number,
  });
  const { verificationCodes } = await json<{
    verificationCodes: { sessionInfo: string; code: string }[];
  }>(`${base}/emulator/v1/projects/${projectId}/verificationCodes`);
  const code = verificationCodes.find(({ sessionInfo }) => sessionInfo === sent.sessionInfo)?.code;
  const session = await json<{ localId: string; idToken: string }>(`${api}:signInWithPhoneNumber?key=local`, {
    sessionInfo: sent.sessionInfo,
    code,
  });
  return { uid: session.localId, idToken: session.idToken };
}

/** Posts, or reads when there is no body. */
async function json<T>(url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** A token for an account; the emulator asks for no signature. */
export function customTokenOf(uid: string): string {
  const sec = Math.floor(Date.now() / 1000);
  const issuer = 'firebase-auth-emulator@example.com';
  const aud = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
  return unsignedToken({ aud, iss: issuer, sub: issuer, iat: sec, exp: sec + 3600, uid });
}

export interface Newcomer extends SignedIn {
  readonly number: string;
}

/** An account with a verified phone and no profile, signed in with the SDK. */
export async function newcomer(stack: Stack, number: string = newNumber()): Promise<Newcomer> {
  const { uid } = await signInByPhone(stack, number);
  const customToken = customTokenOf(uid);
  return { ...(await stack.phone(customToken)), customToken, number };
}

let named = 0;

/** An input of auth/register; the name is a new one each time. */
export function registration(more: Partial<AuthRegisterInput> = {}): AuthRegisterInput {
  named += 1;
  const username = `newcomer${named}`;
  return { username, gender: 'female', dateOfBirth: '1990-05-17', languages: ['en'], ...more };
}

/** Registers, also with what the client would not send. @throws FirebaseError as the SDK makes it */
export async function register(person: SignedIn, more: Record<string, unknown> = {}): Promise<User> {
  return (await person.call<AuthRegisterOutput>('auth/register', { ...registration(), ...more })).user;
}

/** Somebody who has just registered. */
export async function registeredPerson(
  stack: Stack,
  more: Partial<AuthRegisterInput> = {},
): Promise<Newcomer & { readonly profile: User }> {
  const person = await newcomer(stack);
  return { ...person, profile: await register(person, more) };
}
