/** What both stores ask of a query run before they run it, and the order that its results have. */
import { collectionPath, type Found } from './port.ts';
import type {
  CountRun,
  DeclaredFilter,
  DeclaredOrder,
  DeclaredQuery,
  DocumentData,
  QueryRun,
} from './collection.ts';
import { storedValue } from './values.ts';

const MAX_LIMIT = 500;
/** Firestore's own limit on the values of one `in` or `array-contains-any`. */
const MAX_ALTERNATIVES = 30;

/**
 * The orders of a query's results before the tie-break by path: the declared ones, then the fields of inequality
 * filters that are not among them, as Firestore would add them. A cursor has one value for each.
 */
export function resultOrders<T extends DocumentData>(query: DeclaredQuery<T>): readonly DeclaredOrder[] {
  const known = ordersOf.get(query);
  if (known !== undefined) return known;
  const orders = allOrders(query);
  ordersOf.set(query, orders);
  return orders;
}

/** Worked out once for each query: a declaration never changes. */
const ordersOf = new WeakMap<object, readonly DeclaredOrder[]>();

function allOrders<T extends DocumentData>(query: DeclaredQuery<T>): readonly DeclaredOrder[] {
  const ordered = new Set(query.orderBy.map((order) => order.field));
  const direction = query.orderBy.at(-1)?.direction ?? 'asc';
  const implied = query.filters
    .filter((filter) => isInequality(filter) && !ordered.has(filter.field))
    .map((filter) => filter.field);
  const sorted = [...new Set(implied)].toSorted();
  return [...query.orderBy, ...sorted.map((field) => ({ field, direction }))];
}

/** Ties are broken by path in the direction of the last order. */
export function pathDirection(orders: readonly DeclaredOrder[]): 'asc' | 'desc' {
  return orders.at(-1)?.direction ?? 'asc';
}

export function isInequality(filter: DeclaredFilter): boolean {
  return filter.op === '<' || filter.op === '<=' || filter.op === '>' || filter.op === '>=';
}

/**
 * Checks a run against its declaration.
 * @throws Error when it does not fit: a mistake of the program
 */
export function checkRun<T extends DocumentData>(run: QueryRun<T>): void {
  const { query, values, limit, parentIds, startAfter } = run;
  const fail = (what: string): never => {
    throw new Error(`query ${query.name}: ${what}`);
  };
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) fail(`the limit is 1–${MAX_LIMIT}`);
  if (values.length !== query.filters.length)
    fail(`takes ${query.filters.length} values, got ${values.length}`);
  const holes = query.scope === 'group' ? 0 : query.collection.pattern.split('{}').length - 2;
  if (parentIds.length !== holes) fail(`takes ${holes} parent ids, got ${parentIds.length}`);
  if (parentIds.some((id) => id === '' || id.includes('/'))) fail('not a document id');
  query.filters.forEach((filter, index) => checkValue(filter, values[index], fail));
  if (startAfter === undefined) return;
  if (startAfter.values.length !== resultOrders(query).length)
    fail('the cursor has one value for each order');
  for (const value of startAfter.values) storedValue(value, `query ${query.name}: cursor`);
}

function checkValue(filter: DeclaredFilter, value: unknown, fail: (what: string) => never): void {
  storedValue(value, filter.field);
  if (isInequality(filter) && value === null) fail(`${filter.field} ${filter.op} null matches nothing`);
  if (filter.op !== 'in' && filter.op !== 'array-contains-any') return;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ALTERNATIVES) {
    fail(`${filter.field} ${filter.op} takes 1–${MAX_ALTERNATIVES} values`);
  }
}

/** Firestore bills a count by the thousand index entries, and one read at least. */
export function countCost(count: number): number {
  return Math.max(1, Math.ceil(count / 1000));
}

/** What a query reads, as it is reported to the meter: the collection's path, or the group's name. */
export function queriedPath<T extends DocumentData>(run: CountRun<T>): string {
  if (run.query.scope === 'group') return run.query.collection.group;
  return collectionPath(run.query.collection, run.parentIds);
}

/**
 * Reads the rows of a result.
 * @returns all of them, or those that could be read when the run takes the others
 */
export function readableRows<T extends DocumentData, Row>(
  run: QueryRun<T>,
  rows: readonly Row[],
  read: (row: Row) => Found<T>,
): Found<T>[] {
  const { onUnreadable } = run;
  if (onUnreadable === undefined) return rows.map(read);
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (fault) {
      onUnreadable(fault);
      return [];
    }
  });
}
