import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portsOf } from '../stack/ports.ts';
import { certificateFor } from './network.ts';
import { startWeb, type WebServer } from './server.ts';

/** Plays everything behind the one address: tells what it was asked for. */
const behind: Server = createServer((request, response) => {
  response.setHeader('connection', 'close');
  response.end(`${request.method} ${request.url} for ${request.headers.host}`);
});
let web: WebServer;
let behindPort = 0;

/** As it is sent, so that no client tidies the path first. */
async function get(path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(web.url);
  return await new Promise((resolve, reject) => {
    const asked = ask({ host: hostname, port, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  behindPort = (behind.address() as AddressInfo).port;
  const ports = { ...portsOf(4410), control: behindPort, firestore: behindPort, auth: 1, web: 0 };
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
    expect((await get('/identitytoolkit.googleapis.com/v1/accounts:lookup')).status).toBe(502);
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
