/** Who may ask at all: sessions that were ended, people who are banned, operators, and tokens that are none. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Phone } from '../../dev/src/phone/phone.ts';
import {
  adminOf,
  banUntil,
  claimsOf,
  contracts,
  dump,
  sendJson,
  setClaims,
  unsignedToken,
} from './helpers.ts';
import { reasonOf, refusalOf } from './seenRefusal.ts';
import { useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
/** Somebody who is a listener and an operator too, so that no operation has another reason to refuse them. */
let person: SignedIn;
let authTimeSec: number;

beforeAll(async () => {
  admin = adminOf(stack);
  person = await operatorWithPhone();
  authTimeSec = claimsOf(await person.idToken()).auth_time;
});

async function operatorWithPhone(): Promise<SignedIn> {
  const [seeded] = await stack.people({ listeners: 1, callers: 0, coins: 0 });
  if (seeded === undefined) throw new Error('the seed made nobody');
  await stack.control.grant(seeded.uid, 'admin');
  await seeded.idToken(true);
  return seeded;
}

const closed = contracts.filter(({ access }) => access !== 'public').map(({ name }) => ({ name }));
const operators = contracts.filter(({ access }) => access === 'admin').map(({ name }) => ({ name }));

/** Any input: session and ban are judged before it. */
async function ask(name: string, by: Phone = person): Promise<unknown> {
  return by.call(name, { callId: 'none' });
}

async function set(change: Record<string, unknown>): Promise<void> {
  await admin.doc(`users/${person.uid}`).update(change);
}

describe('a session that was ended', () => {
  it.each(closed)('$name is refused', async ({ name }) => {
    await set({ sessionsValidAfter: authTimeSec + 1, bannedUntil: null });
    const before = await dump(stack);
    expect(await refusalOf(ask(name))).toEqual({
      code: 'unauthenticated',
      details: { reason: 'SESSION_REVOKED' },
    });
    expect(await dump(stack)).toEqual(before);
  });

  it.each(closed)('$name passes in the same second', async ({ name }) => {
    await set({ sessionsValidAfter: authTimeSec, bannedUntil: null });
    expect(['OK', 'NOT_FOUND', 'INVALID_INPUT']).toContain(await reasonOf(ask(name)));
  });

  it('ends every token of the person, and a new sign-in begins a new one', async () => {
    const second = await stack.secondPhoneOf(person);
    await set({ sessionsValidAfter: Math.floor(Date.now() / 1000) + 1, bannedUntil: null });
    for (const phone of [person, second]) {
      expect(await reasonOf(phone.earshot.wallet.balance())).toBe('SESSION_REVOKED');
      // A fresh ID token of the old session is of the old session.
      await phone.idToken(true);
      expect(await reasonOf(phone.earshot.wallet.balance())).toBe('SESSION_REVOKED');
    }
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await reasonOf((await stack.secondPhoneOf(person)).earshot.wallet.balance())).toBe('OK');
    await set({ sessionsValidAfter: null });
  });

  it('still sees what anybody may see', async () => {
    await set({ sessionsValidAfter: authTimeSec + 1 });
    expect(await reasonOf(person.earshot.calls.rates())).toBe('OK');
    await set({ sessionsValidAfter: null });
  });
});

describe('a ban', () => {
  const until = new Date('2099-01-02T03:04:05.678Z');

  it.each(closed)('$name is refused and says until when', async ({ name }) => {
    await set({ sessionsValidAfter: null });
    await banUntil(admin, person.uid, until);
    expect(await refusalOf(ask(name))).toEqual({
      code: 'permission-denied',
      details: { reason: 'USER_BANNED', until: until.toISOString() },
    });
  });

  it('is over when its time has come', async () => {
    const now = await stack.control.now();
    await banUntil(admin, person.uid, new Date(now.getTime() + 60_000));
    expect(await reasonOf(person.earshot.wallet.balance())).toBe('USER_BANNED');
    await stack.control.advance(61);
    expect(await reasonOf(person.earshot.wallet.balance())).toBe('OK');
  });
});

