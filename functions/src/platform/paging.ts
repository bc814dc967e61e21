/** Cursors of lists: opaque to clients, a position of a declared query to us. */
import { z } from 'zod';
import { idInput } from './contract.ts';
import { refuse } from './errors.ts';
import type { DeclaredOrder, DeclaredQuery, DocumentData, QueryRun } from './store/collection.ts';
import { comparePaths, compareValues } from './store/order.ts';
import { collectionPath, type Found, type Store } from './store/port.ts';
import { pathDirection } from './store/queryRun.ts';

const text = z.string().refine((value) => value.isWellFormed());
/** Milliseconds of the instants that Firestore holds: the years 1 to 9999. */
const instant = z.object({ t: z.number().int().min(-62_135_596_800_000).max(253_402_300_799_999) });
const cursorSchema = z.tuple([z.array(z.union([instant, text, z.number(), z.boolean(), z.null()])), text]);

export interface Page<T extends DocumentData> {
  readonly items: Found<T>[];
  /** Give it back to get the next page; `null` at the end. */
  readonly nextCursor: string | null;
}

/** What of a query is read, but for where it starts and how far it goes. */
export type Listed<T extends DocumentData> = Omit<QueryRun<T>, 'limit' | 'startAfter'>;

interface PageInput<T extends DocumentData> {
  /** 1–100 items. */
  readonly limit: number;
  readonly cursor?: string | null | undefined;
  /** Which results are wanted; without it all are. For what no index can filter. */
  readonly keep?: ((found: Found<T>) => boolean) | undefined;
}

/** Runs of the query for one page, so that a test that hardly anything passes does not read the whole collection. */
const MOST_RUNS = 5;
const MOST_PER_RUN = 100;
/** What the store gives at once. */
const MOST_PER_STORE_RUN = 500;

/**
 * Reads one page of a query. With `keep` it may be short, or empty, and still have a next one: the cursor stands behind
 * the last document that was looked at, so none is skipped and none comes twice.
 * @param page without `keep` one more document than its limit is read, to know whether there is a next page
 * @throws Refusal INVALID_INPUT naming `cursor` when it is not one of ours
 */
export async function readPage<T extends DocumentData>(
  store: Store,
  run: Listed<T>,
  { limit, cursor, keep }: PageInput<T>,
): Promise<Page<T>> {
  const items: Found<T>[] = [];
  const start = cursor == null ? undefined : decodeCursor(cursor, run);
  let at = start;
  let size = keep === undefined ? limit + 1 : Math.min(limit * 3, MOST_PER_RUN);
  for (let runs = 0; runs < MOST_RUNS && items.length < limit; runs += 1) {
    const { rows, unreadable } = await readRows(store, run, { size, at });
    for (const row of rows) {
      if (keep?.(row) ?? true) {
        if (items.length === limit) return { items, nextCursor: encodeCursor(at) };
        items.push(row);
      }
      at = positionOf(row, run.query.orderBy);
    }
    if (rows.length + unreadable < size) return { items, nextCursor: null };
    // The next run begins behind the last row that could be read, so it meets the others again.
    size = Math.min(size + unreadable, MOST_PER_STORE_RUN);
  }
  // A list of which nothing more can be read ends; its cursor would lead nowhere.
  return { items, nextCursor: at === start ? null : encodeCursor(at) };
}

/**
 * Reads one page of several queries as one list. They have the same collection and orders, and no document in common:
 * so one position is a position in each, and nothing is skipped and nothing comes twice.
 * @param page every query is read for a whole page
 * @throws Refusal INVALID_INPUT naming `cursor` when it is not one of ours
 */
export async function readMergedPage<T extends DocumentData>(
  store: Store,
  runs: readonly Listed<T>[],
  page: Omit<PageInput<T>, 'keep'>,
): Promise<Page<T>> {
  const [first] = runs;
  if (first === undefined) return { items: [], nextCursor: null };
  const pages = await Promise.all(runs.map(async (run) => await readPage(store, run, page)));
  const { orderBy } = first.query;
  const rows = pages
    .flatMap(({ items }) => items)
    .map((row) => ({ row, at: positionOf(row, orderBy) }))
    .toSorted((a, b) => comparePositions(a.at, b.at, orderBy));
  const taken = rows.slice(0, page.limit);
  const more = rows.length > taken.length || pages.some(({ nextCursor }) => nextCursor !== null);
  return { items: taken.map(({ row }) => row), nextCursor: more ? encodeCursor(taken.at(-1)?.at) : null };
}

/** A place in the order of a query. */
interface Position {
  readonly values: readonly unknown[];
  readonly path: string;
}

function positionOf<T extends DocumentData>(row: Found<T>, orderBy: readonly DeclaredOrder[]): Position {
  return { values: orderBy.map(({ field }) => row.data[field]), path: row.path };
}

function comparePositions(a: Position, b: Position, orderBy: readonly DeclaredOrder[]): number {
  for (const [index, { direction }] of orderBy.entries()) {
    const order = compareValues(a.values[index], b.values[index]);
    if (order !== 0) return direction === 'asc' ? order : -order;
  }
  const order = comparePaths(a.path, b.path);
  return pathDirection(orderBy) === 'asc' ? order : -order;
}

/** @returns the rows that can be read, and how many cannot */
async function readRows<T extends DocumentData>(
  store: Store,
  run: Listed<T>,
  { size, at }: { readonly size: number; readonly at: Position | undefined },
): Promise<{ readonly rows: readonly Found<T>[]; readonly unreadable: number }> {
  const { onUnreadable } = run;
  let unreadable = 0;
  const skip = (fault: unknown): void => {
    unreadable += 1;
    onUnreadable?.(fault);
  };
  const rows = await store.query({
    ...run,
    limit: size,
    ...(at && { startAfter: at }),
    ...(onUnreadable && { onUnreadable: skip }),
  });
  return { rows, unreadable };
}

function encodeCursor(at: Position | undefined): string | null {
  if (at === undefined) return null;
  const { values, path } = at;
  const plain = values.map((value) => (value instanceof Date ? { t: value.getTime() } : value));
  return Buffer.from(JSON.stringify([plain, path])).toString('base64url');
}

/** Cursors come back from clients, so one may be of another list, of another person, or made up. */
function decodeCursor<T extends DocumentData>(cursor: string, { query, parentIds }: Listed<T>): Position {
  try {
    const [values, path] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    const collection = `${collectionPath(query.collection, parentIds)}/`;
    const id = path.startsWith(collection) ? path.slice(collection.length) : '';
    if (values.length !== query.orderBy.length || !idInput.safeParse(id).success) throw new Error('not ours');
    const position = values.map((value) =>
      typeof value === 'object' && value !== null ? new Date(value.t) : value,
    );
    if (!position.every((value, index) => fits(query, index, value))) throw new Error('not ours');
    return { values: position, path };
  } catch {
    throw refuse('INVALID_INPUT', { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] });
  }
}

/** Whether a value could stand in the field that the query orders by there. */
function fits<T extends DocumentData>(
  { collection, orderBy }: DeclaredQuery<T>,
  index: number,
  value: unknown,
) {
  const { schema } = collection;
  const field = orderBy[index]?.field ?? '';
  const fieldSchema =
    schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>)[field] : undefined;
  return fieldSchema === undefined || fieldSchema.safeParse(value).success;
}
