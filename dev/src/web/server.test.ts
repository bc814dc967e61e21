import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portsOf } from '../stack/ports.ts';
import { certificateFor } from './network.ts';
import { startWeb, type WebServer } from './server.ts';

const CUSTOM = 'e30.eyJ1aWQiOiJhc2hhIn0.';
const ID = 'e30.eyJzdWIiOiJhc2hhIn0.';
const OPERATION = '/demo-earshot-4410/asia-south1/calls/start';
const STREAM = '/google.firestore.v1.Firestore/Write/channel?VER=8&RID=1';

/** Plays everything behind the one address: tells what it was asked for, and signs in whoever asks. */
const behind: Server = createServer((request, response) => {
  const { method = '', url = '', headers } = request;
  response.setHeader('connection', 'close');
  if (url.includes('breaks')) {
    response.write('half');
    setImmediate(() => response.destroy());
  } else if (url.includes('/web/people')) response.end(JSON.stringify({ items: [{ customToken: CUSTOM }] }));
  else if (url.includes('signInWith')) response.end(JSON.stringify({ idToken: ID, refreshToken: 'refresh' }));
  else response.end(`${method} ${url} for ${headers.host}`);
});
let web: WebServer;
let behindPort = 0;

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As it is sent, so that no client tidies the path first. A text that breaks off ends in `…`. */
async function get(
  path: string,
  { headers = {}, body }: Sent = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(web.url);
  const method = body === undefined ? 'GET' : 'POST';
  return await new Promise((resolve, reject) => {
    const asked = ask({ host: hostname, port, path, method, headers }, (answer) => {
      let text = '';
      const status = answer.statusCode ?? 0;
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status, text }));
      answer.on('error', () => resolve({ status, text: `${text}…` }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function signIn(token: string): Promise<number> {
  const { status } = await get('/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, returnSecureToken: true }),
  });
  return status;
}

const openStream = async (authorization: string): Promise<number> =>
  (await get(STREAM, { body: `headers=${encodeURIComponent(`Authorization:${authorization}\r\n`)}&count=0` }))
    .status;

beforeAll(async () => {
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  behindPort = (behind.address() as AddressInfo).port;
  const ports = {
    ...portsOf(4410),
    control: behindPort,
    firestore: behindPort,
    auth: behindPort,
    functions: behindPort,
    web: 0,
  };
  web = await startWeb({ projectId: 'demo-earshot-4410', ports });
});

afterAll(async () => {
  await web.stop();
  await new Promise((resolve) => behind.close(resolve));
});

describe('the server of the phones', () => {
  it('passes on what the phones ask for, with its query', async () => {
    expect(await get('/local/messages?to=%2B919812345002')).toEqual({
      status: 200,
      text: `GET /web/messages?to=%2B919812345002 for 127.0.0.1:${behindPort}`,
    });
  });

  it('says that nobody is there when nobody is', async () => {
    const ports = { ...portsOf(4410), control: 1, web: 0 };
    const alone = await startWeb({ projectId: 'demo-earshot-4410', ports });
    expect((await fetch(`${alone.url}/local/info`)).status).toBe(502);
    await alone.stop();
  });

  it('breaks off where the one behind does', async () => {
    expect((await get('/local/info?breaks')).text).toBe('half…');
    expect((await get('/local/info')).status).toBe(200);
  });

  it('answers to no name but those of this machine', async () => {
    for (const host of ['evil.example', 'evil.example:4413', '127.0.0.1.evil.example'])
      expect((await get('/local/people', { headers: { host } })).status).toBe(421);
    for (const host of ['localhost:4413', '127.0.0.1'])
      expect((await get('/local/info', { headers: { host } })).status).toBe(200);
  });

  it('takes only tokens that came from here, wherever they are said', async () => {
    expect(await signIn(CUSTOM)).toBe(401);
    await get('/local/people');
    expect(await signIn('{"uid":"asha","claims":{"admin":true}}')).toBe(401);
    expect(await openStream(`Bearer ${ID}`)).toBe(401);
    expect(await signIn(CUSTOM)).toBe(200);
    expect(await openStream(`Bearer ${ID}`)).toBe(200);
    expect(await openStream('Bearer owner')).toBe(401);
    const asked = async (authorization: string) =>
      (await get(OPERATION, { headers: { authorization } })).status;
    expect(await asked(`Bearer ${ID}`)).toBe(200);
    expect(await asked('Bearer owner')).toBe(401);
    expect(await asked('Bearer e30.eyJzdWIiOiJhc2hhIiwiYWRtaW4iOnRydWV9.')).toBe(401);
  });

  it.each(['/local/seed', '/../package.json', '/..%2f..%2fpackage.json', '/assets/%E0%A4', '/%00'])(
    'has nothing at %s',
    async (path) => {
      const { status, text } = await get(path);
      expect([404, 503]).toContain(status);
      expect(text).not.toContain('earshot');
    },
  );

  it('outlives an address that is none', async () => {
    expect((await get('//')).status).toBe(400);
    expect((await get('/local/info')).status).toBe(200);
  });
});

describe('the certificate for a network', () => {
  it('names the addresses it is for, and soon ends', async () => {
    const { cert } = await certificateFor(['192.168.1.7', '10.0.0.2']);
    const read = new X509Certificate(cert);
    expect([read.checkIP('192.168.1.7'), read.checkIP('10.0.0.2'), read.checkIP('10.0.0.3')]).toEqual([
      '192.168.1.7',
      '10.0.0.2',
      undefined,
    ]);
    expect(read.validToDate.getTime() - Date.now()).toBeLessThan(7 * 86_400_000);
  });
});
