/** How a verified phone becomes a person: what is derived, what is unique, and what is given once. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { collection, doc, getDocFromServer, getDocsFromServer, limit, query } from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import { adminOf, banUntil, dump, sendJson, unregistered } from './helpers.ts';
import { reasonOf } from './seenRefusal.ts';
import {
  newcomer,
  newNumber,
  register,
  registeredPerson,
  registration,
  signInByPhone,
  type Newcomer,
} from './newcomers.ts';
import { books, connectedCall, expectRefusal, hangUp, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

const FULL_BALANCE = { available: 50, held: 0, bonus: 50, purchased: 0, spent: 0 };

/** How often each outcome came. */
function tally(outcomes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(outcomes)].map((outcome) => [outcome, outcomes.filter((one) => one === outcome).length]),
  );
}

async function collectionIds(path: string): Promise<string[]> {
  return Object.keys(await dump(stack))
    .filter((name) => name.startsWith(`${path}/`))
    .map((name) => name.slice(path.length + 1));
}

/** What an operator does who deletes somebody: the documents that are theirs alone, and the account. */
async function deletePerson(uid: string): Promise<void> {
  await admin.recursiveDelete(admin.doc(`wallets/${uid}`));
  await admin.doc(`users/${uid}`).delete();
  const { projectId, ports } = stack.info;
  const api = `http://127.0.0.1:${ports.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}`;
  const answer = await fetch(`${api}/accounts:delete`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ localId: uid }),
  });
  expect(answer.status).toBe(200);
}

