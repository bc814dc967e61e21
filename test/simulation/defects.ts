/** Mistakes put in on purpose, to see that the simulation finds them. None of them exists outside of this folder. */
import type { DocRef, DocumentData } from '../../functions/src/platform/store/collection.ts';
import type {
  Docs,
  Found,
  Patch,
  Store,
  Transaction,
  TransactionOptions,
  Writer,
} from '../../functions/src/platform/store/port.ts';
import type { CountRun, QueryRun } from '../../functions/src/platform/store/collection.ts';

export interface Defect {
  readonly name: string;
  /** Puts a faulty store before the right one. */
  readonly store?: (store: Store) => Store;
  readonly noSweep?: true;
}

/** A store whose transactions are changed on their way. */
class ChangedStore implements Store {
  readonly #inner: Store;
  readonly #change: (tx: Transaction, store: Store) => Transaction;

  constructor(inner: Store, change: (tx: Transaction, store: Store) => Transaction) {
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

function passing(tx: Transaction): Transaction {
  return {
    getAll: async (...refs) => await tx.getAll(...refs),
    create: (ref, data) => tx.create(ref, data),
    set: (ref, data) => tx.set(ref, data),
    update: (ref, patch) => tx.update(ref, patch),
    merge: (ref, patch) => tx.merge(ref, patch),
    delete: (ref) => tx.delete(ref),
  };
}

const isWallet = (path: string): boolean => /^wallets\/[^/]+$/u.test(path);

function heldOf(data: unknown): number {
  const coins = (data as { coins?: { held?: number } } | undefined)?.coins;
  return coins?.held ?? 0;
}

/** A settlement gives the coins back and goes on counting them as held. */
function keepHeld(tx: Transaction): Transaction {
  const held = new Map<string, number>();
  return {
    ...passing(tx),
    getAll: async (...refs) => {
      const docs = await tx.getAll(...refs);
      refs.forEach((ref, index) => held.set(ref.path, heldOf(docs[index])));
      return docs;
    },
    update: <T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>) => {
      const most = Math.max(heldOf(patch), held.get(ref.path) ?? 0);
      const coins = (patch as { coins?: DocumentData }).coins;
      if (isWallet(ref.path) && coins !== undefined) {
        tx.update<DocumentData>(ref, { ...patch, coins: { ...coins, held: most } });
      } else tx.update(ref, patch);
    },
  };
}

/** The balance is read beside the transaction, so a change in between goes unnoticed. */
function readBeside(tx: Transaction, store: Store): Transaction {
  return { ...passing(tx), getAll: async (...refs) => await store.getAll(...refs) };
}

/** What must follow a change is not written with it. */
function withoutOutbox(tx: Transaction): Transaction {
  return {
    ...passing(tx),
    set: (ref, data) => {
      if (!ref.path.startsWith('outbox/')) tx.set(ref, data);
    },
  };
}

export const DEFECTS: readonly Defect[] = [
  { name: 'held-kept', store: (store) => new ChangedStore(store, keepHeld) },
  { name: 'read-beside', store: (store) => new ChangedStore(store, readBeside) },
  { name: 'no-outbox', store: (store) => new ChangedStore(store, withoutOutbox) },
  { name: 'no-sweep', noSweep: true },
];
