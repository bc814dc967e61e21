/** What a parity script works with: a store, collections of its own, and ways to write down what it observed. */
import {
  anyDocument,
  defineCollection,
  type Collection,
  type DeclaredFilter,
  type DeclaredOrder,
  type DocRef,
  type DocumentData,
  type QueryRun,
} from '../../functions/src/platform/store/collection.ts';
import { StoreError, type Store } from '../../functions/src/platform/store/port.ts';

/** One behaviour that both stores must show alike. What `run` returns is compared, and what it leaves behind. */
export interface Script {
  readonly name: string;
  /** How often its transactions run depends on the store's locks, so reads and retries are not compared. */
  readonly contended?: true;
  /** What it leaves behind depends on who came first, so it is not compared. */
  readonly leavesChance?: true;
  run(scene: Scene): Promise<unknown>;
}

/** A query run as a script writes it down. */
export interface QuerySketch {
  readonly filters?: readonly (readonly [field: string, op: DeclaredFilter['op'], value: unknown])[];
  readonly orderBy?: readonly (readonly [field: string, direction: DeclaredOrder['direction']])[];
  readonly limit?: number;
  readonly startAfter?: QueryRun['startAfter'];
}

/** The place of one script in one store. Every script has its own, so that all of them run side by side. */
export class Scene {
  readonly store: Store;
  /** The document below which all of it lies. */
  readonly root: string;
  readonly items: Collection<DocumentData>;
  /** Lies under every item; its group name is not used by any other script. */
  readonly parts: Collection<DocumentData>;

  constructor(store: Store, root: string) {
    this.store = store;
    this.root = root;
    this.items = defineCollection(`${root}/items/{}`, anyDocument);
    this.parts = defineCollection(`${root}/items/{}/parts-${root.replaceAll('/', '-')}/{}`, anyDocument);
  }

  item(id: string): DocRef {
    return this.items.doc(id);
  }

  part(itemId: string, id: string): DocRef {
    return this.parts.doc(itemId, id);
  }

  /** Creates items, by id. */
  async put(documents: Record<string, DocumentData>): Promise<void> {
    await this.store.commit((writer) => {
      for (const [id, data] of Object.entries(documents)) writer.create(this.item(id), data);
    });
  }

  async read(id: string): Promise<DocumentData | undefined> {
    const [data] = await this.store.getAll(this.item(id));
    return data;
  }

  /** Runs a query over the items. @returns the ids found, in order */
  async ids(sketch: QuerySketch): Promise<string[]> {
    const found = await this.store.query(queryRun(this.items, 'collection', sketch, []));
    return found.map((document) => document.id);
  }

  /** Counts what a query over the items finds. */
  async count(sketch: QuerySketch): Promise<number> {
    return this.store.count(queryRun(this.items, 'collection', sketch, []));
  }

  /** Runs a query over the parts of every item. @returns the last two ids of each path, in order */
  async partIds(sketch: QuerySketch): Promise<string[]> {
    const found = await this.store.query(queryRun(this.parts, 'group', sketch, []));
    return found.map(({ path }) => {
      const segments = path.split('/');
      return `${segments.at(-3)}/${segments.at(-1)}`;
    });
  }
}

/** Builds the run of a query that is not declared anywhere. */
export function queryRun(
  collection: Collection<DocumentData>,
  scope: 'collection' | 'group',
  sketch: QuerySketch,
  parentIds: readonly string[],
): QueryRun {
  const filters = sketch.filters ?? [];
  return {
    query: {
      name: 'sketch',
      collection,
      scope,
      filters: filters.map(([field, op]) => ({ field, op })),
      orderBy: (sketch.orderBy ?? []).map(([field, direction]) => ({ field, direction })),
    },
    parentIds,
    values: filters.map(([, , value]) => value),
    limit: sketch.limit ?? 500,
    ...(sketch.startAfter === undefined ? {} : { startAfter: sketch.startAfter }),
  };
}

/** What came of a call: its value, the code of a StoreError, or the name and message of any other error. */
export async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    if (error instanceof StoreError) return { code: error.code };
    return error instanceof Error ? { error: `${error.name}: ${error.message}` } : { thrown: error };
  }
}

/** Runs calls side by side. @returns their outcomes in an order that does not tell who came first */
export async function together(calls: readonly (() => Promise<unknown>)[]): Promise<string[]> {
  const outcomes = await Promise.all(calls.map(outcome));
  return outcomes.map((one) => JSON.stringify(one)).toSorted();
}

/** Opens when `count` have arrived; who comes later passes through. */
export function gate(count: number): () => Promise<void> {
  let arrived = 0;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return async () => {
    arrived += 1;
    if (arrived >= count) resolve(undefined);
    await promise;
  };
}

/** The whole number in a field, 0 where there is none. */
export function numberIn(data: DocumentData | undefined, field: string): number {
  const value = data?.[field];
  return typeof value === 'number' ? value : 0;
}
