import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import agora from 'agora-token';
import { at, START } from '../../testing/calls.ts';
import { createKickingRule } from './client.ts';
import { buildRtcCredentials } from './token.ts';

const project = {
  appId: '970CA35de60c44645bbae8a215061b33',
  appCertificate: '5CFd2fd1755d40ecb72977518be15d3b',
};
const request = { channel: 'call_test_1', uid: 123_456, now: START, expiresAt: at(620) };

/** The fields of an AccessToken2, read from its bytes. */
function parse(token: string) {
  const bytes = inflateSync(Buffer.from(token.slice(3), 'base64'));
  let offset = 0;
  const u16 = () => bytes.readUInt16LE((offset += 2) - 2);
  const u32 = () => bytes.readUInt32LE((offset += 4) - 4);
  const text = () => {
    const length = u16();
    return bytes.subarray(offset, (offset += length));
  };
  text();
  const appId = text().toString();
  u32();
  const expireSec = u32();
  u32();
  const services = u16();
  const serviceType = u16();
  const privileges = Object.fromEntries(Array.from({ length: u16() }, () => [u16(), u32()]));
  return {
    appId,
    expireSec,
    services,
    serviceType,
    privileges,
    channel: text().toString(),
    uid: text().toString(),
  };
}

describe('an Agora token', () => {
  it('lets one uid into one channel until the end of the paid time, and all privileges end with it', async () => {
    const credentials = await buildRtcCredentials(project, request);
    expect(credentials).toMatchObject({
      provider: 'agora',
      channel: 'call_test_1',
      uid: 123_456,
      expiresAt: at(620),
    });
    expect(parse(credentials?.token ?? '')).toEqual({
      appId: project.appId,
      expireSec: 620,
      services: 1,
      serviceType: 1,
      privileges: { 1: 620, 2: 620, 3: 620, 4: 620 },
      channel: 'call_test_1',
      uid: '123456',
    });
  });

  it('agrees with the published vector of the format', () => {
    const vector =
      '007eJxTYFgxvfDdlms8x91KiiaERKW/1DHeb7vkj+D7P/c/nfh912CJAoOluYGzo7FpSqqZQbKJiZmJaVJSYqpFopGhqYGZYZKxMUPF8wwBPgYGRgYQZmRgYWBkAPGZwCQzmGQBk9wMyYk5OfElqcUl8YZsDIZGxiamZgDJUCNw';
    expect(parse(vector)).toMatchObject({
      appId: project.appId,
      expireSec: 3600,
      channel: 'call_test_1',
      uid: '123456',
    });
    expect(typeof agora.RtcTokenBuilder.buildTokenWithUid).toBe('function');
  });

  it.each([
    ['a malformed app id', { ...project, appId: 'short' }, request],
    ['a malformed certificate', { ...project, appCertificate: '' }, request],
    ['a channel that the client could have chosen', project, { ...request, channel: '*' }],
    ['the wildcard uid', project, { ...request, uid: 0 }],
    ['a uid beyond 31 bits', project, { ...request, uid: 2 ** 31 }],
    ['a time that has passed', project, { ...request, expiresAt: at(-1) }],
  ])('is not made for %s', async (_name, of, asked) => {
    expect(await buildRtcCredentials(of, asked)).toBeUndefined();
  });

  it('is never longer than a day', async () => {
    const credentials = await buildRtcCredentials(project, { ...request, expiresAt: at(10 * 86_400) });
    expect(parse(credentials?.token ?? '').expireSec).toBe(86_400);
  });
});

describe('a kicking rule', () => {
  async function sent(status: number, lockSec: number, uid?: number) {
    const seen: { headers: IncomingMessage['headers']; url: string | undefined; body: unknown }[] = [];
    const server = createServer((req, res) => {
      let text = '';
      req.on('data', (chunk: Buffer) => (text += chunk.toString()));
      req.on('end', () => {
        seen.push({ headers: req.headers, url: req.url, body: JSON.parse(text) });
        res.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"success","id":1}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const account = {
      baseUrl: `http://127.0.0.1:${port}`,
      appId: 'app',
      customerId: 'cust_id',
      customerSecret: 'cust_secret',
    };
    try {
      await createKickingRule(account, { channel: 'abc', lockSec, uid });
      return seen[0];
    } finally {
      server.close();
    }
  }

  it('is sent as Agora asks for it', async () => {
    const rule = await sent(200, 630);
    expect(rule?.url).toBe('/dev/v1/kicking-rule');
    expect(rule?.headers.authorization).toBe('Basic Y3VzdF9pZDpjdXN0X3NlY3JldA==');
    expect(rule?.body).toEqual({
      appid: 'app',
      cname: 'abc',
      time_in_seconds: 630,
      privileges: ['join_channel'],
    });
  });

  it('can be for one of them alone', async () => {
    expect((await sent(200, 10, 123_456))?.body).toMatchObject({ cname: 'abc', uid: 123_456 });
  });

  it.each([
    [3, 10],
    [100_000, 86_430],
  ])('keeps %d s within the bounds of the API', async (lockSec, expected) => {
    expect((await sent(200, lockSec))?.body).toMatchObject({ time_in_seconds: expected });
  });

  it.each([401, 429, 500])('is tried again when Agora answers %d', async (status) => {
    await expect(sent(status, 60)).rejects.toThrow(`Agora answered ${status}`);
  });

  /** Answers the rule with `status`, or not at all, and lists `rules`. */
  async function unheard(status: number | 'nothing', rules: unknown) {
    const asked: (string | undefined)[] = [];
    const server = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      if (req.method === 'GET') res.writeHead(200).end(JSON.stringify({ status: 'success', rules }));
      else if (status === 'nothing') res.destroy();
      else res.writeHead(status, { 'x-request-id': 'of the request' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const account = {
      baseUrl: `http://127.0.0.1:${port}`,
      appId: 'app',
      customerId: 'id',
      customerSecret: 'secret',
    };
    try {
      await createKickingRule(account, { channel: 'abc', lockSec: 60 });
      return { asked, fault: undefined };
    } catch (fault) {
      return { asked, fault: fault instanceof Error ? fault.message : '' };
    } finally {
      server.close();
    }
  }

  const rule = { id: 1, cname: 'abc', privileges: ['join_channel'] };
  const both = ['POST /dev/v1/kicking-rule', 'GET /dev/v1/kicking-rule?appid=app'];

  it.each([504, 'nothing'] as const)(
    'is looked for before it is asked for again, when %s came',
    async (status) => {
      for (const found of [rule, { ...rule, uid: 0 }, { ...rule, uid: null }])
        expect(await unheard(status, [{ ...rule, cname: 'other' }, found])).toEqual({
          asked: both,
          fault: undefined,
        });
    },
  );

  it.each([
    [504, 'Agora answered 504 (request of the request)'],
    ['nothing', 'Agora answered nothing'],
  ] as const)('is asked for again when %s came and it is not there', async (status, told) => {
    for (const rules of [
      [],
      [{ ...rule, cname: 'other' }],
      [{ ...rule, uid: 123_456 }],
      [{ ...rule, privileges: ['publish_audio'] }],
      'none',
    ]) {
      const { asked, fault } = await unheard(status, rules);
      expect(asked).toEqual(both);
      expect(fault).toContain(told);
    }
  });

  it('is not looked for when Agora has refused it', async () => {
    expect((await unheard(500, [rule])).asked).toEqual(both.slice(0, 1));
  });
});
