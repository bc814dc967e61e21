/** What two apps may write to find each other, field by field, and who may read it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  collection,
  deleteDoc,
  doc,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
  serverTimestamp,
  setDoc,
  Timestamp,
  updateDoc,
  where,
  type QueryConstraint,
} from 'firebase/firestore';
import { outcome, RulesBench, type Outcome } from './emulator.ts';
import { SIGNED_IN_SEC, TOMORROW, YESTERDAY } from './people.ts';
import { evaluatedExpressions, oneSided } from './ruleCoverage.ts';

const bench = new RulesBench('signals');
// Hundreds of requests, some of 64 KB.
jest.setTimeout(60_000);
const DAY_SEC = 86_400;
const expireAt = new Timestamp(YESTERDAY.seconds + DAY_SEC, YESTERDAY.nanoseconds);
const MAX_SDP_BYTES = 65_536;
const MAX_CANDIDATE_BYTES = 2048;

const call = {
  callerId: 'anna',
  calleeId: 'ben',
  state: 'ongoing',
  mediaProvider: 'webrtc',
  acceptedAt: YESTERDAY,
};
const profile = { sessionsValidAfter: null, bannedUntil: null };
const sent = { kind: 'bye', seq: 9, gen: 0 };

/** The call of a test: what is written in one is there for good. */
let open = '';
let calls = 0;

beforeAll(async () => {
  await bench.open();
  await bench.put({
    'users/anna': profile,
    'users/ben': profile,
    'users/otto': profile,
    'users/bert': { ...profile, bannedUntil: TOMORROW },
    'users/lou': { ...profile, sessionsValidAfter: SIGNED_IN_SEC + 60 },
    'calls/ofBert': { ...call, callerId: 'bert' },
    'calls/ofLou': { ...call, callerId: 'lou' },
    'calls/ofUna': { ...call, callerId: 'una' },
    'calls/ofBert/signals/ben_9': { from: 'ben', to: 'bert', ...sent },
    'calls/ofLou/signals/ben_9': { from: 'ben', to: 'lou', ...sent },
  });
}, 30_000);

beforeEach(async () => {
  calls += 1;
  open = `open${calls}`;
  await bench.put({
    [`calls/${open}`]: call,
    [`calls/${open}/signals/anna_9`]: { from: 'anna', to: 'ben', ...sent },
    [`calls/${open}/signals/ben_9`]: { from: 'ben', to: 'anna', ...sent },
  });
});

afterAll(async () => {
  await bench.close();
});

const as = (uid: string | undefined) =>
  bench.as(uid === undefined ? undefined : { uid, authTimeSec: SIGNED_IN_SEC });

interface Attempt {
  /** Who writes; null: nobody who has signed in. */
  readonly by?: string | null;
  readonly callId?: string;
  readonly id?: string;
  /** Changes of Anna's offer to Ben; undefined takes a field out. */
  readonly change?: Record<string, unknown>;
}

function write({ by = 'anna', callId = open, id, change = {} }: Attempt): Promise<Outcome> {
  const offer = {
    from: 'anna',
    to: 'ben',
    kind: 'offer',
    seq: 0,
    gen: 0,
    sdp: 'v=0',
    createdAt: serverTimestamp(),
    expireAt,
    ...change,
  };
  const data = Object.fromEntries(Object.entries(offer).filter(([, value]) => value !== undefined));
  const path = `calls/${callId}/signals/${id ?? `${offer.from}_${offer.seq}`}`;
  return outcome(setDoc(doc(as(by ?? undefined), path), data));
}

const candidates = (text: unknown) => ({ kind: 'candidate', sdp: undefined, candidate: text });
const ofBen = { from: 'ben', to: 'anna' };

