/**
 * Firebase's own verification, with keys of our own in the place of Google's: the emulators take unsigned tokens, so
 * what production refuses can be seen only here.
 */
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import express from 'express';

const PROJECT = 'earshot-of-tests';
const KEY_ID = 'key-of-google';
const google = generateKeyPairSync('rsa', { modulusLength: 2048 });
const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = google.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const nowSec = Math.floor(Date.now() / 1000);

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'RS256', kid: KEY_ID, typ: 'JWT' };
const CLAIMS = {
  iss: `https://securetoken.google.com/${PROJECT}`,
  aud: PROJECT,
  sub: 'asha',
  user_id: 'asha',
  iat: nowSec - 60,
  auth_time: nowSec - 60,
  exp: nowSec + 3600,
  firebase: { sign_in_provider: 'custom', identities: {} },
};

type Claims = Partial<Record<keyof typeof CLAIMS | 'admin' | 'phone_number' | 'issuedSec', unknown>>;

/** A token as Google would make it, but for what is changed. */
function tokenOf(claims: Claims = {}, header: object = {}, key: KeyObject = google.privateKey): string {
  const said = `${base64url({ ...HEADER, ...header })}.${base64url({ ...CLAIMS, ...claims })}`;
  return `${said}.${sign('sha256', Buffer.from(said), key).toString('base64url')}`;
}

/** Signed with a text that everybody knows: the public key, taken for a shared secret. */
function hmacToken(header: object): string {
  const said = `${base64url({ ...HEADER, alg: 'HS256', ...header })}.${base64url(CLAIMS)}`;
  return `${said}.${createHmac('sha256', publicPem).update(said).digest('base64url')}`;
}

const withoutSignature = (token: string): string => token.slice(0, token.lastIndexOf('.') + 1);

