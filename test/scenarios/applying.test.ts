/** A person asks to become a listener: what it takes, and what it does not yet give. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { doc, getDocFromServer } from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import type { User } from '../../client/src/index.ts';
import { adminOf, sendJson } from './helpers.ts';
import { reasonOf } from './seenRefusal.ts';
import { registeredPerson } from './newcomers.ts';
import { expectRefusal, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

async function profileOf(person: SignedIn): Promise<User> {
  return (await person.earshot.users.me()).user;
}

describe('an application', () => {
  it('makes a pending listener, whom nobody can see or call yet', async () => {
    const person = await registeredPerson(stack, { languages: ['hi'], interests: ['music'] });
    const asked = { bio: ' I listen. ', languages: ['Tamil'], callTypes: ['audio' as const] };
    const answer = await person.earshot.listeners.apply(asked);
    expect(answer).toEqual({
      listener: {
        listenerId: person.uid,
        status: 'pending',
        displayName: person.profile.username,
        bio: 'I listen.',
        languages: ['ta'],
        interests: ['music'],
        callTypes: ['audio'],
        gender: 'female',
        age: person.profile.age,
        country: 'IN',
      },
    });
    expect(await profileOf(person)).toEqual({
      ...person.profile,
      bio: 'I listen.',
      languages: ['ta'],
      roles: ['user', 'listener'],
      listenerStatus: 'pending',
    });
    const caller = await registeredPerson(stack);
    const card = await getDocFromServer(doc(caller.db, `listeners/${person.uid}`));
    expect(card.exists()).toBe(false);
    const start = { calleeId: person.uid, type: 'audio' as const, requestId: randomUUID() };
    await expectRefusal(caller.earshot.calls.start(start), 'CALLEE_NOT_CALLABLE');
  });

  it('can be made over REST, changed while it waits, and made anew after a rejection', async () => {
    const person = await registeredPerson(stack);
    const token = await person.idToken();
    const first = await sendJson(stack, 'api/v1/listeners/apply', { token, body: { bio: 'First.' } });
    expect(first).toMatchObject({ status: 200, body: { listener: { bio: 'First.', status: 'pending' } } });
    await person.earshot.listeners.apply({ bio: 'Second.', callTypes: ['video', 'video'] });
    expect(await profileOf(person)).toMatchObject({ bio: 'Second.', listenerStatus: 'pending' });
    await admin.doc(`users/${person.uid}`).update({ listenerStatus: 'rejected' });
    await person.earshot.listeners.apply({ bio: 'Third.' });
    expect(await profileOf(person)).toMatchObject({
      bio: 'Third.',
      listenerStatus: 'pending',
      roles: ['user', 'listener'],
    });
  });

  it('names everything that is missing at once', async () => {
    const person = await registeredPerson(stack);
    const apply = (bio: string) => person.earshot.listeners.apply({ bio });
    await expectRefusal(apply('  '), 'REQUIREMENTS_NOT_MET', { missing: ['bio'] });
    await admin.doc(`users/${person.uid}`).update({ phone: null, dateOfBirth: null });
    await expectRefusal(apply(''), 'REQUIREMENTS_NOT_MET', { missing: ['dateOfBirth', 'phone', 'bio'] });
    await expectRefusal(apply('I listen.'), 'REQUIREMENTS_NOT_MET', { missing: ['dateOfBirth', 'phone'] });
    expect(await profileOf(person)).toMatchObject({ roles: ['user'], listenerStatus: 'none', bio: '' });
  });

  it('is refused to an approved listener, whose profile stays as it is', async () => {
    const [listener] = await stack.people({ listeners: 1, callers: 0, coins: 0 });
    if (listener === undefined) throw new Error('the seed made nobody');
    const before = await profileOf(listener);
    await expectRefusal(listener.earshot.listeners.apply({ bio: 'Anew.' }), 'ALREADY_REGISTERED');
    expect(await profileOf(listener)).toEqual(before);
  });

  it('that comes twice is one', async () => {
    const person = await registeredPerson(stack);
    const asked = { bio: 'I listen.', requestId: randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(async () => person.earshot.listeners.apply(asked)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await expectRefusal(person.earshot.listeners.apply({ ...asked, bio: 'I talk.' }), 'IDEMPOTENCY_MISMATCH');
  });

  it('does not give the right to what only listeners who are approved may do', async () => {
    const person = await registeredPerson(stack, { role: 'listener', bio: 'I listen.' });
    expect(await reasonOf(person.earshot.listeners.apply({ bio: 'Still.' }))).toBe('OK');
    expect(await profileOf(person)).toMatchObject({ listenerStatus: 'pending', roles: ['user', 'listener'] });
  });
});
