/** The same operations without an SDK: routes, statuses, the shape of an error, and answers equal to the callable's. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { banUntil, adminOf, contracts, sendJson, type HttpAnswer } from './helpers.ts';
import { connectedCall, hangUp, useStack, type ConnectedCall, type SignedIn } from './support.ts';

const stack = useStack();

async function rest(
  method: 'GET' | 'POST',
  path: string,
  { by, body }: { by?: SignedIn; body?: unknown } = {},
): Promise<HttpAnswer> {
  return sendJson(stack, `api/v1/${path}`, {
    method,
    ...(by && { token: await by.idToken() }),
    ...(body !== undefined && { body }),
  });
}

/** The status and the whole body of an error. */
async function expectError(
  answer: Promise<HttpAnswer>,
  status: number,
  error: { code: string; reason: string } & Record<string, unknown>,
): Promise<void> {
  const { status: seen, body, headers } = await answer;
  const { code, reason, ...details } = error;
  expect({ status: seen, body }).toEqual({
    status,
    body: { error: { code, reason, message: expect.any(String), details: { reason, ...details } } },
  });
  expect(headers.get('content-type')).toContain('application/json');
}

describe('a call over REST', () => {
  it('goes from the price list to the receipt', async () => {
    const { caller, callee } = await stack.pair();
    expect(await rest('GET', 'calls/rates')).toMatchObject({
      status: 200,
      body: { rates: { audio: { coinsPerMinute: 10 } } },
    });
    const requestId = randomUUID();
    const body = { calleeId: callee.uid, type: 'audio' as const, requestId };
    const started = await rest('POST', 'calls', { by: caller, body });
    expect(started).toMatchObject({ status: 200, body: { state: 'ringing', heldCoins: 100 } });
    // Either surface finds the call that the other one made.
    expect(await caller.earshot.calls.start(body)).toEqual(started.body);
    const { callId } = started.body as { callId: string };

    const accepted = await rest('POST', `calls/${callId}/accept`, {
      by: callee,
      body: { requestId: randomUUID() },
    });
    expect(accepted).toMatchObject({
      status: 200,
      body: { state: 'connecting', media: { provider: 'agora' } },
    });
    expect(await rest('POST', `calls/${callId}/token`, { by: caller })).toMatchObject({
      status: 200,
      body: { grantedUntil: null, final: false },
    });
    for (const by of [callee, caller])
      expect((await rest('POST', `calls/${callId}/joined`, { by, body: {} })).status).toBe(200);
    expect(await rest('POST', `calls/${callId}/heartbeat`, { by: caller })).toMatchObject({
      status: 200,
      body: {},
    });
    const ongoing = await rest('GET', 'calls/ongoing', { by: callee });
    expect(ongoing).toMatchObject({
      status: 200,
      body: { call: { callId, role: 'callee', state: 'ongoing' } },
    });
    expect(ongoing.body).toEqual(await callee.earshot.calls.ongoing());

    await stack.control.advance(30);
    const ended = await rest('POST', `calls/${callId}/end`, { by: caller, body: { note: 'bye' } });
    expect(ended).toMatchObject({
      status: 200,
      body: { endReason: 'completed', receipt: { coinsSpent: 10 } },
    });
    expect(await caller.earshot.calls.end({ callId })).toEqual(ended.body);
    expect((await rest('GET', `calls/${callId}`, { by: callee })).body).toEqual(
      await callee.earshot.calls.get({ callId }),
    );
    expect((await rest('GET', 'wallet/balance', { by: caller })).body).toEqual(
      await caller.earshot.wallet.balance(),
    );
  });

  it('ends in the other ways too', async () => {
    const operator = await stack.operator();
    const by = operator as SignedIn;
    for (const [who, path, endReason] of [
      ['callee', 'reject', 'rejected'],
      ['caller', 'cancel', 'cancelled'],
      ['caller', 'emergency-end', 'emergency'],
    ] as const) {
      const pair = await stack.pair();
      const body = { calleeId: pair.callee.uid, type: 'audio' as const, requestId: randomUUID() };
      const { callId } = (await rest('POST', 'calls', { by: pair.caller, body })).body as { callId: string };
      expect(await rest('POST', `calls/${callId}/${path}`, { by: pair[who] })).toMatchObject({
        status: 200,
        body: { callId, state: 'ended', endReason },
      });
    }
    const { callId, caller } = await connectedCall(stack);
    expect(await rest('POST', `admin/calls/${callId}/end`, { by, body: { note: 'a reason' } })).toMatchObject(
      {
        status: 200,
        body: { endReason: 'admin_ended' },
      },
    );
    const input = { coins: 5, note: 'a reason', requestId: randomUUID() };
    expect(await rest('POST', `admin/wallets/${caller.uid}/adjust`, { by, body: input })).toMatchObject({
      status: 200,
      body: { balance: { coins: { available: 505 } } },
    });
  });
});