function changed(token: string, claims: Claims): string {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${base64url({ ...CLAIMS, ...claims })}.${signature}`;
}

const FORGED: readonly (readonly [string, () => string])[] = [
  ['without an algorithm and a signature', () => withoutSignature(tokenOf({}, { alg: 'none' }))],
  ['without an algorithm, with a signature', () => tokenOf({}, { alg: 'none' })],
  ['without a signature', () => withoutSignature(tokenOf())],
  ['whose claims were changed after signing', () => changed(tokenOf(), { sub: 'ravi', user_id: 'ravi' })],
  ['that was given the claim of an operator', () => changed(tokenOf(), { admin: true })],
  ['signed by somebody else', () => tokenOf({}, {}, attacker.privateKey)],
  [
    'signed by somebody else, whose key nobody knows',
    () => tokenOf({}, { kid: 'other' }, attacker.privateKey),
  ],
  [
    'signed by somebody else, without the name of a key',
    () => tokenOf({}, { kid: undefined }, attacker.privateKey),
  ],
  ['signed with the public key as a secret', () => hmacToken({})],
  ['signed with the public key as a secret, without the name of a key', () => hmacToken({ kid: undefined })],
  ['of another project', () => tokenOf({ aud: 'another', iss: 'https://securetoken.google.com/another' })],
  ['for another audience', () => tokenOf({ aud: 'another' })],
  ['of another issuer', () => tokenOf({ iss: 'https://accounts.google.com' })],
  ['that has expired', () => tokenOf({ iat: nowSec - 7200, auth_time: nowSec - 7200, exp: nowSec - 3600 })],
  ['of nobody', () => tokenOf({ sub: '', user_id: '' })],
  ['of somebody with a name longer than any', () => tokenOf({ sub: 'a'.repeat(129) })],
  ['whose owner is a number', () => tokenOf({ sub: 7 })],
  [
    'that is a custom token',
    () =>
      tokenOf({
        aud: 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
      }),
  ],
  ['that is no token', () => 'junk'],
  ['that is empty inside', () => '..'],
];

/** The deployed edge, with Firebase's real verification behind it. */
async function serve() {
  const before = { ...process.env };
  // Firebase writes each verification to the console.
  jest.spyOn(console, 'warn').mockReturnValue();
  jest.spyOn(console, 'debug').mockReturnValue();
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  delete process.env['FIRESTORE_EMULATOR_HOST'];
  process.env['GCLOUD_PROJECT'] = PROJECT;
  const { UrlKeyFetcher } = jest.requireActual<{
    UrlKeyFetcher: { prototype: { fetchPublicKeys(): Promise<Record<string, string>> } };
  }>('../../node_modules/firebase-admin/lib/utils/jwt.js');
  const fetched = jest
    .spyOn(UrlKeyFetcher.prototype, 'fetchPublicKeys')
    .mockImplementation(() => Promise.resolve({ [KEY_ID]: publicPem }));
  const { verifyToken } = await import('../../functions/src/composition.ts');
  const { service } = await import('../../functions/src/platform/service.ts');
  const { restApp } = await import('../../functions/src/platform/rest.ts');
  const { userOperations } = await import('../../functions/src/operations.ts');
  const { worldOf, ME } = await import('./world.ts');
  const { ports } = await worldOf('registered');
  const makePorts = () => ports;
  const options = { secrets: [], enforceAppCheck: false };
  const app = express();
  app.use(express.json());
  const users = service('users', userOperations, { makePorts, options });
  app.use('/users', async (req, res) => {
    await users(Object.assign(req, { rawBody: Buffer.alloc(0) }), res);
  });
  app.use('/api', restApp(userOperations, { makePorts, verifyToken }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    await new Promise((resolve) => server.close(resolve));
    process.env = before;
    jest.restoreAllMocks();
  };
  return { root, close, fetched, verifyToken, ME };
}

let edge: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  edge = await serve();
}, 30_000);
afterAll(async () => edge.close());

async function statusOf(path: string, token: string): Promise<number> {
  const callable = path.startsWith('/users');
  const answer = await fetch(`${edge.root}${path}`, {
    method: callable ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(callable && { body: '{"data":{}}' }),
  });
  await answer.text();
  return answer.status;
}

describe('a token', () => {
  it('that Google has signed for this project is good, on both surfaces', async () => {
    const token = tokenOf({ sub: edge.ME, user_id: edge.ME });
    expect(await statusOf('/users/me', token)).toBe(200);
    expect(await statusOf('/api/v1/users/me', token)).toBe(200);
    expect(edge.fetched).toHaveBeenCalled();
  });

  it('says who it is of, when they signed in, and nothing that only looks like a claim', async () => {
    expect(await edge.verifyToken(tokenOf({ admin: 'true', phone_number: '+919810000002' }))).toEqual({
      uid: 'asha',
      authTimeSec: nowSec - 60,
      admin: false,
      phone: '+919810000002',
    });
  });

  it.each([
    ['the custom token it was begun with, when that is older', nowSec - 1800, nowSec - 1800],
    ['its sign-in, when a clock was ahead', nowSec + 5, nowSec - 60],
    ['its sign-in, when nothing else is said', undefined, nowSec - 60],
    ['its sign-in, when what is said is no moment', '1', nowSec - 60],
  ])('makes a session as old as %s', async (_what, issuedSec, authTimeSec) => {
    expect(await edge.verifyToken(tokenOf({ issuedSec }))).toMatchObject({ authTimeSec });
  });

  it.each(FORGED)('%s is refused, on both surfaces', async (_what, make) => {
    const token = make();
    expect(await edge.verifyToken(token)).toBeUndefined();
    expect(await statusOf('/users/me', token)).toBe(401);
    expect(await statusOf('/api/v1/users/me', token)).toBe(401);
  });

  it('is refused while Google’s keys are out of reach: nobody comes in unproven', async () => {
    edge.fetched.mockRejectedValue(new Error('no network'));
    expect(await edge.verifyToken(tokenOf())).toBeUndefined();
    expect(await statusOf('/users/me', tokenOf({ sub: edge.ME, user_id: edge.ME }))).toBe(401);
  });
});
