/** Reads all that a query finds, page by page, for what has to look at everything. */
import type { DocumentData, QueryRun } from './collection.ts';
import type { Found, Store } from './port.ts';

/** The most that the store gives at once. */
const MOST = 500;

/**
 * @param run a query that orders by nothing but the path; new documents behind the current page are found as well
 * @param pageSize how many rows to hold at once: fewer where they are large
 * @returns the rows, a page at a time
 */
export async function* walk<T extends DocumentData>(
  store: Store,
  run: Pick<QueryRun<T>, 'query' | 'parentIds' | 'values' | 'onUnreadable'>,
  pageSize = MOST,
): AsyncGenerator<readonly Found<T>[]> {
  let after: string | undefined;
  for (;;) {
    let unreadable = 0;
    const { onUnreadable } = run;
    const skip = (fault: unknown): void => {
      unreadable += 1;
      onUnreadable?.(fault);
    };
    const rows = await store.query({
      ...run,
      limit: pageSize,
      ...(after !== undefined && { startAfter: { values: [], path: after } }),
      ...(onUnreadable && { onUnreadable: skip }),
    });
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length + unreadable < pageSize) return;
    after = last.path;
  }
}