describe('an error over REST', () => {
  let call: ConnectedCall;
  beforeAll(async () => {
    call = await connectedCall(stack, { coins: 100 });
    await hangUp(call.caller, call.callId);
  });

  it('400 names the field that is wrong', async () => {
    const answer = await rest('POST', 'calls', { by: call.caller, body: { type: 'audio' } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid-argument',
          reason: 'INVALID_INPUT',
          details: { issues: [{ path: 'calleeId' }, { path: 'requestId' }] },
        },
      },
    });
  });

  it('400 says why a call cannot be made', async () => {
    const body = { calleeId: call.callee.uid, type: 'video', requestId: randomUUID() };
    const [poor] = await stack.people({ listeners: 0, callers: 1, coins: 3 });
    await expectError(rest('POST', 'calls', { ...(poor && { by: poor }), body }), 400, {
      code: 'failed-precondition',
      reason: 'INSUFFICIENT_COINS',
      requiredCoins: 50,
      availableCoins: 3,
    });
    await expectError(rest('POST', `calls/${call.callId}/cancel`, { by: call.caller }), 400, {
      code: 'failed-precondition',
      reason: 'INVALID_TRANSITION',
      state: 'ended',
      endReason: 'completed',
    });
  });

  it('401 for whoever is not signed in, or whose session has ended', async () => {
    const refused = { code: 'unauthenticated', reason: 'SIGN_IN_REQUIRED' };
    await expectError(rest('GET', 'wallet/balance'), 401, refused);
    await expectError(sendJson(stack, 'api/v1/calls/rates', { method: 'GET', token: 'junk' }), 401, refused);
    const [person] = await stack.people({ listeners: 0, callers: 1, coins: 3 });
    if (person === undefined) throw new Error('the seed made nobody');
    const later = Math.floor(Date.now() / 1000) + 3600;
    await adminOf(stack).doc(`users/${person.uid}`).update({ sessionsValidAfter: later });
    await expectError(rest('GET', 'wallet/balance', { by: person }), 401, {
      code: 'unauthenticated',
      reason: 'SESSION_REVOKED',
    });
  });

  it('403 for the banned, and for operations that only operators may call', async () => {
    const [person] = await stack.people({ listeners: 0, callers: 1, coins: 3 });
    if (person === undefined) throw new Error('the seed made nobody');
    await expectError(
      rest('POST', `admin/calls/${call.callId}/end`, { by: person, body: { note: 'x' } }),
      403,
      { code: 'permission-denied', reason: 'NOT_ALLOWED' },
    );
    const until = new Date('2099-01-01T00:00:00.000Z');
    await banUntil(adminOf(stack), person.uid, until);
    await expectError(rest('GET', 'calls/ongoing', { by: person }), 403, {
      code: 'permission-denied',
      reason: 'USER_BANNED',
      until: until.toISOString(),
    });
  });

  it("404 for what is not there, or not one's own", async () => {
    const [stranger] = await stack.people({ listeners: 0, callers: 1, coins: 3 });
    const refused = { code: 'not-found', reason: 'NOT_FOUND' };
    await expectError(rest('GET', 'calls/none', { by: call.caller }), 404, refused);
    await expectError(
      rest('GET', `calls/${call.callId}`, { ...(stranger && { by: stranger }) }),
      404,
      refused,
    );
    await expectError(rest('GET', 'nowhere'), 404, refused);
  });

  it('409 for a requestId that was used with other input', async () => {
    const body = { calleeId: call.callee.uid, type: 'audio' as const, requestId: randomUUID() };
    expect((await rest('POST', 'calls', { by: call.caller, body })).status).toBe(200);
    await expectError(
      rest('POST', 'calls', { by: call.caller, body: { ...body, estimatedMinutes: 3 } }),
      409,
      {
        code: 'already-exists',
        reason: 'IDEMPOTENCY_MISMATCH',
      },
    );
  });

  it('429 for too many, with the seconds to wait', async () => {
    const { caller, callId } = await connectedCall(stack);
    await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
    await stack.freeze();
    for (let made = 0; made < 60; made += 1) await rest('POST', `calls/${callId}/token`, { by: caller });
    await expectError(rest('POST', `calls/${callId}/token`, { by: caller }), 429, {
      code: 'resource-exhausted',
      reason: 'RATE_LIMITED',
      retryAfterSec: 60,
    });
  });
});

