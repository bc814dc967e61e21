/** A store whose transactions are changed on their way: by a mistake put in on purpose, or by another version. */
import type {
  CountRun,
  DocRef,
  DocumentData,
  QueryRun,
} from '../../functions/src/platform/store/collection.ts';
import type {
  Docs,
  Found,
  Store,
  Transaction,
  TransactionOptions,
  Writer,
} from '../../functions/src/platform/store/port.ts';

/** @returns the transaction that the work is given instead */
export type Change = (tx: Transaction, store: Store) => Transaction;

export class ChangedStore implements Store {
  readonly #inner: Store;
  readonly #change: Change;

  constructor(inner: Store, change: Change) {
    this.#inner = inner;
    this.#change = change;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    return await this.#inner.getAll(...refs);
  }

  async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    return await this.#inner.query(run);
  }

  async count<T extends DocumentData>(run: CountRun<T>): Promise<number> {
    return await this.#inner.count(run);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return await this.#inner.transaction(
      async (tx) => await work(this.#change(tx, this.#inner)),
      ...(options === undefined ? [] : [options]),
    );
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    await this.#inner.commit(write);
  }
}

/** A transaction that changes nothing, to be changed in part. */
export function passing(tx: Transaction): Transaction {
  return {
    getAll: async (...refs) => await tx.getAll(...refs),
    create: (ref, data) => tx.create(ref, data),
    set: (ref, data) => tx.set(ref, data),
    update: (ref, patch) => tx.update(ref, patch),
    merge: (ref, patch) => tx.merge(ref, patch),
    delete: (ref) => tx.delete(ref),
  };
}
