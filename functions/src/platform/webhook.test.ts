import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { testPorts } from '../testing/ports.ts';
import type { PlatformPorts } from './operation.ts';
import { webhookApp, type Webhook } from './webhook.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(webhook: Partial<Webhook<PlatformPorts>>) {
  const ports = testPorts();
  const app = express();
  // As Cloud Functions do it: the bytes are kept beside whatever was made of them.
  app.use(express.raw({ type: () => true, limit: '10mb' }), (req, _res, next) => {
    Object.assign(req, { rawBody: req.body as unknown });
    next();
  });
  const full = {
    name: 'some',
    path: 'some',
    isGenuine: () => true,
    take: () => Promise.resolve(),
    ...webhook,
  };
  app.use(webhookApp([full], () => ports));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (body: string, path = '/some') =>
    (await fetch(`${url}${path}`, { method: 'POST', body, headers: { 'x-mark': 'yes' } })).status;
  return { post, ports, url };
}

describe('a webhook', () => {
  it('takes what is genuine, judged by the bytes and the headers', async () => {
    const taken: unknown[] = [];
    const { post } = await serve({
      isGenuine: (raw, header) => raw.toString() === ' {"a": 1}' && header('x-mark') === 'yes',
      take: (_ports, event) => Promise.resolve(void taken.push(event)),
    });
    expect(await post(' {"a": 1}')).toBe(200);
    expect(await post('{"a":1}')).toBe(401);
    expect(taken).toEqual([{ a: 1 }]);
  });

  it('asks for what it failed to take to be sent again, and tells why in the log', async () => {
    const { post, ports } = await serve({ take: () => Promise.reject(new Error('the store is away')) });
    expect(await post('{}')).toBe(500);
    expect(ports.lines).toEqual([
      expect.objectContaining({ severity: 'ERROR', fields: expect.objectContaining({ event: 'some' }) }),
    ]);
  });

  it('refuses what is too large before it looks at it, and what is no JSON', async () => {
    let judged = 0;
    const { post } = await serve({ isGenuine: () => (judged += 1) > 0 });
    expect(await post('x'.repeat(3_000_001))).toBe(413);
    expect(judged).toBe(0);
    for (const body of ['', '{"a":', 'text']) expect(await post(body)).toBe(400);
  });

  it('knows no other path, and no greeting unless it has one', async () => {
    const { post, url } = await serve({});
    expect(await post('{}', '/other')).toBe(404);
    expect((await fetch(`${url}/some`)).status).toBe(404);
  });

  it('greets', async () => {
    const { url } = await serve({ handshake: (query) => (query['word'] === 'right' ? '<b>' : undefined) });
    const answer = await fetch(`${url}/some?word=right`);
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      200,
      '<b>',
      'text/plain; charset=utf-8',
    ]);
    expect((await fetch(`${url}/some?word=wrong`)).status).toBe(403);
  });
});