/** What the SDK's `deleteUser` sends. No operation of ours hears of it. */
async function deleteOwnAccount(idToken: string): Promise<void> {
  const api = `http://127.0.0.1:${stack.info.ports.auth}/identitytoolkit.googleapis.com/v1`;
  const answer = await fetch(`${api}/accounts:delete?key=local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ idToken }),
  });
  expect(answer.status).toBe(200);
}

describe('somebody whose phone Firebase itself has verified', () => {
  it('registers, and whatever was not said is derived', async () => {
    const person = await newcomer(stack);
    expect(await reasonOf(person.earshot.users.me())).toBe('NOT_REGISTERED');
    const user = await register(person, {
      username: 'Meena.K',
      dateOfBirth: '1990-05-17',
      languages: ['Tamil', 'en', 'tamil'],
      interests: ['Music', 'music', 'Chess'],
      bio: '  I listen.  ',
    });
    const now = await stack.control.now();
    expect(user).toEqual({
      userId: person.uid,
      username: 'Meena.K',
      alias: expect.stringMatching(/^OTO#\d{5}$/u),
      phone: person.number,
      country: 'IN',
      fullName: null,
      gender: 'female',
      dateOfBirth: '1990-05-17',
      age: expect.any(Number),
      languages: ['ta', 'en'],
      bio: 'I listen.',
      interests: ['music', 'chess'],
      location: null,
      imageUrl: null,
      roles: ['user'],
      listenerStatus: 'none',
      createdAt: expect.any(String),
    });
    const years = now.getTime() - new Date('1990-05-17').getTime();
    expect(user.age).toBe(Math.floor(years / (365.2425 * 86_400_000)));
    expect(await person.earshot.users.me()).toEqual({ user });
  });

  it('sees the profile, a wallet and its bonus live', async () => {
    const person = await registeredPerson(stack);
    const profile = (await getDocFromServer(doc(person.db, `users/${person.uid}`))).data();
    expect(profile).toMatchObject({ username: person.profile.username, alias: person.profile.alias });
    expect((await books(person)).coins).toEqual(FULL_BALANCE);
    const entries = query(collection(person.db, `wallets/${person.uid}/entries`), limit(10));
    expect((await getDocsFromServer(entries)).docs.map((entry) => entry.data())).toEqual([
      expect.objectContaining({ type: 'bonus', amount: 50, balanceAfter: 50, description: 'Welcome bonus' }),
    ]);
    expect(await person.earshot.wallet.balance()).toMatchObject({ coins: FULL_BALANCE });
  });

  it('may come from any country', async () => {
    const person = await newcomer(stack, '+14155552671');
    expect(await register(person)).toMatchObject({ phone: '+14155552671', country: 'US' });
  });

  it('registers over REST with the ID token of that very sign-in', async () => {
    const { uid, idToken } = await signInByPhone(stack, newNumber());
    const said = registration({ fullName: 'Asha Kumar', location: 'Pune' });
    const answer = await sendJson(stack, 'api/v1/auth/register', { token: idToken, body: said });
    expect(answer).toMatchObject({ status: 200, body: { user: { userId: uid, fullName: 'Asha Kumar' } } });
    const me = await sendJson(stack, 'api/v1/users/me', { method: 'GET', token: idToken });
    expect(me).toMatchObject({ status: 200, body: { user: { userId: uid, location: 'Pune' } } });
  });

  it('who wants to be a listener waits for an operator, and has no card', async () => {
    const person = await registeredPerson(stack, { role: 'listener' });
    expect(person.profile).toMatchObject({ roles: ['user', 'listener'], listenerStatus: 'pending' });
    expect((await getDocFromServer(doc(person.db, `listeners/${person.uid}`))).exists()).toBe(false);
  });

  it('spends the bonus like any coins, but nobody is paid out for it', async () => {
    const caller = await registeredPerson(stack);
    const [callee] = await stack.people({ listeners: 1, callers: 0, coins: 0 });
    if (callee === undefined) throw new Error('the seed made nobody');
    const { callId } = await connectedCall(stack, { pair: { caller, callee } });
    await stack.control.advance(90);
    await hangUp(caller, callId);
    expect((await books(caller)).coins).toEqual({ ...FULL_BALANCE, available: 30, bonus: 30, spent: 20 });
    expect((await books(callee)).earnings).toMatchObject({ available: 0, promotional: 30, total: 30 });
  });
});

describe('what nobody can choose', () => {
  let person: Newcomer;
  beforeAll(async () => {
    person = await newcomer(stack);
  });

  it.each([
    ['phone', '+919812345678'],
    ['country', 'US'],
    ['alias', 'OTO#1'],
    ['roles', ['admin']],
    ['coins', 5000],
    ['age', 30],
    ['rating', 5],
    ['listenerStatus', 'approved'],
    ['isVerified', true],
    ['imageUrl', 'https://example.com/x.png'],
  ])('%s is an unknown field', async (field, value) => {
    await expectRefusal(register(person, { [field]: value }), 'INVALID_INPUT', {
      issues: [{ path: field, message: 'unknown field' }],
    });
  });

  it('is the role of an operator', async () => {
    const asked = register(person, { role: 'admin' });
    await expectRefusal(asked, 'INVALID_INPUT', { issues: [expect.objectContaining({ path: 'role' })] });
  });
});

describe('a username', () => {
  it('is one person’s, however it is written', async () => {
    const first = await registeredPerson(stack, { username: 'Ravi.Kumar' });
    for (const username of ['Ravi.Kumar', 'ravikumar', 'RAVI_KUMAR', 'ravi-kumar', 'ｒａｖｉｋｕｍａｒ'])
      await expectRefusal(register(await newcomer(stack), { username }), 'USERNAME_TAKEN');
    expect(first.profile.username).toBe('Ravi.Kumar');
    expect((await registeredPerson(stack, { username: 'ravi.kumar2' })).profile.username).toBe('ravi.kumar2');
  });

  it.each([
    'ab',
    'x'.repeat(31),
    'ravi kumar',
    'ravi..k',
    '9812345678',
    'r9812345678',
    'admin',
    'Earshot.Help',
  ])('is not %j', async (username) => {
    const refused = register(await newcomer(stack), { username });
    await expectRefusal(refused, 'INVALID_INPUT', {
      issues: [{ path: 'username', message: expect.any(String) }],
    });
  });

  it('that twenty people want at once goes to exactly one of them', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, async () => newcomer(stack)));
    const outcomes = await Promise.all(
      people.map(async (person) => reasonOf(register(person, { username: 'Wanted' }))),
    );
    expect(tally(outcomes)).toEqual({ OK: 1, USERNAME_TAKEN: 19 });
    const winner = people[outcomes.indexOf('OK')];
    const all = await dump(stack);
    expect(all['usernames/wanted']).toMatchObject({ uid: { stringValue: winner?.uid } });
    for (const person of people) {
      const won = person === winner;
      expect([`users/${person.uid}`, `wallets/${person.uid}`].map((path) => path in all)).toEqual([won, won]);
    }
    const loser = people[outcomes.indexOf('USERNAME_TAKEN')];
    if (loser === undefined) throw new Error('everybody has won');
    expect(await register(loser, { username: 'Unwanted' })).toMatchObject({ username: 'Unwanted' });
  });
});

describe('one account', () => {
  it('that registers eight times at once is registered once', async () => {
    const person = await newcomer(stack);
    const before = await collectionIds('aliases');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => reasonOf(register(person, { requestId: randomUUID() }))),
    );
    expect(tally(outcomes)).toEqual({ OK: 1, ALREADY_REGISTERED: 7 });
    expect(await collectionIds('aliases')).toHaveLength(before.length + 1);
    expect((await books(person)).coins).toEqual(FULL_BALANCE);
  });

  it('that sends one request eight times at once gets one answer', async () => {
    const person = await newcomer(stack);
    const said = registration({ requestId: randomUUID() });
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => person.earshot.auth.register(said)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await books(person)).coins).toEqual(FULL_BALANCE);
    await expectRefusal(
      person.earshot.auth.register({ ...said, bio: 'other input' }),
      'IDEMPOTENCY_MISMATCH',
    );
    await expectRefusal(
      person.earshot.auth.register({ ...said, requestId: randomUUID() }),
      'ALREADY_REGISTERED',
    );
  });
});

describe('the bonus', () => {
  it('is not given again to a phone whose account was deleted and made anew', async () => {
    const number = newNumber();
    const first = await newcomer(stack, number);
    const before = await register(first, { username: 'Comes.Back' });
    await deletePerson(first.uid);
    const again = await newcomer(stack, number);
    expect(again.uid).not.toBe(first.uid);
    await expectRefusal(register(again, { username: 'comesback' }), 'USERNAME_TAKEN');
    const after = await register(again);
    expect(after.alias).not.toBe(before.alias);
    expect((await books(again)).coins).toEqual({ ...FULL_BALANCE, available: 0, bonus: 0 });
    expect(await again.earshot.wallet.transactions()).toEqual({ items: [], nextCursor: null });
  });

  it('is remembered without the phone', async () => {
    const { number } = await registeredPerson(stack);
    const kept = Object.entries(await dump(stack)).filter(([path]) => path.startsWith('bonuses/'));
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(number.slice(-10));
  });
});

describe('who may not register', () => {
  it('is whoever is too young, to the day', async () => {
    await stack.freeze();
    const now = await stack.control.now();
    const born = (daysLater: number) =>
      new Date(Date.UTC(now.getUTCFullYear() - 18, now.getUTCMonth(), now.getUTCDate() + daysLater))
        .toISOString()
        .slice(0, 10);
    const person = await newcomer(stack);
    await expectRefusal(register(person, { dateOfBirth: born(1) }), 'UNDERAGE');
    expect(await register(person, { dateOfBirth: born(0) })).toMatchObject({ age: 18 });
  });

  it.each(['2001-02-29', '2999-01-01', '1850-01-01', '01/02/1990', '1990-1-2', '', '1990-01-01T00:00:00Z'])(
    'is nobody born on %j: that is no date of birth',
    async (dateOfBirth) => {
      await expectRefusal(register(await newcomer(stack), { dateOfBirth }), 'INVALID_INPUT', {
        issues: [expect.objectContaining({ path: 'dateOfBirth' })],
      });
    },
  );

  it('is whoever is banned, also with an account made anew after deleting the one of before', async () => {
    const number = newNumber();
    const first = await newcomer(stack, number);
    await register(first);
    const now = await stack.control.now();
    const until = new Date(now.getTime() + 3_600_000);
    await banUntil(admin, first.uid, until);
    await deleteOwnAccount(await first.idToken());
    const again = await newcomer(stack, number);
    expect(again.uid).not.toBe(first.uid);
    const before = await dump(stack);
    await expectRefusal(register(again), 'USER_BANNED', { until: until.toISOString() });
    expect(await dump(stack)).toEqual(before);
    await stack.control.advance(3601);
    expect(await register(again)).toMatchObject({ userId: again.uid });
  });

  it('is whoever has no verified phone, whatever the input says', async () => {
    const person = await unregistered(stack, `guest-${randomUUID()}`);
    const before = await dump(stack);
    await expectRefusal(person.earshot.auth.register(registration()), 'REQUIREMENTS_NOT_MET', {
      missing: ['phone'],
    });
    expect(await dump(stack)).toEqual(before);
  });
});
