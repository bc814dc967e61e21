/** Private reads look at the session and at the ban, as every operation does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  doc,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
  where,
  type Firestore,
} from 'firebase/firestore';
import { outcome, RulesBench, type Outcome } from './emulator.ts';
import { SIGNED_IN_SEC, TOMORROW, YESTERDAY } from './people.ts';

const bench = new RulesBench('sessions');

beforeAll(async () => {
  await bench.open();
  await bench.put({ 'listeners/lena': { rating: 5 } });
}, 30_000);

afterAll(async () => {
  await bench.close();
});

type Read = (db: Firestore, uid: string) => Promise<unknown>;

const PRIVATE_READS: Readonly<Record<string, Read>> = {
  profile: (db, uid) => getDocFromServer(doc(db, `users/${uid}`)),
  wallet: (db, uid) => getDocFromServer(doc(db, `wallets/${uid}`)),
  entry: (db, uid) => getDocFromServer(doc(db, `wallets/${uid}/entries/e1`)),
  entries: (db, uid) => getDocsFromServer(query(collection(db, `wallets/${uid}/entries`), limit(1))),
  'call as caller': (db, uid) => getDocFromServer(doc(db, `calls/from-${uid}`)),
  'call as callee': (db, uid) => getDocFromServer(doc(db, `calls/to-${uid}`)),
  'calls as caller': (db, uid) =>
    getDocsFromServer(query(collection(db, 'calls'), where('callerId', '==', uid), limit(1))),
  'calls as callee': (db, uid) =>
    getDocsFromServer(query(collection(db, 'calls'), where('calleeId', '==', uid), limit(1))),
};

const PUBLIC_READS: Readonly<Record<string, Read>> = {
  card: (db) => getDocFromServer(doc(db, 'listeners/lena')),
  cards: (db) => getDocsFromServer(query(collection(db, 'listeners'), limit(1))),
};

async function outcomes(reads: Readonly<Record<string, Read>>, uid: string) {
  const db = bench.as({ uid, authTimeSec: SIGNED_IN_SEC });
  const pairs = Object.entries(reads).map(
    async ([name, read]) => [name, await outcome(read(db, uid))] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}

function all(reads: Readonly<Record<string, Read>>, expected: Outcome) {
  return Object.fromEntries(Object.keys(reads).map((name) => [name, expected]));
}

async function belongings(uid: string): Promise<void> {
  await bench.put({
    [`wallets/${uid}`]: { openCallId: null },
    [`wallets/${uid}/entries/e1`]: { type: 'bonus' },
    [`calls/from-${uid}`]: { callerId: uid, calleeId: 'lena' },
    [`calls/to-${uid}`]: { callerId: 'lena', calleeId: uid },
  });
}

const valid = { sessionsValidAfter: null, bannedUntil: null };

describe.each<readonly [string, Record<string, unknown>, Outcome]>([
  ['neither logged out nor banned', valid, 'allowed'],
  ['with a profile that has neither field', {}, 'allowed'],
  ['signed in after leaving', { ...valid, sessionsValidAfter: SIGNED_IN_SEC - 1 }, 'allowed'],
  ['signed in in the second of leaving', { ...valid, sessionsValidAfter: SIGNED_IN_SEC }, 'allowed'],
  ['signed in a second before', { ...valid, sessionsValidAfter: SIGNED_IN_SEC + 1 }, 'refused'],
  ['banned until tomorrow', { ...valid, bannedUntil: TOMORROW }, 'refused'],
  ['banned until yesterday', { ...valid, bannedUntil: YESTERDAY }, 'allowed'],
  [
    'banned, and signed in again since leaving',
    { sessionsValidAfter: SIGNED_IN_SEC - 1, bannedUntil: TOMORROW },
    'refused',
  ],
  [
    'left, after a ban that is over',
    { sessionsValidAfter: SIGNED_IN_SEC + 1, bannedUntil: YESTERDAY },
    'refused',
  ],
  ['with a moment of leaving that is no number', { ...valid, sessionsValidAfter: 'yes' }, 'refused'],
  ['with a ban that is no moment', { ...valid, bannedUntil: 'forever' }, 'refused'],
])('someone %s', (name, profile, expected) => {
  const uid = name.replaceAll(/\W+/g, '-');

  beforeAll(async () => {
    await belongings(uid);
    await bench.put({ [`users/${uid}`]: profile });
  });

  it(`is ${expected} what is private`, async () => {
    expect(await outcomes(PRIVATE_READS, uid)).toEqual(all(PRIVATE_READS, expected));
  });

  it('sees the cards', async () => {
    expect(await outcomes(PUBLIC_READS, uid)).toEqual(all(PUBLIC_READS, 'allowed'));
  });
});

it('without a profile nothing private is shown, the cards are', async () => {
  await belongings('guest');
  expect(await outcomes(PRIVATE_READS, 'guest')).toEqual(all(PRIVATE_READS, 'refused'));
  expect(await outcomes(PUBLIC_READS, 'guest')).toEqual(all(PUBLIC_READS, 'allowed'));
});

it.each<readonly [number, Outcome]>([
  [SIGNED_IN_SEC - 61, 'refused'],
  [SIGNED_IN_SEC - 60, 'allowed'],
])('a session begun after leaving with a token made at %i is %s', async (issuedSec, expected) => {
  const uid = `trader${issuedSec}`;
  await belongings(uid);
  await bench.put({ [`users/${uid}`]: { ...valid, sessionsValidAfter: SIGNED_IN_SEC - 60 } });
  const db = bench.as({ uid, authTimeSec: SIGNED_IN_SEC, issuedSec });
  for (const read of Object.values(PRIVATE_READS)) expect(await outcome(read(db, uid))).toBe(expected);
});

it('a ban and a logout hold at once, for a token that is still good', async () => {
  await belongings('carl');
  const readsAfter = async (profile: Record<string, unknown>) => {
    await bench.put({ 'users/carl': profile });
    return outcomes(PRIVATE_READS, 'carl');
  };
  expect(await readsAfter(valid)).toEqual(all(PRIVATE_READS, 'allowed'));
  expect(await readsAfter({ ...valid, bannedUntil: TOMORROW })).toEqual(all(PRIVATE_READS, 'refused'));
  expect(await readsAfter(valid)).toEqual(all(PRIVATE_READS, 'allowed'));
  const left = { ...valid, sessionsValidAfter: SIGNED_IN_SEC + 1 };
  expect(await readsAfter(left)).toEqual(all(PRIVATE_READS, 'refused'));
});
