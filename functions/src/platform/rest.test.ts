import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { testPorts } from '../testing/ports.ts';
import { sessions } from './actor.ts';
import { defineOperation, pageInput } from './contract.ts';
import { refuse } from './errors.ts';
import { operation, publicOperation } from './operation.ts';
import { restApp } from './rest.ts';

const ports = testPorts();
ports.store.write('users/asha', { roles: ['user'] });

const list = publicOperation(
  defineOperation({
    name: 'test/list',
    summary: 'Lists.',
    access: 'public',
    input: z.strictObject({ ...pageInput, onlineOnly: z.boolean().optional() }),
    output: z.object({ limit: z.number(), onlineOnly: z.boolean().nullable() }),
    errors: [],
    rest: { method: 'GET', path: '/v1/things' },
  }),
  async (_ports: typeof ports, { limit, onlineOnly }) =>
    await Promise.resolve({ limit, onlineOnly: onlineOnly ?? null }),
);
const act = operation(
  defineOperation({
    name: 'test/act',
    summary: 'Acts.',
    access: 'registered',
    input: z.strictObject({ thingId: z.string(), note: z.string().optional() }),
    output: z.object({ thingId: z.string(), note: z.string().nullable() }),
    errors: [],
    rest: { method: 'POST', path: '/v1/things/{thingId}/act' },
  }),
  async ({ store }: typeof ports, actor, { thingId, note }) => {
    const [record] = await store.getAll(sessions.doc(actor.uid));
    actor.admit(record);
    if (thingId === 'gone') throw refuse('NOT_FOUND');
    return { thingId, note: note ?? null };
  },
);

let base = '';
const app = express();
app.use(express.json());
app.use(
  restApp([list, act], {
    makePorts: () => ports,
    verifyToken: async (token) =>
      await Promise.resolve(
        token === 'good' ? { uid: 'asha', authTimeSec: 1, admin: false, phone: null } : undefined,
      ),
  }),
);
const server = app.listen(0, '127.0.0.1');
beforeAll(async () => {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function ask(method: string, path: string, options: { token?: string; body?: unknown } = {}) {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('a REST route', () => {
  it('reads numbers and booleans of a query as the schema says', async () => {
    const { body } = await ask('GET', '/v1/things?limit=7&onlineOnly=true');
    expect(body).toEqual({ limit: 7, onlineOnly: true });
  });

  it('refuses what the schema refuses, naming the field', async () => {
    const { status, body } = await ask('GET', '/v1/things?limit=many&page=2');
    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ code: 'invalid-argument', reason: 'INVALID_INPUT' });
    expect(JSON.stringify(body)).toMatch(/"path":"limit".*"path":"page"/u);
  });

  it('takes ids from the path, also against a body that says otherwise', async () => {
    const { body } = await ask('POST', '/v1/things/t1/act', {
      token: 'good',
      body: { thingId: 't2', note: 'n' },
    });
    expect(body).toEqual({ thingId: 't1', note: 'n' });
  });

  it('demands a token that verifies', async () => {
    expect((await ask('POST', '/v1/things/t1/act')).body).toMatchObject({
      error: { reason: 'SIGN_IN_REQUIRED' },
    });
    expect((await ask('POST', '/v1/things/t1/act', { token: 'bad' })).status).toBe(401);
  });

  it('answers refusals with the matching status', async () => {
    const { status, body } = await ask('POST', '/v1/things/gone/act', { token: 'good' });
    expect([status, body]).toEqual([
      404,
      {
        error: {
          code: 'not-found',
          reason: 'NOT_FOUND',
          message: 'There is nothing here for you.',
          details: { reason: 'NOT_FOUND' },
        },
      },
    ]);
  });

  it.each([[[1, 2]], [[]]])('refuses a body that is no object (%j)', async (body) => {
    expect(await ask('POST', '/v1/things/t1/act', { token: 'good', body })).toMatchObject({ status: 400 });
  });

  it('refuses a path that cannot be read in the same form', async () => {
    const { status, body } = await ask('POST', '/v1/things/%E0%A4/act', { token: 'good' });
    expect([status, body['error']]).toEqual([400, expect.objectContaining({ reason: 'INVALID_INPUT' })]);
  });

  it('does not exist where no operation declares it', async () => {
    expect(await ask('GET', '/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: { reason: 'NOT_FOUND' } },
    });
  });
});
