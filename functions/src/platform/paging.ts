/** Cursors of lists: opaque to clients, a position of a declared query to us. */
import { z } from 'zod';
import { idInput } from './contract.ts';
import { refuse } from './errors.ts';
import type { DocumentData, QueryRun } from './store/collection.ts';
import { collectionPath, type Found, type Store } from './store/port.ts';

const text = z.string().refine((value) => value.isWellFormed());
/** Milliseconds of the instants that Firestore holds: the years 1 to 9999. */
const instant = z.object({ t: z.number().int().min(-62_135_596_800_000).max(253_402_300_799_999) });
const cursorSchema = z.tuple([z.array(z.union([instant, text, z.number(), z.boolean(), z.null()])), text]);

export interface Page<T extends DocumentData> {
  readonly items: Found<T>[];
  /** Give it back to get the next page; `null` at the end. */
  readonly nextCursor: string | null;
}

/**
 * Reads one page of a query.
 * @param page.limit 1–100; one more document is read to know whether there is a next page
 * @throws Refusal INVALID_INPUT naming `cursor` when it is not one of ours
 */
export async function readPage<T extends DocumentData>(
  store: Store,
  run: Omit<QueryRun<T>, 'limit' | 'startAfter'>,
  page: { limit: number; cursor?: string | null | undefined },
): Promise<Page<T>> {
  const startAfter = page.cursor == null ? undefined : decodeCursor(page.cursor, run);
  const found = await store.query({ ...run, limit: page.limit + 1, ...(startAfter && { startAfter }) });
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  const more = found.length > page.limit && last !== undefined;
  const fields = run.query.orderBy.map((order) => order.field);
  return {
    items,
    nextCursor: more
      ? encodeCursor(
          fields.map((field) => last.data[field]),
          last.path,
        )
      : null,
  };
}

function encodeCursor(values: unknown[], path: string): string {
  const plain = values.map((value) => (value instanceof Date ? { t: value.getTime() } : value));
  return Buffer.from(JSON.stringify([plain, path])).toString('base64url');
}

/** Cursors come back from clients, so one may be of another list, of another person, or made up. */
function decodeCursor<T extends DocumentData>(
  cursor: string,
  { query, parentIds }: Omit<QueryRun<T>, 'limit' | 'startAfter'>,
): { values: unknown[]; path: string } {
  try {
    const [values, path] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    const collection = `${collectionPath(query.collection, parentIds)}/`;
    const id = path.startsWith(collection) ? path.slice(collection.length) : '';
    if (values.length !== query.orderBy.length || !idInput.safeParse(id).success) throw new Error('not ours');
    return {
      values: values.map((value) =>
        typeof value === 'object' && value !== null ? new Date(value.t) : value,
      ),
      path,
    };
  } catch {
    throw refuse('INVALID_INPUT', { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] });
  }
}
