import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { initializeApp } from 'firebase/app';
import type { Auth } from 'firebase/auth';
import { getFunctions } from 'firebase/functions';
import { toEarshotError } from '../error.ts';
import { idTokenOf } from '../firebase.ts';
import { makeWorld, settle } from '../testing/world.ts';
import { callableTransport } from './callable.ts';
import { requestOf, restTransport } from './rest.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a request', () => {
  it('fills the path and sends the rest as JSON', () => {
    expect(requestOf('POST', '/v1/calls/{callId}/end', { callId: 'a/b', note: 'x' })).toEqual({
      url: '/v1/calls/a%2Fb/end',
      body: '{"note":"x"}',
    });
  });

  it('of a GET stands in the query, lists with commas, without what is null', () => {
    const input = { userIds: ['a', 'b'], limit: 5, onlineOnly: true, cursor: null };
    expect(requestOf('GET', '/v1/presence', input)).toEqual({
      url: '/v1/presence?userIds=a%2Cb&limit=5&onlineOnly=true',
    });
  });
});

describe('the REST transport', () => {
  const route = { name: 'calls/end', method: 'POST', path: '/v1/calls/{callId}/end' } as const;
  const send = async (answer: Response | Error) => {
    const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    const transport = restTransport({ baseUrl: 'https://example.com/api/', idToken: async () => 'jwt' });
    const came = await transport(route, { callId: 'c' }, 1000).catch((fault: unknown) => fault);
    return { came, asked: fetched.mock.calls[0] };
  };

  it('carries the token and answers the JSON', async () => {
    const { came, asked } = await send(Response.json({ state: 'ended' }));
    expect(came).toEqual({ state: 'ended' });
    expect(asked).toEqual([
      'https://example.com/api/v1/calls/c/end',
      expect.objectContaining({ headers: expect.objectContaining({ authorization: 'Bearer jwt' }) }),
    ]);
  });

  it('throws the refusal that was answered', async () => {
    const details = { reason: 'INVALID_TRANSITION', state: 'ended' };
    const error = { code: 'failed-precondition', reason: 'INVALID_TRANSITION', message: 'no', details };
    const { came } = await send(Response.json({ error }, { status: 400 }));
    expect(came).toMatchObject({ reason: 'INVALID_TRANSITION', details: { state: 'ended' } });
  });

  it('takes an answer with another status for an answer', async () => {
    const { came } = await send(Response.json({ status: 'degraded' }, { status: 503 }));
    expect(came).toEqual({ status: 'degraded' });
  });

  it('is unavailable without a network, and behind a proxy that says so', async () => {
    expect((await send(new TypeError('fetch failed'))).came).toMatchObject({ reason: 'UNAVAILABLE' });
    const page = new Response('<html>', { status: 502 });
    expect((await send(page)).came).toMatchObject({ reason: 'UNAVAILABLE' });
  });

  it.each([
    ['auth/network-request-failed', 'UNAVAILABLE'],
    ['auth/user-token-expired', 'SIGN_IN_REQUIRED'],
  ])('asks nothing when there is no token, and says why: %s', async (code, reason) => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    const idToken = async () => await Promise.reject(Object.assign(new Error('no token'), { code }));
    const transports = [
      restTransport({ baseUrl: 'https://example.com/api/', idToken }),
      callableTransport(getFunctions(initializeApp({ projectId: 'demo-app' }, code)), idToken),
    ];
    for (const transport of transports) {
      const fault: unknown = await transport(route, {}, 1000).catch((thrown: unknown) => thrown);
      expect(toEarshotError(fault)).toMatchObject({ reason });
    }
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is asked again when a token could not be renewed for want of a network', async () => {
    const { backend, earshot, timers } = makeWorld();
    const lost = Object.assign(new Error('no network'), { code: 'auth/network-request-failed' });
    backend.answers('calls/ongoing', () => {
      if (backend.times('calls/ongoing') < 3) throw lost;
      return { call: null };
    });
    const asked = earshot.calls.ongoing();
    await timers.pass(10);
    expect(await asked).toEqual({ call: null });
  });
});

describe('the ID token', () => {
  it('is that of the person whom the SDK finds signed in after the page was loaded', async () => {
    const currentUser = { getIdToken: async () => await Promise.resolve('jwt') };
    const auth: { currentUser: unknown; authStateReady(): Promise<void> } = {
      currentUser: null,
      authStateReady: async () => {
        await settle();
        auth.currentUser = currentUser;
      },
    };
    expect(await idTokenOf(auth as unknown as Auth)()).toBe('jwt');
  });
});
