/** What a client may write directly, field by field. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  deleteDoc,
  deleteField,
  doc,
  getDocFromServer,
  serverTimestamp,
  setDoc,
  Timestamp,
  updateDoc,
  writeBatch,
  type DocumentReference,
} from 'firebase/firestore';
import { outcome, RulesBench } from './emulator.ts';
import { SIGNED_IN_SEC, YESTERDAY } from './people.ts';

const MINUTE_MS = 60_000;
const now = serverTimestamp();

// No users document exists here: a beat must not depend on one, or it would be paid for like a read.
const bench = new RulesBench('beats');

beforeAll(async () => {
  await bench.open();
}, 30_000);

beforeEach(async () => {
  await bench.put({
    'calls/c1': { callerId: 'anna', calleeId: 'ben' },
    'calls/c1/beats/anna': { callId: 'c1', uid: 'anna', at: YESTERDAY },
    'calls/c1/beats/ben': { callId: 'c1', uid: 'ben', at: YESTERDAY },
    'presence/anna': { online: true, willing: true, busyUntil: null, at: YESTERDAY },
    'presence/ben': { online: true, at: YESTERDAY },
    'presence/olaf': { online: false, at: YESTERDAY },
    'presence/nora': { at: YESTERDAY },
  });
});

afterAll(async () => {
  await bench.close();
});

function at(path: string, uid?: string): DocumentReference {
  return doc(bench.as(uid === undefined ? undefined : { uid, authTimeSec: SIGNED_IN_SEC }), path);
}

interface BeatCase {
  readonly kind: string;
  readonly mine: string;
  readonly theirs: string;
  /** Changes of other fields. */
  readonly others: readonly (readonly [string, Record<string, unknown>])[];
}

const BEATS: readonly BeatCase[] = [
  {
    kind: 'presence',
    mine: 'presence/anna',
    theirs: 'presence/ben',
    others: [
      ['a new field', { extra: 1 }],
      ['the online mark', { online: false }],
      ['willingness', { willing: false }],
      ['a busy mark', { busyUntil: YESTERDAY }],
      ['the removal of a field', { willing: deleteField() }],
    ],
  },
  {
    kind: 'call',
    mine: 'calls/c1/beats/anna',
    theirs: 'calls/c1/beats/ben',
    others: [
      ['a new field', { extra: 1 }],
      ['another owner', { uid: 'ben' }],
      ['another call', { callId: 'c2' }],
      ['the removal of the owner', { uid: deleteField() }],
      ['the removal of the call', { callId: deleteField() }],
    ],
  },
];

describe.each(BEATS)('the $kind beat', ({ mine, theirs, others }) => {
  it('takes the moment of the server', async () => {
    expect(await outcome(updateDoc(at(mine, 'anna'), { at: now }))).toBe('allowed');
    expect(await outcome(updateDoc(at(mine, 'anna'), { at: now }))).toBe('allowed');
    expect(await outcome(setDoc(at(mine, 'anna'), { at: now }, { merge: true }))).toBe('allowed');
  });

  it('cannot be written for another, nor without signing in', async () => {
    expect(await outcome(updateDoc(at(theirs, 'anna'), { at: now }))).toBe('refused');
    expect(await outcome(updateDoc(at(mine, 'stranger'), { at: now }))).toBe('refused');
    expect(await outcome(updateDoc(at(mine), { at: now }))).toBe('refused');
  });

  it.each([
    ['the clock of the device', Timestamp.now()],
    ['the future', Timestamp.fromMillis(Date.now() + MINUTE_MS)],
    ['the past', YESTERDAY],
    ['a number', Date.now()],
    ['null', null],
    ['nothing', deleteField()],
  ])('does not take %s', async (_name, value) => {
    expect(await outcome(updateDoc(at(mine, 'anna'), { at: value }))).toBe('refused');
  });

  it.each(others)('takes nothing beside it: %s', async (_name, change) => {
    expect(await outcome(updateDoc(at(mine, 'anna'), { ...change, at: now }))).toBe('refused');
    expect(await outcome(updateDoc(at(mine, 'anna'), change))).toBe('refused');
  });

  it('cannot be replaced, made or removed', async () => {
    expect(await outcome(setDoc(at(mine, 'anna'), { at: now }))).toBe('refused');
    expect(await outcome(deleteDoc(at(mine, 'anna')))).toBe('refused');
    const missing = mine.replace('anna', 'newcomer');
    expect(await outcome(setDoc(at(missing, 'newcomer'), { online: true, at: now }))).toBe('refused');
    expect(await outcome(updateDoc(at(missing, 'newcomer'), { at: now }))).toBe('refused');
  });

  it('cannot be read, not even by its owner', async () => {
    expect(await outcome(getDocFromServer(at(mine, 'anna')))).toBe('refused');
  });
});

describe('the presence beat', () => {
  it('does not bring anyone back who is offline', async () => {
    expect(await outcome(updateDoc(at('presence/olaf', 'olaf'), { at: now }))).toBe('refused');
    expect(await outcome(updateDoc(at('presence/olaf', 'olaf'), { at: now, online: true }))).toBe('refused');
  });

  it('needs the mark of the server', async () => {
    expect(await outcome(updateDoc(at('presence/nora', 'nora'), { at: now }))).toBe('refused');
  });
});

describe('the call beat', () => {
  it('cannot be made by a stranger, nor by a party in another call', async () => {
    for (const path of ['calls/c1/beats/stranger', 'calls/c2/beats/stranger'])
      expect(await outcome(setDoc(at(path, 'stranger'), { callId: 'c1', uid: 'stranger', at: now }))).toBe(
        'refused',
      );
    expect(await outcome(updateDoc(at('calls/c2/beats/anna', 'anna'), { at: now }))).toBe('refused');
  });
});

it('one refused write takes the allowed ones of its batch along', async () => {
  const db = bench.as({ uid: 'anna', authTimeSec: SIGNED_IN_SEC });
  const batch = writeBatch(db);
  batch.update(doc(db, 'presence/anna'), { at: now });
  batch.update(doc(db, 'calls/c1/beats/anna'), { at: now });
  expect(await outcome(batch.commit())).toBe('allowed');
  const mixed = writeBatch(db);
  mixed.update(doc(db, 'presence/anna'), { at: now });
  mixed.update(doc(db, 'presence/ben'), { at: now });
  expect(await outcome(mixed.commit())).toBe('refused');
});
