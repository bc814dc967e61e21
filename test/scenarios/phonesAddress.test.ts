/** The one address of the phones in the browser, asked by somebody of the network who means no good. */
import { describe, expect, it } from '@jest/globals';
import { unsignedToken } from './helpers.ts';
import { useStack } from './support.ts';

const stack = useStack();
const SIGN_IN = '/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=local';

interface Session {
  readonly idToken: string;
  readonly refreshToken: string;
}

const url = (path: string): string => `http://127.0.0.1:${stack.info.ports.web}${path}`;

async function post(
  address: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function openStream(authorization: string): Promise<number> {
  const database = encodeURIComponent(`projects/${stack.info.projectId}/databases/(default)`);
  const headers = encodeURIComponent(`Content-Type:text/plain\r\nAuthorization:${authorization}\r\n`);
  const address = `/google.firestore.v1.Firestore/Write/channel?VER=8&database=${database}&RID=1&CVER=22&t=1`;
  const answer = await fetch(url(address), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `headers=${headers}&count=0`,
  });
  await answer.body?.cancel();
  return answer.status;
}

const askMe = async (idToken: string) =>
  await post(
    url(`/${stack.info.projectId}/asia-south1/users/me`),
    { data: {} },
    { authorization: `Bearer ${idToken}` },
  );

describe('the address of the phones', () => {
  it('opens no stream with rights that nobody gave', async () => {
    expect(await openStream('Bearer owner')).toBe(401);
    expect(await openStream(`Bearer ${unsignedToken({ sub: 'me', admin: true })}`)).toBe(401);
  });

  it('signs in by tokens of the stack alone', async () => {
    const made = { token: '{"uid":"me","claims":{"admin":true}}', returnSecureToken: true };
    expect((await post(url(SIGN_IN), made)).status).toBe(401);
    // The emulator itself believes it.
    const believed = await post(`http://127.0.0.1:${stack.info.ports.auth}${SIGN_IN}`, made);
    expect(believed.status).toBe(200);
    const { idToken, refreshToken } = believed.body as Session;
    expect(await askMe(idToken)).toMatchObject({
      status: 401,
      body: { error: { details: { reason: 'SESSION_REVOKED' } } },
    });
    const renewed = await fetch(url('/securetoken.googleapis.com/v1/token?key=local'), {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    });
    expect(renewed.status).toBe(401);
  });

  it('signs in the two who are there to be tried, and they ask and listen', async () => {
    const { body } = await post(url('/local/people'), {});
    const token = (body as { items: { customToken: string }[] }).items[0]?.customToken;
    const signedIn = await post(url(SIGN_IN), { token, returnSecureToken: true });
    expect(signedIn.status).toBe(200);
    const { idToken } = signedIn.body as Session;
    const me = await askMe(idToken);
    expect(me.status).toBe(200);
    expect(JSON.stringify(me.body)).toContain('Asha');
    expect(await openStream(`Bearer ${idToken}`)).toBe(200);
  });
});
