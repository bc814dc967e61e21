/** Requests that the matrix does not make, because they differ from an allowed one in a single thing. */
import {
  collection,
  doc,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
  serverTimestamp,
  updateDoc,
  where,
  type Firestore,
} from 'firebase/firestore';
import { PAGE } from './clientQueries.ts';
import type { Documents, Outcome } from './emulator.ts';
import { SIGNED_IN_SEC, YESTERDAY } from './people.ts';

/** Pia does it all rightly once; a ban of hers is over. Pavel is offline. */
export const PIA = { uid: 'pia', authTimeSec: SIGNED_IN_SEC };
export const PAVEL = { uid: 'pavel', authTimeSec: SIGNED_IN_SEC };

export const PROBED: Documents = {
  'users/pia': { roles: ['user'], sessionsValidAfter: null, bannedUntil: YESTERDAY },
  'wallets/pia/entries/one': { type: 'bonus' },
  'listeners/pia': { rating: 5 },
  'calls/probed': { callerId: 'pia', calleeId: 'pavel' },
  'calls/probed/beats/pia': { callId: 'probed', uid: 'pia', at: YESTERDAY },
  'presence/pia': { online: true, at: YESTERDAY },
  'presence/pavel': { online: false, at: YESTERDAY },
};

export interface Probe {
  readonly what: string;
  readonly expected: Outcome;
  readonly by: typeof PIA;
  readonly ask: (db: Firestore) => Promise<unknown>;
}

const LISTS = ['wallets/pia/entries', 'listeners', 'calls'] as const;

function page(db: Firestore, path: (typeof LISTS)[number], length: number): Promise<unknown> {
  const all = query(collection(db, path), limit(length));
  return getDocsFromServer(path === 'calls' ? query(all, where('callerId', '==', 'pia')) : all);
}

const pages = LISTS.flatMap((path): Probe[] => [
  { what: `a page of ${path}`, expected: 'allowed', by: PIA, ask: (db) => page(db, path, PAGE) },
  { what: `a longer page of ${path}`, expected: 'refused', by: PIA, ask: (db) => page(db, path, PAGE + 1) },
]);

const beats = ['calls/probed/beats/pia', 'presence/pia'].flatMap((path): Probe[] => [
  {
    what: `a beat at ${path}`,
    expected: 'allowed',
    by: PIA,
    ask: (db) => updateDoc(doc(db, path), { at: serverTimestamp() }),
  },
  {
    what: `a beat with something beside it at ${path}`,
    expected: 'refused',
    by: PIA,
    ask: (db) => updateDoc(doc(db, path), { at: serverTimestamp(), more: 1 }),
  },
  {
    what: `a dated beat at ${path}`,
    expected: 'refused',
    by: PIA,
    ask: (db) => updateDoc(doc(db, path), { at: YESTERDAY }),
  },
]);

export const PROBES: readonly Probe[] = [
  ...pages,
  ...beats,
  {
    what: 'a beat of somebody who is offline',
    expected: 'refused',
    by: PAVEL,
    ask: (db) => updateDoc(doc(db, 'presence/pavel'), { at: serverTimestamp() }),
  },
  {
    what: 'the profile of somebody whose ban is over',
    expected: 'allowed',
    by: PIA,
    ask: (db) => getDocFromServer(doc(db, 'users/pia')),
  },
];
