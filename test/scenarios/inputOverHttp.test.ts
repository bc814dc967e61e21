/** What reaches the functions without an SDK: broken bodies, wrong methods, unknown names, and browsers that ask first. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { dump, http, sendJson, type HttpAnswer } from './helpers.ts';
import { acceptedCall, useStack, type AcceptedCall } from './support.ts';

const stack = useStack();
let call: AcceptedCall;
let token: string;
let operatorToken: string;
beforeAll(async () => {
  call = await acceptedCall(stack);
  token = await call.caller.idToken();
  operatorToken = await (await stack.operator()).idToken();
});

async function post(path: string, body: string, type = 'application/json'): Promise<HttpAnswer> {
  return http(stack, path, {
    method: 'POST',
    body,
    headers: { 'content-type': type, authorization: `Bearer ${token}` },
  });
}

const MALFORMED = ['{', '{"data":', 'null', '"text"', '7', '[]', '{"data":{}}}', '\u0000', '<xml/>'];

describe('a callable', () => {
  const refusedByProtocol = { error: { status: 'INVALID_ARGUMENT', message: 'Bad Request' } };

  it.each(MALFORMED)('refuses the body %j', async (body) => {
    const before = await dump(stack);
    expect((await post('wallet/balance', body)).status).toBe(400);
    expect(await dump(stack)).toEqual(before);
  });

  it.each(['{}', '{"data":{},"more":1}', '[{"data":{}}]'])('refuses the envelope %s', async (body) => {
    expect(await post('wallet/balance', body)).toMatchObject({ status: 400, body: refusedByProtocol });
  });

  it('takes no data for an empty input', async () => {
    const [none, empty] = [
      await post('wallet/balance', '{"data":null}'),
      await post('wallet/balance', '{"data":{}}'),
    ];
    expect(none.status).toBe(200);
    expect(none.body).toEqual(empty.body);
  });

  it('takes JSON only', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])
      expect((await post('wallet/balance', '{"data":{}}', type)).status).toBe(400);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('refuses %s', async (method) => {
    expect(await sendJson(stack, 'wallet/balance', { method, token })).toMatchObject({ status: 400 });
  });

  it.each([
    'calls/nope',
    'calls',
    'calls/',
    'calls/start/more',
    'calls/constructor',
    'calls/__proto__',
    'wallet/start',
  ])('does not know %s', async (path) => {
    expect(await sendJson(stack, path, { token, body: { data: {} } })).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND' } },
    });
  });

  it('answers the preflight of any page, also before it is known who asks', async () => {
    const preflight = await http(stack, 'calls/start', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const refused = await http(stack, 'calls/start', {
      method: 'POST',
      body: '{"data":{}}',
      headers: { origin: 'https://app.example', 'content-type': 'application/json' },
    });
    expect(refused.status).toBe(401);
    // Without it the page could not read why it was refused.
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('REST', () => {
  it.each(['{', '{"callId":', '\u0000'])('refuses the body %j', async (body) => {
    expect((await post('api/v1/calls', body)).status).toBe(400);
  });

  it.each(['[]', '[{}]'])('refuses %s, which is no object, by name', async (body) => {
    expect(await post('api/v1/calls', body)).toMatchObject({
      status: 400,
      body: { error: { reason: 'INVALID_INPUT', details: { issues: [{ path: '' }] } } },
    });
  });

  it('refuses a body that is no JSON', async () => {
    for (const type of ['text/plain', 'application/octet-stream', 'application/xml'])
      expect(await post('api/v1/calls', 'hello', type)).toMatchObject({
        status: 400,
        body: { error: { reason: 'INVALID_INPUT' } },
      });
  });

  it.each([
    ['PUT', 'v1/calls'],
    ['DELETE', 'v1/calls/some'],
    ['POST', 'v1/calls/rates'],
    ['GET', 'v1/calls'],
    ['GET', 'v1/nope'],
    ['GET', 'v2/calls/rates'],
    ['POST', 'v1/admin/calls/some'],
    ['GET', ''],
  ])('has no route %s /%s', async (method, path) => {
    const { status, body } = await sendJson(stack, `api/${path}`, { method, token });
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: 'not-found', reason: 'NOT_FOUND' } });
  });

  it('takes the id of the path, whatever the body says', async () => {
    const answer = await sendJson(stack, `api/v1/calls/${call.callId}/heartbeat`, {
      token,
      body: { callId: 'another' },
    });
    expect(answer).toMatchObject({ status: 200, body: {} });
  });

  it('answers the preflight', async () => {
    const preflight = await http(stack, 'api/v1/calls', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('strange values', () => {
  it('in a name of a field are refused by that name', async () => {
    const { body } = await post('api/v1/calls', `{"__proto__":{"x":1},"constructor":1}`);
    expect(body).toMatchObject({ error: { reason: 'INVALID_INPUT' } });
    expect(JSON.stringify(body)).toContain('constructor');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  // Those that begin with two underscores are Firestore's own.
  it.each(['..', '.', '__name__', '__', 'a/b', 'a b', '%00', 'ü', ''])('%j is no id', async (callId) => {
    const answer = await sendJson(stack, 'calls/get', { token, body: { data: { callId } } });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { details: { reason: 'INVALID_INPUT', issues: [{ path: 'callId' }] } } },
    });
  });

  const adjust = async (coins: string, note: string): Promise<HttpAnswer> => {
    const data = `{"userId":"${call.callee.uid}","coins":${coins},"note":${note},"requestId":"${randomUUID()}"}`;
    return http(stack, 'wallet/adjust', {
      method: 'POST',
      body: `{"data":${data}}`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
    });
  };

  // Half a surrogate pair is what is left of an emoji when an app cuts a text to its longest.
  it.each(['"\\u0000"', '"cut \\ud83d"', '"\\udc00\\ud800"', '"\\u202e👩‍👩‍👧‍👦"'])(
    'a note may be %s',
    async (note) => {
      expect((await adjust('1', note)).status).toBe(200);
    },
  );

  it.each(['1e400', '1e21', '0', '-0', '1000001', '0.1', '"5"', 'null'])('%s are no coins', async (coins) => {
    const { status, body } = await adjust(coins, '"x"');
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { details: { reason: 'INVALID_INPUT' } } },
    });
    expect(JSON.stringify(body)).toContain('"path":"coins"');
  });
});
