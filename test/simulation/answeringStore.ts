/** A store that has one more point at which whoever reads may die: between what was read and its arrival. */
import type { Store } from '../../functions/src/platform/store/port.ts';

/**
 * @param inner does the work; it has points of its own before each read, and before and after each commit
 * @param answered waits, or never comes back
 */
export function answeringStore(inner: Store, answered: () => Promise<void>): Store {
  const late = async <T>(reading: Promise<T>): Promise<T> => {
    const found = await reading;
    await answered();
    return found;
  };
  return {
    getAll: async (...refs) => await late(inner.getAll(...refs)),
    query: async (run) => await late(inner.query(run)),
    count: async (run) => await late(inner.count(run)),
    transaction: async (work, options) =>
      await inner.transaction(
        async (tx) => await work({ ...tx, getAll: async (...refs) => await late(tx.getAll(...refs)) }),
        options,
      ),
    commit: async (write) => await inner.commit(write),
  };
}