describe('a signal', () => {
  it.each<[string, Attempt]>([
    ['the caller’s offer', {}],
    ['the callee’s answer', { by: 'ben', change: { ...ofBen, kind: 'answer' } }],
    ['candidates', { change: candidates('[{}]') }],
    ['a goodbye', { change: { kind: 'bye', sdp: undefined } }],
    ['the last number and generation', { change: { seq: 199, gen: 999 } }],
    ['the longest description', { change: { sdp: 'x'.repeat(MAX_SDP_BYTES) } }],
    ['the longest candidates', { change: candidates('x'.repeat(MAX_CANDIDATE_BYTES)) }],
  ])('is taken: %s', async (_name, attempt) => {
    expect(await write(attempt)).toBe('allowed');
  });

  it.each<[string, Attempt]>([
    ['whoever is not signed in', { by: null }],
    ['a stranger', { by: 'otto' }],
    ['a stranger in their own name', { by: 'otto', change: { from: 'otto' } }],
    ['the other party', { by: 'ben' }],
    ['a party under a foreign id', { by: 'ben', change: ofBen, id: 'anna_0' }],
    ['the banned', { by: 'bert', callId: 'ofBert', change: { from: 'bert' } }],
    ['the logged out', { by: 'lou', callId: 'ofLou', change: { from: 'lou' } }],
    ['the unregistered', { by: 'una', callId: 'ofUna', change: { from: 'una' } }],
  ])('is not taken from %s', async (_name, attempt) => {
    expect(await write(attempt)).toBe('refused');
  });

  it.each<[string, Attempt]>([
    ['to oneself', { change: { to: 'anna' } }],
    ['to a stranger', { change: { to: 'otto' } }],
    ['to nobody', { change: { to: undefined } }],
    ['with an id of chance', { id: 'vQ2kq0Jm1x' }],
    ['with the id of another number', { id: 'anna_1' }],
    ['with a longer id', { id: 'anna_00' }],
    ['beyond the last number', { change: { seq: 200 } }],
    ['before the first number', { change: { seq: -1 } }],
    ['with half a number', { change: { seq: 1.5 } }],
    ['with a number in words', { change: { seq: '0' } }],
    ['beyond the last generation', { change: { gen: 1000 } }],
    ['before the first generation', { change: { gen: -1 } }],
    ['of half a generation', { change: { gen: 0.5 } }],
    ['of no generation', { change: { gen: undefined } }],
    ['of an unknown kind', { change: { kind: 'smoke' } }],
    ['of no kind', { change: { kind: undefined } }],
    ['without its description', { change: { sdp: undefined } }],
    ['with an empty description', { change: { sdp: '' } }],
    ['with a description that is no text', { change: { sdp: { sdp: 'v=0' } } }],
    ['with too long a description', { change: { sdp: 'x'.repeat(MAX_SDP_BYTES + 1) } }],
    ['with too many bytes in few letters', { change: { sdp: 'é'.repeat(MAX_SDP_BYTES / 2 + 1) } }],
    ['with too long candidates', { change: candidates('x'.repeat(MAX_CANDIDATE_BYTES + 1)) }],
    ['with candidates that are no text', { change: candidates([{}]) }],
    ['with a description among candidates', { change: { ...candidates('[]'), sdp: 'v=0' } }],
    ['with candidates in an offer', { change: { candidate: '[]' } }],
    ['with content in a goodbye', { change: { kind: 'bye' } }],
    ['with anything else', { change: { note: 'hello' } }],
    ['dated by the phone', { change: { createdAt: Timestamp.now() } }],
    ['without a date', { change: { createdAt: undefined } }],
    ['that would stay for long', { change: { expireAt: TOMORROW } }],
    ['that would go at once', { change: { expireAt: YESTERDAY } }],
    ['that would stay for ever', { change: { expireAt: undefined } }],
  ])('is not taken %s', async (_name, attempt) => {
    expect(await write(attempt)).toBe('refused');
  });

  it.each<[string, Record<string, unknown>, Outcome]>([
    ['is connecting', { state: 'connecting' }, 'allowed'],
    ['is ongoing', {}, 'allowed'],
    ['rings', { state: 'ringing' }, 'refused'],
    ['has ended', { state: 'ended' }, 'refused'],
    ['has a media server', { mediaProvider: 'agora' }, 'refused'],
    ['has not been accepted', { acceptedAt: null }, 'refused'],
  ])('in a call that %s', async (_name, change, expected) => {
    await bench.put({ [`calls/${open}`]: { ...call, ...change } });
    expect(await write({})).toBe(expected);
  });

  it('is not taken in a call that is not there', async () => {
    expect(await write({ callId: 'nowhere' })).toBe('refused');
  });

  it('is written once', async () => {
    expect(await write({})).toBe('allowed');
    expect(await write({})).toBe('refused');
    const mine = doc(as('anna'), `calls/${open}/signals/anna_0`);
    expect(await outcome(updateDoc(mine, { sdp: 'v=1' }))).toBe('refused');
    expect(await outcome(deleteDoc(mine))).toBe('refused');
    expect(await outcome(deleteDoc(doc(as('ben'), mine.path)))).toBe('refused');
  });

  it('cannot be made by more than 200 ids of one party', async () => {
    const numbers = Array.from({ length: 200 }, (_, seq) => seq).filter((seq) => seq !== 9);
    const answers = await Promise.all(numbers.map(async (seq) => await write({ change: { seq } })));
    expect(new Set(answers)).toEqual(new Set(['allowed']));
    for (const seq of [9, 200, 201]) expect(await write({ change: { seq } })).toBe('refused');
  });
});

