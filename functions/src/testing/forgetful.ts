/** A store whose commits are never acknowledged at once. */
import type { Store } from '../platform/store/port.ts';

/** @returns a store that runs each transaction once more after its commit, as a client does that heard nothing back */
export function forgetful(store: Store): Store {
  return {
    getAll: async (...refs) => await store.getAll(...refs),
    query: async (run) => await store.query(run),
    count: async (run) => await store.count(run),
    commit: async (write) => await store.commit(write),
    async transaction(work, options) {
      await store.transaction(work, options);
      return await store.transaction(work, options);
    },
  };
}
