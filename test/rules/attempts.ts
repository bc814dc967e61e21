/** Each cell of the matrix as a request: what somebody in a role does to the document of a collection. */
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
  updateDoc,
  where,
  type Firestore,
} from 'firebase/firestore';
import { PAGE } from './clientQueries.ts';
import type { Documents, RulesBench } from './emulator.ts';
import { MATRIX, UNDECLARED, type MatrixRow, type Operation } from './matrix.ts';
import { askerOf, profiles, SCENES, TARGETS, type Role } from './people.ts';

/** People who have a profile and nothing else: only in their place can a document be made. */
const NEW = '-new';
/** People who have not even a profile. */
const NONE = '-none';

/** Every row, also of what nobody has declared. */
export const ROWS: Readonly<Record<string, MatrixRow>> = { ...MATRIX, ...UNDECLARED };

function documentsOf(row: MatrixRow): Documents {
  return Object.fromEntries(TARGETS.map((person) => [row.path(person), row.data(person)]));
}

/** Lays out the documents that the attempts are about. */
export async function layOut(bench: RulesBench): Promise<void> {
  const owned = Object.entries(ROWS).filter(([pattern]) => pattern !== 'users/{}');
  for (const [, row] of owned) await bench.put(documentsOf(row));
  await bench.put({ ...profiles(), ...profiles(NEW) });
}

/** One cell of the matrix. */
export interface Cell {
  readonly pattern: string;
  readonly row: MatrixRow;
  readonly role: Role;
  readonly operation: Operation;
}

/** The largest page the rules grant, of calls only those in which the asker has the part of the role, and of signals one party's. */
function listOf(db: Firestore, { pattern, row, role }: Cell) {
  const { uid, target } = SCENES[role];
  const whole = query(collection(db, row.path(target).split('/').slice(0, -1).join('/')), limit(PAGE));
  const isParty = role === 'caller' || role === 'callee';
  if (pattern === 'calls/{}/signals/{}')
    return query(whole, isParty ? where('to', '==', uid) : where('from', '==', target));
  if (pattern !== 'calls/{}') return whole;
  if (role === 'callee') return query(whole, where('calleeId', '==', uid));
  return query(whole, where('callerId', '==', role === 'caller' ? uid : target));
}

function createOf(bench: RulesBench, { pattern, row, role }: Cell): Promise<unknown> {
  const suffix = pattern === 'users/{}' ? NONE : NEW;
  const asker = askerOf(role, suffix);
  const person = `${SCENES[role].target}${suffix}`;
  const data = { ...row.data(person), callerId: asker?.uid ?? '', at: serverTimestamp() };
  return setDoc(doc(bench.as(asker), row.path(person)), data);
}

/** Does it. */
export function attempt(bench: RulesBench, cell: Cell): Promise<unknown> {
  const { row, role, operation } = cell;
  const db = bench.as(askerOf(role));
  const target = doc(db, row.path(SCENES[role].target));
  switch (operation) {
    case 'get':
      return getDocFromServer(target);
    case 'list':
      return getDocsFromServer(listOf(db, cell));
    case 'create':
      return createOf(bench, cell);
    case 'update':
      return updateDoc(target, { at: serverTimestamp() });
    case 'delete':
      return deleteDoc(target);
  }
}
