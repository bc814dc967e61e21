import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiPages } from './apiPages.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-pages-'));
for (const name of [
  'openapi.json',
  'index.html',
  'start.mjs',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'secret.txt',
])
  writeFileSync(join(folder, name), `{"name":"${name}"}`);

const app = express();
// A function may lie below a path, as it does in the emulator.
app.use('/project/region/api', apiPages(folder));
const server = app.listen(0, '127.0.0.1');
let base = '';
beforeAll(async () => {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/project/region/api`;
});
afterAll(() => void server.close());

describe('the pages of the documentation', () => {
  it.each([
    ['/v1/openapi.json', 'openapi.json', 'application/json; charset=utf-8'],
    ['/v1/docs', 'index.html', 'text/html; charset=utf-8'],
    ['/v1/docs/start.mjs', 'start.mjs', 'text/javascript; charset=utf-8'],
    ['/v1/docs/swagger-ui.css', 'swagger-ui.css', 'text/css; charset=utf-8'],
  ])('answer %s', async (path, name, type) => {
    const answer = await fetch(`${base}${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(await answer.json()).toEqual({ name });
  });

  it('let a browser load nothing from elsewhere', async () => {
    const { headers } = await fetch(`${base}/v1/docs`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/u);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('lead an address with a slash to the one whose links are right', async () => {
    const { url } = await fetch(`${base}/v1/docs/`);
    expect(url).toBe(`${base}/v1/docs`);
  });

  it.each(['/v1/docs/secret.txt', '/v1/docs/..%2fsecret.txt', '/v1/docs/index.html'])(
    'serve nothing else: %s',
    async (path) => {
      expect((await fetch(`${base}${path}`)).status).toBe(404);
    },
  );
});