describe('an operator', () => {
  const inputs = (): Readonly<Record<string, object>> => ({
    'calls/cleanup': {},
    'calls/systemStatus': {},
    'verification/pending': {},
    'verification/review': { sampleId: 'none', status: 'approved' },
    'wallet/adjust': { userId: person.uid, coins: 1, note: 'x', requestId: randomUUID() },
  });
  const input = (name: string): object => inputs()[name] ?? { callId: 'none', note: 'x' };

  it.each(operators)('needs the claim and the role for $name', async ({ name }) => {
    await banUntil(admin, person.uid, null);
    const [claim, role] = await stack.people({ listeners: 0, callers: 2, coins: 0 });
    if (!claim || !role) throw new Error('the seed made too few people');
    await setClaims(stack, claim.uid, { admin: true });
    await admin.doc(`users/${role.uid}`).update({ roles: ['user', 'admin'] });
    await Promise.all([claim.idToken(true), role.idToken(true)]);
    for (const phone of [claim, role]) {
      const before = await dump(stack);
      for (const tried of [input(name), {}])
        expect(await refusalOf(phone.call(name, tried))).toEqual({
          code: 'permission-denied',
          details: { reason: 'NOT_ALLOWED' },
        });
      expect(await dump(stack)).toEqual(before);
    }
    expect(['OK', 'NOT_FOUND']).toContain(await reasonOf(person.call(name, input(name))));
  });

  it.each(operators)(
    'loses $name with the role at once, though the token still has the claim',
    async ({ name }) => {
      const former = await operatorWithPhone();
      expect(['OK', 'NOT_FOUND']).toContain(await reasonOf(former.call(name, input(name))));
      await admin.doc(`users/${former.uid}`).update({ roles: ['user'] });
      expect(await reasonOf(former.call(name, input(name)))).toBe('NOT_ALLOWED');
    },
  );

  it('needs the claim to be true and nothing else', async () => {
    const [almost] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    if (!almost) throw new Error('the seed made nobody');
    await admin.doc(`users/${almost.uid}`).update({ roles: ['admin'] });
    for (const claim of ['true', 1, {}]) {
      await setClaims(stack, almost.uid, { admin: claim });
      await almost.idToken(true);
      expect(await reasonOf(almost.call('wallet/adjust', input('wallet/adjust')))).toBe('NOT_ALLOWED');
    }
  });
});

describe('a token that is none', () => {
  /** Changes what a true token says. The emulator's tokens bear no signature, so nothing else can be forged here. */
  async function forged(change: Record<string, unknown>, header?: object): Promise<string> {
    return unsignedToken({ ...claimsOf(await person.idToken()), ...change }, header);
  }
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;

  const forgeries: [string, () => Promise<string> | string][] = [
    ['is junk', () => 'junk'],
    ['has three junk parts', () => 'a.b.c'],
    ['has expired', async () => forged({ iat: hourAgo - 60, auth_time: hourAgo - 60, exp: hourAgo })],
    ['is of another project', async () => forged({ aud: 'demo-another' })],
    ['has another issuer', async () => forged({ iss: 'https://example.com/somebody' })],
    ['is of nobody', async () => forged({ sub: '', user_id: '' })],
    ['is of an account that does not exist', async () => forged({ sub: 'nobody', user_id: 'nobody' })],
    ['claims a signature', async () => `${await forged({}, { alg: 'HS256' })}c2lnbmF0dXJl`],
    ['is a custom token', () => person.customToken],
  ];

  it.each(forgeries)('%s: refused by the callable and by REST', async (_what, make) => {
    await set({ sessionsValidAfter: null, bannedUntil: null });
    const token = await make();
    const callable = await sendJson(stack, 'wallet/balance', { token, body: { data: {} } });
    expect(callable).toMatchObject({ status: 401, body: { error: { status: 'UNAUTHENTICATED' } } });
    const rest = await sendJson(stack, 'api/v1/wallet/balance', { method: 'GET', token });
    expect(rest).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated', reason: 'SIGN_IN_REQUIRED' } },
    });
  });

  it('while the one it was made from is good', async () => {
    const token = await person.idToken();
    expect((await sendJson(stack, 'wallet/balance', { token, body: { data: {} } })).status).toBe(200);
    expect((await sendJson(stack, 'api/v1/wallet/balance', { method: 'GET', token })).status).toBe(200);
  });
});
