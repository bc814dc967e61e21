/** Cursors of lists: opaque to clients, a position of a declared query to us. */
import { z } from 'zod';
import { refuse } from './errors.ts';
import type { DocumentData, QueryRun } from './store/collection.ts';
import type { Found, Store } from './store/port.ts';

const cursorSchema = z.tuple([
  z.array(z.union([z.object({ t: z.number() }), z.string(), z.number(), z.boolean(), z.null()])),
  z.string(),
]);

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
  const startAfter = page.cursor == null ? undefined : decodeCursor(page.cursor);
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

function decodeCursor(cursor: string): { values: unknown[]; path: string } {
  try {
    const [values, path] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
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
