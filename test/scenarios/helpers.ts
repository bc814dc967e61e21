/** What the scenarios of refusals need beside `support.ts`: administrator's access, dumps, and plain HTTP. */
import { Firestore, Timestamp } from '@google-cloud/firestore';
import { jest } from '@jest/globals';
import { allOperations } from '../../functions/src/operations.ts';
import type { Contract } from '../../functions/src/platform/contract.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import type { Stack } from './support.ts';

// Nobody needs to look for the credentials of a cloud machine here; the client would, and warn.
process.env['METADATA_SERVER_DETECTION'] = 'none';

// Only the machine's speed decides how long a story takes, and no story is about that.
jest.setTimeout(60_000);

/** Every operation there is. */
export const contracts: readonly Contract[] = allOperations.map(({ contract }) => contract);

/** The database with an administrator's rights, whom no rule stops. */
export function adminOf(stack: Stack): Firestore {
  const { projectId, ports } = stack.info;
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${ports.firestore}`;
  return new Firestore({ projectId });
}

export type Dump = Record<string, unknown>;

/**
 * Every document of every collection, by path, in Firestore's REST notation. Beats are left out of it: the stack
 * beats for the people it has seeded whenever it likes.
 */
export async function dump(stack: Stack): Promise<Dump> {
  const { projectId, ports } = stack.info;
  const root = `projects/${projectId}/databases/(default)/documents`;
  const answer = await fetch(`http://127.0.0.1:${ports.firestore}/v1/${root}:runQuery`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    // A query without a collection finds all documents.
    body: JSON.stringify({ structuredQuery: { from: [{ allDescendants: true }] } }),
  });
  if (!answer.ok) throw new Error(`the dump answered ${answer.status}`);
  const found = (await answer.json()) as { document?: { name: string; fields?: Record<string, unknown> } }[];
  return Object.fromEntries(
    found.flatMap(({ document }) => {
      if (document === undefined) return [];
      const path = document.name.slice(root.length + 1);
      const { at, ...fields } = document.fields ?? {};
      const beat = /^presence\/|\/beats\//u.test(path);
      return [[path, beat || at === undefined ? fields : { ...fields, at }]];
    }),
  );
}

/** What came back over plain HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, undefined when it is no JSON. */
  readonly body: unknown;
}

/** One request to the functions emulator. @param path below the region, e.g. `api/v1/calls/rates` */
export async function http(stack: Stack, path: string, init: RequestInit = {}): Promise<HttpAnswer> {
  const { projectId, region, ports } = stack.info;
  const answer = await fetch(`http://127.0.0.1:${ports.functions}/${projectId}/${region}/${path}`, init);
  const text = await answer.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, body };
}

/** A request with JSON and a token, as a client without an SDK would send it. */
export async function sendJson(
  stack: Stack,
  path: string,
  { method = 'POST', token, body }: { method?: string; token?: string; body?: unknown } = {},
): Promise<HttpAnswer> {
  return http(stack, path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** An unsigned token, as the Auth emulator makes them. */
export function unsignedToken(payload: Record<string, unknown>, header: object = { alg: 'none' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', ...header })}.${part(payload)}.`;
}

/** What a token says. */
export function claimsOf(idToken: string): Record<string, unknown> & { auth_time: number } {
  const payload = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8');
  return JSON.parse(payload) as Record<string, unknown> & { auth_time: number };
}

/** Somebody who has an account and no profile. */
export async function unregistered(stack: Stack, uid: string): Promise<Phone> {
  const sec = Math.floor(Date.now() / 1000);
  const issuer = 'firebase-auth-emulator@example.com';
  const aud = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
  return stack.phone(unsignedToken({ aud, iss: issuer, sub: issuer, iat: sec, exp: sec + 3600, uid }));
}

/** Sets the claims of an account; they are in its next ID token. */
export async function setClaims(stack: Stack, uid: string, claims: Record<string, unknown>): Promise<void> {
  const { projectId, ports } = stack.info;
  const url = `http://127.0.0.1:${ports.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts:update`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ localId: uid, customAttributes: JSON.stringify(claims) }),
  });
  if (!answer.ok) throw new Error(`the Auth emulator answered ${answer.status}`);
}

/** Marks a person so that every operation refuses. */
export async function banUntil(admin: Firestore, uid: string, until: Date | null): Promise<void> {
  await admin.doc(`users/${uid}`).update({ bannedUntil: until && Timestamp.fromDate(until) });
}