describe('the query of a GET', () => {
  let caller: SignedIn;
  beforeAll(async () => {
    const call = await connectedCall(stack);
    ({ caller } = call);
    await hangUp(caller, call.callId);
  });

  it('becomes numbers where the contract says so, and pages through', async () => {
    const first = await rest('GET', 'wallet/transactions?limit=2', { by: caller });
    const { items, nextCursor } = first.body as { items: unknown[]; nextCursor: string };
    expect(items).toHaveLength(2);
    expect(first.body).toEqual(await caller.earshot.wallet.transactions({ limit: 2 }));
    const next = await rest('GET', `wallet/transactions?limit=2&cursor=${nextCursor}`, { by: caller });
    expect(next.body).toMatchObject({ items: [{ type: 'purchase' }], nextCursor: null });
    const some = await rest('GET', 'wallet/transactions?type=hold', { by: caller });
    expect(some.body).toMatchObject({ items: [{ type: 'hold' }], nextCursor: null });
  });

  it.each([
    'limit=two',
    'limit=',
    'limit=0',
    'limit=1.5',
    'limit=1&limit=2',
    'limit[a]=1',
    'more=1',
    'type=gift',
  ])('is refused by name when it is %s', async (query) => {
    const answer = await rest('GET', `wallet/transactions?${query}`, { by: caller });
    const path = query.split(/[=[]/u)[0];
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { reason: 'INVALID_INPUT' } },
    });
    expect(answer.text).toContain(`"path":"${path ?? ''}`);
  });

  it('cannot stand in for the id of the path', async () => {
    const answer = await rest('GET', 'calls/none?callId=another', { by: caller });
    expect(answer.status).toBe(404);
  });
});

describe('the routes', () => {
  it('are one for each operation, and no two are the same', () => {
    const routes = contracts.map(
      ({ rest: { method, path } }) => `${method} ${path.replaceAll(/\{\w+\}/gu, '{}')}`,
    );
    expect(new Set(routes).size).toBe(contracts.length);
  });

  const routes = contracts.map(({ name, access, input, rest: { method, path } }) => {
    // Whoever may ask without a token is told what the input lacks.
    const open = input.safeParse({}).success ? 200 : 400;
    return { name, method, path, status: access === 'public' ? open : 401 };
  });
  it.each(routes)('$name is at $method $path', async ({ method, path, status }) => {
    const filled = path.replace('/v1/', '').replaceAll(/\{\w+\}/gu, 'none');
    const answer = await rest(method, filled, method === 'POST' ? { body: {} } : {});
    expect(answer.status).toBe(status);
  });
});
