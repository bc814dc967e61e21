/** The client that is deployed against the Agora that the sandbox plays. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { createKickingRule, type AgoraRestAccount } from '../../../../functions/src/gateways/agora/client.ts';
import { isFromAgora, noticeOf } from '../../../../functions/src/gateways/agora/webhook.ts';
import type { Delivery } from '../tasks.ts';
import { AgoraSandbox, agoraFaultsSchema } from './agora.ts';
import { webhookQueue } from './webhooks.ts';

const NOW_MS = 1_760_000_000_000;
const account = { appId: 'app', customerId: 'id', customerSecret: 'secret' };
const posted: Delivery[] = [];
const webhooks = webhookQueue({
  nowMs: () => NOW_MS,
  random: () => 0.5,
  dispatch: (delivery) => {
    posted.push(delivery);
    return Promise.resolve(200);
  },
});
const agora = new AgoraSandbox({
  nowMs: () => NOW_MS,
  random: () => 0.5,
  webhooks,
  account,
  ncsSecret: 'ncs',
});
let server: Server;
let url = '';
let client: AgoraRestAccount;

beforeAll(async () => {
  const app = express();
  app.use(express.json());
  app.use('/agora', agora.router());
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/agora`;
  client = { ...account, baseUrl: url };
});
beforeEach(() => {
  agora.clear();
  posted.length = 0;
});
afterAll(() => void server.close());

async function rules(): Promise<unknown[]> {
  const answer = (await (await fetch(`${url}/rules`)).json()) as { items: unknown[] };
  return answer.items;
}

const refuse = (status: number) => agora.misbehave(agoraFaultsSchema.parse({ refuse: 1, status }));
const rule = { channel: 'abc', lockSec: 60 };

describe('a kicking rule', () => {
  it('is taken and kept', async () => {
    await createKickingRule(client, rule);
    expect(await rules()).toEqual([
      expect.objectContaining({ cname: 'abc', time_in_seconds: 60, privileges: ['join_channel'] }),
    ]);
  });

  it.each([
    ['with another secret', { customerSecret: 'other' }, 401],
    ['of another project', { appId: 'other' }, 400],
  ])('is refused %s', async (_who, changed, status) => {
    await expect(createKickingRule({ ...client, ...changed }, rule)).rejects.toThrow(`${status}`);
    expect(await rules()).toEqual([]);
  });

  it.each([429, 500, 503])('is not kept when it is refused with %d', async (status) => {
    refuse(status);
    await expect(createKickingRule(client, rule)).rejects.toThrow(`${status}`);
    expect(await rules()).toEqual([]);
  });

  it('is kept although a proxy gave up, and found by the client', async () => {
    refuse(504);
    await createKickingRule(client, rule);
    expect(await rules()).toHaveLength(1);
  });

  it('is listed and removed', async () => {
    await createKickingRule(client, rule);
    const headers = {
      authorization: `Basic ${Buffer.from('id:secret').toString('base64')}`,
      'content-type': 'application/json',
    };
    const path = `${url}/dev/v1/kicking-rule`;
    const { rules: found } = (await (await fetch(`${path}?appid=app`, { headers })).json()) as {
      rules: { id: number }[];
    };
    expect(found).toHaveLength(1);
    const body = JSON.stringify({ appid: 'app', id: found[0]?.id });
    expect((await fetch(path, { method: 'DELETE', headers, body })).status).toBe(200);
    expect((await fetch(path, { method: 'DELETE', headers, body })).status).toBe(404);
    expect(await rules()).toEqual([]);
  });
});

describe('a notification', () => {
  it('is signed as Agora signs, numbered upwards, and tells how long somebody stayed', async () => {
    for (const type of ['join', 'leave'] as const) agora.notify({ channel: 'abc', uid: 7, type, reason: 2 });
    while ((await webhooks.runNext()) !== undefined);
    const notices = posted.map(({ task }) => {
      const raw = Buffer.from(task.body);
      const [v2, v1] = [task.headers['agora-signature-v2'], task.headers['agora-signature']];
      expect(isFromAgora('ncs', raw, { v2, v1: undefined })).toBe(true);
      expect(isFromAgora('ncs', raw, { v2: undefined, v1 })).toBe(true);
      return noticeOf(JSON.parse(raw.toString('utf8')));
    });
    const [join, leave] = notices;
    expect(join).toMatchObject({ channel: 'abc', uid: 7, event: 'join', at: new Date(NOW_MS) });
    expect(leave).toMatchObject({ event: 'leave', reason: 'connection timeout', staySec: 0 });
    expect(leave?.seq).toBeGreaterThan(join?.seq ?? Infinity);
  });
});
