/** Evaluates declared queries over documents in memory, with Firestore's meaning of filters, orders and cursors. */
import type { DeclaredFilter, DeclaredOrder, DocumentData, QueryRun } from './collection.ts';
import { comparePaths, compareValues, equalValues, sameType } from './order.ts';
import { pathDirection, resultOrders } from './queryRun.ts';
import { isPlainObject } from './values.ts';

/** A document as the memory store holds it. */
export interface Candidate {
  readonly path: string;
  readonly data: DocumentData;
}

type Test = (data: DocumentData) => boolean;

/** The documents that a run finds among `candidates`, in order. */
export function selectDocuments<C extends Candidate, T extends DocumentData>(
  run: QueryRun<T>,
  candidates: Iterable<C>,
): C[] {
  const orders = resultOrders(run.query);
  const tests = [
    ...run.query.filters.map((filter, index) => filterTest(filter, run.values[index])),
    ...orders.map(hasField),
  ];
  const compare = comparison(orders);
  const after = run.startAfter;
  const found: C[] = [];
  for (const candidate of candidates) {
    if (!tests.every((test) => test(candidate.data))) continue;
    if (after === undefined || compare(position(candidate, orders), after) > 0) found.push(candidate);
  }
  if (found.length <= 1) return found;
  const sorted = found
    .map((candidate) => ({ candidate, at: position(candidate, orders) }))
    .toSorted((a, b) => compare(a.at, b.at));
  return sorted.slice(0, run.limit).map((entry) => entry.candidate);
}

/** Where a document lies in the order of a query. */
interface Position {
  readonly values: readonly unknown[];
  readonly path: string;
}

function position(candidate: Candidate, orders: readonly DeclaredOrder[]): Position {
  return { values: orders.map((order) => fieldAt(candidate.data, order.field)), path: candidate.path };
}

function comparison(orders: readonly DeclaredOrder[]): (a: Position, b: Position) => number {
  const signs = orders.map((order) => (order.direction === 'asc' ? 1 : -1));
  const pathSign = pathDirection(orders) === 'asc' ? 1 : -1;
  return (a, b) => {
    for (const [index, sign] of signs.entries()) {
      const order = compareValues(a.values[index], b.values[index]);
      if (order !== 0) return order * sign;
    }
    return comparePaths(a.path, b.path) * pathSign;
  };
}

/** A document without a field that the query orders by is not in its index, so it is not found. */
function hasField(order: DeclaredOrder): Test {
  return (data) => fieldAt(data, order.field) !== undefined;
}

/** The value at a dotted field path, `undefined` where there is none. */
function fieldAt(data: DocumentData, field: string): unknown {
  if (!field.includes('.')) return Object.hasOwn(data, field) ? data[field] : undefined;
  let value: unknown = data;
  for (const name of field.split('.')) {
    if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function filterTest(filter: DeclaredFilter, wanted: unknown): Test {
  const matches = valueTest(filter, wanted);
  return (data) => {
    const value = fieldAt(data, filter.field);
    return value !== undefined && matches(value);
  };
}

function valueTest(filter: DeclaredFilter, wanted: unknown): (value: unknown) => boolean {
  const alternatives: readonly unknown[] = Array.isArray(wanted) ? wanted : [];
  const isAlternative = (value: unknown): boolean => alternatives.some((one) => equalValues(value, one));
  switch (filter.op) {
    case '==':
      return (value) => equalValues(value, wanted);
    case 'in':
      // Null is never found by `in`, also when it is listed.
      return (value) => value !== null && isAlternative(value);
    case 'array-contains':
      return (value) => Array.isArray(value) && value.some((item) => equalValues(item, wanted));
    case 'array-contains-any':
      return (value) => Array.isArray(value) && value.some(isAlternative);
    case '<':
      return (value) => sameType(value, wanted) && compareValues(value, wanted) < 0;
    case '<=':
      return (value) => sameType(value, wanted) && compareValues(value, wanted) <= 0;
    case '>':
      return (value) => sameType(value, wanted) && compareValues(value, wanted) > 0;
    case '>=':
      return (value) => sameType(value, wanted) && compareValues(value, wanted) >= 0;
  }
}
