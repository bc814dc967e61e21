import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import type { VerifiedToken } from '../platform/actor.ts';
import { restApp } from '../platform/rest.ts';
import type { AppPorts } from '../ports.ts';
import { callWorld } from '../testing/callWorld.ts';
import { START } from '../testing/calls.ts';
import { personOf } from '../testing/people.ts';
import { users } from '../users/documents.ts';
import { systemOperations } from './operations.ts';
import { readHealth } from './readHealth.ts';

const OPERATOR: VerifiedToken = { uid: 'operator', authTimeSec: 1, admin: true, phone: null };
const VISITOR = { token: undefined, address: '' };

async function world() {
  const made = await callWorld(1);
  await made.store.commit((writer) =>
    writer.create(users.doc('operator'), personOf(START, { roles: ['user', 'admin'] })),
  );
  return made;
}

const never = async <T>(): Promise<T> => new Promise<T>(() => undefined);

describe('health', () => {
  it('is ok when the store answers', async () => {
    const { ports } = await world();
    expect(await readHealth(ports, {}, VISITOR)).toEqual({ status: 'ok' });
    const stranger = { ...OPERATOR, uid: 'caller' };
    expect(await readHealth(ports, {}, { ...VISITOR, token: stranger })).toEqual({ status: 'ok' });
  });

  it('tells operators what a sweep has missed, and whether there is a media provider', async () => {
    const { ports } = await world();
    const visitor = { ...VISITOR, token: OPERATOR };
    const details = { storeMs: expect.any(Number), overdueEffects: 0, overdueCalls: 0 };
    const payments = { razorpay: 'ok' };
    const healthy = { status: 'ok', details: { ...details, media: 'configured', payments } };
    expect(await readHealth(ports, {}, visitor)).toEqual(healthy);
    const media: AppPorts['media'] = { ...ports.media, credentials: () => Promise.resolve(undefined) };
    const without = { status: 'ok', details: { ...details, media: 'not_configured', payments } };
    expect(await readHealth({ ...ports, media }, {}, visitor)).toEqual(without);
  });

  it.each(['not_configured', 'refused', 'no_answer'] as const)(
    'tells operators that the payment gateway is %s, and strangers nothing, for whom nobody asks it',
    async (state) => {
      const { ports } = await world();
      let asked = 0;
      const ask = () => {
        asked += 1;
        return Promise.resolve(state);
      };
      const razorpay = { ...ports.payments.razorpay, state: ask };
      const without: AppPorts = { ...ports, payments: { razorpay } };
      expect(await readHealth(without, {}, VISITOR)).toEqual({ status: 'ok' });
      const stranger = { ...VISITOR, token: { ...OPERATOR, uid: 'caller' } };
      expect(await readHealth(without, {}, stranger)).toEqual({ status: 'ok' });
      expect(asked).toBe(0);
      expect(await readHealth(without, {}, { ...VISITOR, token: OPERATOR })).toMatchObject({
        status: 'ok',
        details: { payments: { razorpay: state } },
      });
    },
  );

  it('is degraded when the store fails, for operators too, and the log knows why', async () => {
    const { ports, store, lines } = await world();
    store.getAll = () => Promise.reject(new Error('no store'));
    for (const token of [undefined, OPERATOR])
      expect(await readHealth(ports, {}, { ...VISITOR, token })).toEqual({ status: 'degraded' });
    expect(lines).toMatchObject([{ severity: 'ERROR' }, { severity: 'ERROR' }]);
  });

  it('is degraded when counting fails', async () => {
    const { ports, store } = await world();
    store.count = () => Promise.reject(new Error('no store'));
    expect(await readHealth(ports, {}, { ...VISITOR, token: OPERATOR })).toEqual({ status: 'degraded' });
  });
});

describe('a store that does not answer', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is waited for two seconds and no longer', async () => {
    const { ports, store } = await world();
    store.getAll = never;
    let answer: unknown;
    const asked = readHealth(ports, {}, VISITOR).then((health) => (answer = health));
    await jest.advanceTimersByTimeAsync(1999);
    expect(answer).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await asked;
    expect(answer).toEqual({ status: 'degraded' });
  });
});

describe('GET /v1/health', () => {
  it('answers 200 when all is well and 503 when it is not', async () => {
    const { ports, store } = await world();
    const app = express();
    app.use(
      restApp(systemOperations, {
        makePorts: () => ports,
        verifyToken: () => Promise.resolve(undefined),
      }),
    );
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const ask = async () => {
      const answer = await fetch(`http://127.0.0.1:${port ?? 0}/v1/health`);
      return { status: answer.status, body: await answer.json() };
    };
    try {
      expect(await ask()).toEqual({ status: 200, body: { status: 'ok' } });
      store.getAll = () => Promise.reject(new Error('no store'));
      expect(await ask()).toEqual({ status: 503, body: { status: 'degraded' } });
    } finally {
      server.close();
    }
  });
});