function list(uid: string | undefined, callId: string, ...parts: QueryConstraint[]): Promise<Outcome> {
  return outcome(getDocsFromServer(query(collection(as(uid), `calls/${callId}/signals`), ...parts)));
}

const MOST = 200;

describe('signals are read', () => {
  it.each([
    ['what one was sent', 'ben', 'to'],
    ['what one has sent', 'anna', 'from'],
  ])('by the parties: %s', async (_name, uid, field) => {
    expect(await list(uid, open, where(field, '==', uid), limit(MOST))).toBe('allowed');
    expect(await outcome(getDocFromServer(doc(as(uid), `calls/${open}/signals/anna_9`)))).toBe('allowed');
  });

  it('as many as one party can write, and no more', async () => {
    const mine = where('to', '==', 'ben');
    expect(await list('ben', open, mine, limit(MOST + 1))).toBe('refused');
    expect(await list('ben', open, mine)).toBe('refused');
  });

  it.each<[string, string | undefined, QueryConstraint[]]>([
    ['by a stranger', 'otto', [where('to', '==', 'ben')]],
    ['by a stranger for themselves without a filter', 'otto', []],
    ['by a party without a filter', 'ben', []],
    ['by a party as the other', 'ben', [where('to', '==', 'anna')]],
    ['without signing in', undefined, [where('to', '==', 'ben')]],
  ])('not %s', async (_name, uid, filters) => {
    expect(await list(uid, open, ...filters, limit(MOST))).toBe('refused');
    const one = doc(as(uid === 'ben' ? undefined : uid), `calls/${open}/signals/anna_9`);
    expect(await outcome(getDocFromServer(one))).toBe('refused');
  });

  it.each([
    ['banned', 'bert', 'ofBert'],
    ['logged out', 'lou', 'ofLou'],
  ])('not by the %s', async (_name, uid, callId) => {
    expect(await list(uid, callId, where('to', '==', uid), limit(MOST))).toBe('refused');
    expect(await outcome(getDocFromServer(doc(as(uid), `calls/${callId}/signals/ben_9`)))).toBe('refused');
  });
});

// Comes last: it counts what all the requests above have evaluated, and the emulator takes long to tell it.
it('every expression of the rules of signals has come out true and come out false', async () => {
  const expressions = evaluatedExpressions(await bench.ruleCoverage());
  const own = expressions.filter(({ isOfSignals }) => isOfSignals);
  expect(own.map(({ text }) => text)).toContain('signal.createdAt == request.time');
  expect(oneSided(own)).toEqual([]);
});
