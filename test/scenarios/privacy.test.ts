/**
 * Nobody can get at another person's data. Whatever lies in the store is tried, and whatever operation there is, so a
 * collection or an operation that is added later is tried as well.
 */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  collectionGroup,
  doc,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
} from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import { copiedFields } from '../../functions/src/listeners/card.ts';
import { defaultSettings, featuresSchema } from '../../functions/src/settings.ts';
import { users } from '../../functions/src/users/documents.ts';
import { declaredPatterns } from '../rules/registry.ts';
import { adminOf, contracts, dump } from './helpers.ts';
import { reasonOf } from './seenRefusal.ts';
import { newcomer, newNumber, register, signInByPhone, type Newcomer } from './newcomers.ts';
import { connectedCall, hangUp, startedCall, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;

/** Somebody, and the words that only they may ever see. */
interface Person {
  readonly phone: Newcomer;
  readonly alias: string;
  readonly secrets: Secrets;
}

type Secrets = Readonly<Record<(typeof SECRETS)[number], string>>;
const SECRETS = [
  'username',
  'fullName',
  'location',
  'referralCode',
  'born',
  'email',
  'token',
  'number',
  'sessions',
] as const;

interface World {
  readonly listener: Person;
  readonly caller: Person;
  readonly stranger: Person;
  readonly callId: string;
}
let world: World;

const masked = { ...defaultSettings(), features: featuresSchema.parse({ masking: true }) };

async function personNamed(name: string, role: 'user' | 'listener', born: string): Promise<Person> {
  const said = {
    username: `${name}-username`,
    fullName: `${name} Fullname`,
    location: `${name} Location`,
    referralCode: `${name}-referral`,
    dateOfBirth: born,
    bio: 'I listen.',
    role,
  };
  const email = `${name}@secrets.example`;
  const token = `device-token-of-${name}`;
  const number = newNumber();
  // A change of the address ends the sessions, so it comes before the one that goes on.
  await setEmail((await signInByPhone(stack, number)).uid, email);
  const phone = await newcomer(stack, number);
  const { alias } = await register(phone, said);
  await phone.earshot.notifications.registerDevice({ token, platform: 'android' });
  // Long ago, so that it ends nothing.
  const sessionsValidAfter = 1_000_000_000 + Number(phone.number.slice(-6));
  await admin.doc(`users/${phone.uid}`).update({ sessionsValidAfter });
  const { username, fullName, location, referralCode } = said;
  const kept = { username, fullName, location, referralCode, born, email, token };
  const secrets = { ...kept, number: number.slice(-10), sessions: String(sessionsValidAfter) };
  return { phone, alias, secrets };
}

async function setEmail(uid: string, email: string): Promise<void> {
  const { projectId, ports } = stack.info;
  const api = `http://127.0.0.1:${ports.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}`;
  const answer = await fetch(`${api}/accounts:update`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ localId: uid, email, emailVerified: true }),
  });
  expect(answer.status).toBe(200);
}

/** What approval gives: the card, made of the profile as it is stored, and readiness. */
async function approve({ uid }: Newcomer): Promise<void> {
  const stored = (await admin.doc(`users/${uid}`).get()).data();
  const profile = users.doc(uid).schema.parse({ ...stored, createdAt: new Date(), bannedUntil: null });
  const now = await stack.control.now();
  const history = { rating: 0, ratingCount: 0, callCount: 0, availability: 'available', online: true };
  await admin.doc(`listeners/${uid}`).set({
    listenerId: uid,
    ...copiedFields({ ...profile, listenerStatus: 'approved' }, masked, now),
    ...history,
  });
  const lease = { at: new Date(), online: true, willing: true, busyUntil: null, hasCard: true };
  await admin.doc(`presence/${uid}`).set(lease);
  await admin.doc(`users/${uid}`).update({ listenerStatus: 'approved' });
}

/** The ids of a declared path that has no document yet are this person's. */
async function plantWhatIsMissing({ phone, secrets }: Person): Promise<void> {
  const there = Object.keys(await dump(stack));
  const missing = declaredPatterns().filter((pattern) => !there.some((path) => fits(path, pattern)));
  await Promise.all(
    missing.map(async (pattern) =>
      admin.doc(pattern.replaceAll('{}', phone.uid)).set({ uid: phone.uid, ...secrets }),
    ),
  );
}

function fits(path: string, pattern: string): boolean {
  const parts = path.split('/');
  const wanted = pattern.split('/');
  return (
    parts.length === wanted.length && wanted.every((part, index) => part === '{}' || part === parts[index])
  );
}

