/** A store below a document: use cases write to root collections, and scripts must not meet there. */
import type {
  Collection,
  CountRun,
  DocRef,
  DocumentData,
  QueryRun,
} from '../../functions/src/platform/store/collection.ts';
import type {
  Docs,
  Found,
  Patch,
  Store,
  Transaction,
  TransactionOptions,
  Writer,
} from '../../functions/src/platform/store/port.ts';

export class RootedStore implements Store {
  readonly #inner: Store;
  readonly #root: string;

  constructor(inner: Store, root: string) {
    this.#inner = inner;
    this.#root = root;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    return await this.#read(refs, async (moved) => await this.#inner.getAll(...moved));
  }

  async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    const { startAfter } = run;
    const after = startAfter && { startAfter: { ...startAfter, path: this.#moved(startAfter.path) } };
    const found = await this.#inner.query({ ...run, query: this.#movedQuery(run), ...after });
    return found.map((one) => ({ ...one, path: one.path.slice(this.#root.length + 1) }));
  }

  async count<T extends DocumentData>(run: CountRun<T>): Promise<number> {
    return await this.#inner.count({ ...run, query: this.#movedQuery(run) });
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    const inner = async (tx: Transaction): Promise<T> =>
      await work({
        ...this.#writer(tx),
        getAll: async (...refs) => await this.#read(refs, async (moved) => await tx.getAll(...moved)),
      });
    return await this.#inner.transaction(inner, options);
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    await this.#inner.commit((writer) => write(this.#writer(writer)));
  }

  #writer(inner: Writer): Writer {
    const ref = <T extends DocumentData>(asked: DocRef<T>): DocRef<T> => this.#movedRef(asked);
    return {
      create: (asked, data) => inner.create(ref(asked), data),
      set: (asked, data) => inner.set(ref(asked), data),
      update: <T extends DocumentData>(asked: DocRef<T>, patch: Patch<T>) => inner.update(ref(asked), patch),
      merge: <T extends DocumentData>(asked: DocRef<T>, patch: Patch<T>) => inner.merge(ref(asked), patch),
      delete: (asked) => inner.delete(ref(asked)),
    };
  }

  async #read<R extends readonly DocRef[]>(
    refs: R,
    read: (moved: DocRef[]) => Promise<unknown>,
  ): Promise<Docs<R>> {
    return (await read(refs.map((ref) => this.#movedRef(ref)))) as Docs<R>;
  }

  #moved(path: string): string {
    return `${this.#root}/${path}`;
  }

  #movedRef<T extends DocumentData>({ path, schema }: DocRef<T>): DocRef<T> {
    return { path: this.#moved(path), schema };
  }

  /** @throws Error for a group query: it would find what other scripts have */
  #movedQuery<T extends DocumentData>({ query }: CountRun<T>): QueryRun<T>['query'] {
    if (query.scope === 'group') throw new Error(`${query.name} looks beyond the script`);
    const collection: Collection<T> = { ...query.collection, pattern: this.#moved(query.collection.pattern) };
    return { ...query, collection };
  }
}
