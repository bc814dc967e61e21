import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { outcome, RulesBench, type Documents } from './emulator.ts';
import { MATRIX, OPERATIONS, UNDECLARED, type MatrixRow, type Operation } from './matrix.ts';
import { askerOf, profiles, ROLES, SCENES, TARGETS, type Role } from './people.ts';
import { declaredPatterns } from './registry.ts';

/** People who have a profile and nothing else: only in their place can a document be made. */
const NEW = '-new';
/** People who have not even a profile. */
const NONE = '-none';

function documentsOf(row: MatrixRow): Documents {
  return Object.fromEntries(TARGETS.map((person) => [row.path(person), row.data(person)]));
}

/** The largest page the rules grant, and of calls only those in which the asker has the part of the role. */
function listOf(db: Firestore, pattern: string, row: MatrixRow, role: Role) {
  const { uid, target } = SCENES[role];
  const whole = query(collection(db, row.path(target).split('/').slice(0, -1).join('/')), limit(PAGE));
  if (pattern !== 'calls/{}') return whole;
  if (role === 'callee') return query(whole, where('calleeId', '==', uid));
  return query(whole, where('callerId', '==', role === 'caller' ? uid : target));
}

function createOf(bench: RulesBench, pattern: string, row: MatrixRow, role: Role): Promise<unknown> {
  const suffix = pattern === 'users/{}' ? NONE : NEW;
  const asker = askerOf(role, suffix);
  const person = `${SCENES[role].target}${suffix}`;
  const data = { ...row.data(person), callerId: asker?.uid ?? '', at: serverTimestamp() };
  return setDoc(doc(bench.as(asker), row.path(person)), data);
}

function attempt(
  bench: RulesBench,
  pattern: string,
  row: MatrixRow,
  role: Role,
  operation: Operation,
): Promise<unknown> {
  const db = bench.as(askerOf(role));
  const target = doc(db, row.path(SCENES[role].target));
  switch (operation) {
    case 'get':
      return getDocFromServer(target);
    case 'list':
      return getDocsFromServer(listOf(db, pattern, row, role));
    case 'create':
      return createOf(bench, pattern, row, role);
    case 'update':
      return updateDoc(target, { at: serverTimestamp() });
    case 'delete':
      return deleteDoc(target);
  }
}

const rows = { ...MATRIX, ...UNDECLARED };
const cases = Object.entries(rows).flatMap(([pattern, row]) => ROLES.map((role) => ({ pattern, row, role })));

function byOperation<T>(value: (operation: Operation) => T): [Operation, T][] {
  return OPERATIONS.map((operation) => [operation, value(operation)]);
}

describe('the matrix of rules', () => {
  const bench = new RulesBench('matrix');

  beforeAll(async () => {
    await bench.open();
    const owned = Object.entries(rows).filter(([pattern]) => pattern !== 'users/{}');
    for (const [, row] of owned) await bench.put(documentsOf(row));
    await bench.put({ ...profiles(), ...profiles(NEW) });
  }, 30_000);

  afterAll(async () => {
    await bench.close();
  });

  it('has a row for every collection that the code declares, and no other', () => {
    expect(Object.keys(MATRIX).toSorted()).toEqual(declaredPatterns());
  });

  it.each(cases)('$pattern for $role', async ({ pattern, row, role }) => {
    const asked = byOperation((operation) => outcome(attempt(bench, pattern, row, role, operation)));
    const answers = await Promise.all(asked.map(async ([operation, answer]) => [operation, await answer]));
    const expected = byOperation((operation) =>
      row.allowed[operation].includes(role) ? 'allowed' : 'refused',
    );
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
  });
});