beforeAll(async () => {
  admin = adminOf(stack);
  await admin.doc('config/features').set({ masking: true });
  const listener = await personNamed('lena', 'listener', '1987-03-09');
  const caller = await personNamed('carl', 'user', '1976-11-30');
  const stranger = await personNamed('sven', 'user', '1991-07-23');
  await approve(listener.phone);
  const pair = { caller: caller.phone, callee: listener.phone };
  const ended = await connectedCall(stack, { pair });
  await hangUp(caller.phone, ended.callId);
  const { callId } = await startedCall(stack, { pair });
  // Nothing may run out or be swept while the tests look around.
  await stack.control.idle();
  await stack.freeze();
  await plantWhatIsMissing(caller);
  world = { listener, caller, stranger, callId };
}, 60_000);

const READERS = ['stranger', 'caller', 'listener'] as const;
type Reader = (typeof READERS)[number];

/** Whose words, and which, a text contains. Nobody's own are looked for. */
function leaks(text: string, reader: Reader): string[] {
  return READERS.filter((name) => name !== reader).flatMap((name) =>
    Object.entries(world[name].secrets)
      .filter(([, secret]) => text.includes(secret))
      .map(([what]) => `${what} of the ${name}`),
  );
}

/** Fields that tell too much whatever is in them. */
const PRIVATE_FIELD =
  /"(phone|phoneNumber|dateOfBirth|email|location|fullName|referralCode|sessionsValidAfter|registration|token)":/u;

interface Read {
  readonly place: string;
  readonly read: () => Promise<unknown>;
}

/** @returns what the reader is shown at each place; places that are closed to them are left out */
async function shown(reads: readonly Read[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { place, read } of reads) {
    const text = await read().then(
      (data) => JSON.stringify(data ?? null),
      (fault: { code?: string }) => {
        if (fault.code !== 'permission-denied') throw fault;
        return undefined;
      },
    );
    if (text !== undefined) found.set(place, text);
  }
  return found;
}

async function everyDocument({ phone }: Person): Promise<Map<string, string>> {
  const paths = Object.keys(await dump(stack));
  return shown(
    paths.map((path) => ({
      place: path,
      read: async () => (await getDocFromServer(doc(phone.db, path))).data(),
    })),
  );
}

async function everyList({ phone: { db } }: Person): Promise<Map<string, string>> {
  const parents = Object.keys(await dump(stack)).map((path) => path.split('/').slice(0, -1).join('/'));
  const groups = parents.map((path) => path.split('/').at(-1) ?? '');
  const sources = [
    ...[...new Set(parents)].map((path) => [path, collection(db, path)] as const),
    ...[...new Set(groups)].map((id) => [`group ${id}`, collectionGroup(db, id)] as const),
  ];
  return shown(
    sources.map(([place, source]) => ({
      place,
      read: async () => (await getDocsFromServer(query(source, limit(50)))).docs.map((found) => found.data()),
    })),
  );
}

describe('the store', () => {
  it('holds a document of every declared collection, and every secret', async () => {
    const all = await dump(stack);
    const paths = Object.keys(all);
    expect(declaredPatterns().filter((pattern) => !paths.some((path) => fits(path, pattern)))).toEqual([]);
    const text = JSON.stringify(all);
    for (const name of READERS) {
      // The e-mail address is kept by Firebase Auth alone.
      const { email, ...stored } = world[name].secrets;
      expect(Object.entries(stored).filter(([, secret]) => !text.includes(secret))).toEqual([]);
      expect(email).toContain('@');
    }
  });

  it.each(READERS)('shows nothing of the others to the %s', async (reader) => {
    const documents = await everyDocument(world[reader]);
    const found = [...documents].flatMap(([path, text]) =>
      leaks(text, reader).map((what) => `${path} shows the ${what}`),
    );
    expect(found).toEqual([]);
    const own = `users/${world[reader].phone.uid}`;
    const revealing = [...documents].filter(([path, text]) => path !== own && PRIVATE_FIELD.test(text));
    expect(revealing.map(([path]) => path)).toEqual([]);
  });

  it.each(READERS)('lists nothing of the others to the %s', async (reader) => {
    const lists = await everyList(world[reader]);
    const found = [...lists].flatMap(([path, text]) =>
      leaks(text, reader).map((what) => `${path} lists the ${what}`),
    );
    expect(found).toEqual([]);
    expect([...lists].filter(([, text]) => PRIVATE_FIELD.test(text)).map(([path]) => path)).toEqual([]);
  });

  it('does show each their own profile, the card by its alias, and the call to its parties', async () => {
    const { listener, caller, stranger, callId } = world;
    const card = `listeners/${listener.phone.uid}`;
    for (const name of READERS) {
      const documents = await everyDocument(world[name]);
      const own = documents.get(`users/${world[name].phone.uid}`) ?? '';
      const { email, token, ...stored } = world[name].secrets;
      expect(Object.entries(stored).filter(([, secret]) => !own.includes(secret))).toEqual([]);
      expect([email, token].filter((secret) => own.includes(secret))).toEqual([]);
      expect(documents.get(card)).toContain(listener.alias);
      expect([...documents.keys()].filter((path) => path.startsWith('users/'))).toHaveLength(1);
      expect(documents.has(`calls/${callId}`)).toBe(world[name] !== stranger);
      if (world[name] !== stranger) expect(documents.get(`calls/${callId}`)).toContain(caller.alias);
    }
  });
});

