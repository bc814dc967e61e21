/** The queries of the apps pass, at the length that is granted; others do not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  collectionGroup,
  documentId,
  getCountFromServer,
  getDocsFromServer,
  limit,
  limitToLast,
  or,
  orderBy,
  query,
  where,
  type Firestore,
  type Query,
  type QueryConstraint,
} from 'firebase/firestore';
import { clientQueries, PAGE, type ClientQuery } from './clientQueries.ts';
import { LANGUAGE_CODES } from '../../functions/src/users/languages.ts';
import { outcome, RulesBench, type Outcome } from './emulator.ts';
import { SIGNED_IN_SEC, TOMORROW, YESTERDAY } from './people.ts';

const bench = new RulesBench('queries');
/** Lena and Lisa speak everything, so that every query finds them. */
const languageKeys = Object.fromEntries(LANGUAGE_CODES.map((language) => [language, true]));
const me = (): Firestore => bench.as({ uid: 'mia', authTimeSec: SIGNED_IN_SEC });

beforeAll(async () => {
  await bench.open();
  await bench.put({
    'users/mia': { sessionsValidAfter: null, bannedUntil: null },
    'users/bea': { sessionsValidAfter: null, bannedUntil: TOMORROW },
    'wallets/mia/entries/e1': { type: 'bonus', createdAt: YESTERDAY },
    'wallets/bea/entries/e1': { type: 'bonus', createdAt: YESTERDAY },
    'calls/out': { callerId: 'mia', calleeId: 'lena', state: 'ended', createdAt: YESTERDAY },
    'calls/in': { callerId: 'cora', calleeId: 'mia', state: 'ringing', createdAt: YESTERDAY },
    'calls/foreign': { callerId: 'cora', calleeId: 'lena', state: 'ringing', createdAt: YESTERDAY },
    'calls/foreign/beats/cora': { callId: 'foreign', uid: 'cora', at: YESTERDAY },
    'calls/in/private/media': { channel: 'secret' },
    'listeners/lena': { availability: 'available', languageKeys, rating: 5 },
    'listeners/lisa': { availability: 'busy', languageKeys, rating: 4 },
  });
}, 30_000);

afterAll(async () => {
  await bench.close();
});

function build(db: Firestore, { query: declared, run }: ClientQuery, length?: number): Query {
  const { path, values } = run('mia');
  const constraints: QueryConstraint[] = declared.filters.map(({ field, op }, index) =>
    where(field, op, values[index]),
  );
  constraints.push(...declared.orderBy.map(({ field, direction }) => orderBy(field, direction)));
  if (length !== undefined) constraints.push(limit(length));
  return query(collection(db, path), ...constraints);
}

describe.each(clientQueries.map((one) => ({ name: one.query.name, one })))('$name', ({ one }) => {
  it('finds something in a page that is granted', async () => {
    const found = await getDocsFromServer(build(me(), one, PAGE));
    expect(found.size).toBeGreaterThan(0);
  });

  it('is refused with a longer page, without a limit, and without signing in', async () => {
    expect(await outcome(getDocsFromServer(build(me(), one, PAGE + 1)))).toBe('refused');
    expect(await outcome(getDocsFromServer(build(me(), one)))).toBe('refused');
    expect(await outcome(getDocsFromServer(build(bench.as(undefined), one, PAGE)))).toBe('refused');
  });
});

function calls(db: Firestore, ...constraints: QueryConstraint[]): Promise<Outcome> {
  return outcome(getDocsFromServer(query(collection(db, 'calls'), ...constraints, limit(PAGE))));
}

function callsEitherWay(caller: string, callee: string): Promise<Outcome> {
  const either = or(where('callerId', '==', caller), where('calleeId', '==', callee));
  return outcome(getDocsFromServer(query(collection(me(), 'calls'), either, limit(PAGE))));
}

function lastCards(length: number): Promise<Outcome> {
  const last = query(collection(me(), 'listeners'), orderBy('rating'), limitToLast(length));
  return outcome(getDocsFromServer(last));
}

describe('calls', () => {
  it.each([
    ['without a filter', []],
    ['by state alone', [where('state', '==', 'ringing')]],
    ['of another caller', [where('callerId', '==', 'cora')]],
    ['of another callee', [where('calleeId', '==', 'lena')]],
    ['of a call whose id is known', [where(documentId(), '==', 'foreign')]],
    ['of several callers, oneself among them', [where('callerId', 'in', ['mia', 'cora'])]],
    ['of everyone but another', [where('callerId', '!=', 'cora')]],
  ])('are refused %s', async (_name, constraints) => {
    expect(await calls(me(), ...constraints)).toBe('refused');
  });

  it('between two people are shown to both', async () => {
    expect(await calls(me(), where('callerId', '==', 'mia'), where('calleeId', '==', 'lena'))).toBe(
      'allowed',
    );
    expect(await calls(me(), where('callerId', '==', 'cora'), where('calleeId', '==', 'mia'))).toBe(
      'allowed',
    );
  });

  it('either way are one query, if each way is oneself', async () => {
    expect(await callsEitherWay('mia', 'mia')).toBe('allowed');
    expect(await callsEitherWay('mia', 'lena')).toBe('refused');
  });

  it('are refused to the banned, though the filter is their own', async () => {
    const banned = bench.as({ uid: 'bea', authTimeSec: SIGNED_IN_SEC });
    expect(await calls(banned, where('callerId', '==', 'bea'))).toBe('refused');
  });
});

describe('pages', () => {
  it('are counted from the end too', async () => {
    expect(await lastCards(PAGE)).toBe('allowed');
    expect(await lastCards(PAGE + 1)).toBe('refused');
  });

  it('are not got around by counting', async () => {
    expect(await outcome(getCountFromServer(collection(me(), 'listeners')))).toBe('refused');
  });
});

describe('what lies in many places', () => {
  it.each(['entries', 'beats', 'private', 'calls', 'listeners', 'presence'])(
    '%s is not found across them',
    async (group) => {
      const found = query(collectionGroup(me(), group), limit(1));
      expect(await outcome(getDocsFromServer(found))).toBe('refused');
    },
  );

  it('the wallet of another stays closed below too', async () => {
    const entries = query(collection(me(), 'wallets/bea/entries'), limit(1));
    expect(await outcome(getDocsFromServer(entries))).toBe('refused');
  });

  it.each(['users', 'wallets', 'presence', 'calls/in/private', 'calls/in/beats', 'config'])(
    '%s cannot be listed, not even for one of them',
    async (path) => {
      const one = query(collection(me(), path), where(documentId(), '==', 'mia'), limit(1));
      expect(await outcome(getDocsFromServer(one))).toBe('refused');
    },
  );
});
