/** Links are signed without asking anyone, so the real client can be looked at. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { cert, deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { addSec, systemClock } from '../../platform/clock.ts';
import { sha256 } from '../../platform/ids.ts';
import { storageFiles } from './files.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const clientEmail = 'functions@demo-files.iam.gserviceaccount.com';
const PATH = 'verification-audio/lena/a.mp3';
let app: App;

beforeAll(() => {
  // firebase-admin hands the key on in a way that Google's client warns of.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const credential = cert({ projectId: 'demo-files', clientEmail, privateKey });
  app = initializeApp({ credential, storageBucket: 'demo-files.appspot.com' });
});

afterAll(async () => deleteApp(app));

it('names the version and the end, and signs both', async () => {
  const expiresAt = addSec(systemClock.now(), 600);
  const url = new URL(await storageFiles.link(PATH, '1234567890', expiresAt));
  expect(`${url.origin}${url.pathname}`).toBe(
    `https://storage.googleapis.com/demo-files.appspot.com/${PATH}`,
  );
  expect(url.searchParams.get('generation')).toBe('1234567890');
  const lifeSec = Number(url.searchParams.get('X-Goog-Expires'));
  expect(lifeSec).toBeGreaterThan(590);
  expect(lifeSec).toBeLessThanOrEqual(601);
  expect(isSigned(url)).toBe(true);
  for (const [name, value] of [
    ['generation', '1'],
    ['X-Goog-Expires', '86400'],
  ] as const) {
    const forged = new URL(url);
    forged.searchParams.set(name, value);
    expect(isSigned(forged)).toBe(false);
  }
});

/** Checks the signature as Cloud Storage does. */
function isSigned(url: URL): boolean {
  const signature = url.searchParams.get('X-Goog-Signature') ?? '';
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/gu,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const headers = `host:${url.hostname}\n`;
  const request = ['GET', url.pathname, query, headers, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = (url.searchParams.get('X-Goog-Credential') ?? '').split('/').slice(1).join('/');
  const text = ['GOOG4-RSA-SHA256', url.searchParams.get('X-Goog-Date') ?? '', scope, sha256(request)].join(
    '\n',
  );
  return createVerify('RSA-SHA256').update(text).verify(createPublicKey(privateKey), signature, 'hex');
}