/** What an operation is asked about, by the name of the field. */
function inputAbout(person: Person, names: readonly string[]): Record<string, unknown> {
  const { uid } = person.phone;
  const values: Readonly<Record<string, unknown>> = {
    userId: uid,
    userIds: [uid],
    calleeId: uid,
    listenerId: uid,
    callId: world.callId,
    sampleId: uid,
    objectPath: `verification-audio/${uid}/sample.mp3`,
    deviceId: 'a'.repeat(64),
    phone: person.phone.number,
    code: '000000',
    token: 'another-token',
    platform: 'android',
    type: 'audio',
    status: 'approved',
    note: 'curious',
    kind: 'bye',
    seq: 0,
    gen: 0,
    coins: 1,
    packageId: 'coins-300',
    gateway: 'razorpay',
    orderId: `RCH_${'0'.repeat(32)}`,
    paymentId: 'pay_00000000000000',
    signature: '0'.repeat(64),
    bio: 'I ask.',
    username: 'curious',
    gender: 'other',
    dateOfBirth: '1990-01-01',
    languages: ['en'],
    requestId: randomUUID(),
  };
  const unknown = names.filter((name) => !(name in values));
  if (unknown.length > 0) throw new Error(`say here what to ask for as ${unknown.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

/** Fields that name a person or something of theirs are asked for also where they may be left out. */
const NAMING = /^(userIds?|calleeId|listenerId|callId|sampleId|phone)$/u;

function fieldsToAsk(contract: (typeof contracts)[number]): string[] {
  const { shape } = contract.input as unknown as {
    shape: Record<string, { safeParse(value: unknown): { success: boolean } }>;
  };
  const isRequired = ([, field]: [string, { safeParse(value: unknown): { success: boolean } }]) =>
    !field.safeParse(undefined).success;
  return Object.entries(shape)
    .filter((entry) => isRequired(entry) || NAMING.test(entry[0]))
    .map(([name]) => name);
}

/** Leaving comes last, because it ends the session of whoever asks; ending the call comes before it. */
const asked = contracts.toSorted((a, b) => lateness(a.name) - lateness(b.name));
function lateness(name: string): number {
  if (name === 'auth/logout') return 2;
  return /^calls\/(end|cancel|reject|emergencyEnd)$/u.test(name) ? 1 : 0;
}

describe('the operations', () => {
  const questions = READERS.flatMap((reader) =>
    READERS.filter((about) => about !== reader).map((about) => ({ reader, about })),
  );

  it.each(questions)(
    'tell the $reader nothing of the $about',
    async ({ reader, about }) => {
      const asker = await stack.secondPhoneOf(world[reader].phone);
      const found: string[] = [];
      for (const contract of asked) {
        const input = inputAbout(world[about], fieldsToAsk(contract));
        const told = await asker.call(contract.name, input).then(
          (answer) => JSON.stringify(answer),
          (fault: unknown) => JSON.stringify({ fault, details: Object(fault) as unknown }),
        );
        found.push(...leaks(told, reader).map((what) => `${contract.name} tells the ${what}`));
        if (told.includes('sessionsValidAfter')) found.push(`${contract.name} tells of sessions`);
      }
      expect(found).toEqual([]);
    },
    60_000,
  );

  it('were asked rightly: none found the input of a stranger wrong', async () => {
    const asker = await stack.secondPhoneOf(world.stranger.phone);
    const wrong: string[] = [];
    for (const contract of asked.filter(({ name }) => name !== 'auth/logout')) {
      const reason = await reasonOf(
        asker.call(contract.name, inputAbout(world.listener, fieldsToAsk(contract))),
      );
      if (reason === 'INVALID_INPUT') wrong.push(contract.name);
    }
    // A path in somebody else's folder is itself what is wrong.
    expect(wrong).toEqual(['verification/submit']);
  }, 60_000);

  it('send nobody a push that tells more than an alias', async () => {
    const sent: string[] = [];
    for (const name of READERS) {
      const pushes = await stack.control.pushes(world[name].phone.uid);
      sent.push(...pushes.map(({ data }) => String(data['callerName'])));
      expect(leaks(JSON.stringify(pushes), name)).toEqual([]);
    }
    expect(sent).toContain(world.caller.alias);
  });
});
