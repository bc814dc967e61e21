/**
 * The store in memory, for unit tests and the simulation. Optimistic: a transaction remembers the version of every
 * document it read, also of those that were not there, and commits only if none has changed since.
 */
import type { CountRun, DocRef, DocumentData, QueryRun } from './collection.ts';
import { selectDocuments } from './memoryQuery.ts';
import { comparePaths } from './order.ts';
import {
  DEFAULT_MAX_ATTEMPTS,
  isIncrement,
  isRemoveField,
  parseDocument,
  StoreError,
  type Docs,
  type Found,
  type Store,
  type StoreMeter,
  type Transaction,
  type TransactionOptions,
  type Write,
  type Writer,
} from './port.ts';
import { checkRun, countCost, readableRows, queriedPath } from './queryRun.ts';
import { deepFreeze, storedDocument } from './values.ts';
import { WriteBuffer } from './writeBuffer.ts';

/** Where a schedule can step in: before reads, before a commit, after it was applied, before a query. */
export type PausePoint = 'read' | 'commit' | 'afterCommit' | 'query';

/**
 * What a schedule does to a commit. `abort` at `commit`: it counts as a conflict and the work runs again.
 * `lostAck` at `afterCommit`: it happened, but the client does not learn so, and runs the work again.
 */
export type Fault = 'abort' | 'lostAck';

/**
 * Called at every pause point. While its promise is open, others run. An error it throws ends the operation: at
 * `commit` as a crash before it, at `afterCommit` as a crash after it.
 */
export type Pause = (point: PausePoint, paths: readonly string[]) => Promise<Fault | undefined>;

export interface MemoryStoreOptions {
  readonly meter?: StoreMeter;
  readonly pause?: Pause;
}

/** One version of one document. */
interface Stored {
  readonly path: string;
  readonly version: number;
  readonly data: DocumentData;
  /** The last schema that parsed this version, and its result. */
  parsedBy?: DocRef['schema'];
  parsed?: DocumentData;
}

/** The version of a document that is not there. */
const ABSENT = 0;

type Outcome = 'committed' | 'conflict' | 'lostAck';

/** One attempt of a transaction: its writes, and the versions it read. */
interface Attempt {
  readonly buffer: WriteBuffer;
  readonly versions: Map<string, number>;
}

export class MemoryStore implements Store {
  readonly #documents = new Map<string, Stored>();
  /** The same documents by collection path, for queries. */
  readonly #collections = new Map<string, Map<string, Stored>>();
  /** Collection paths by the name of their group. */
  readonly #groups = new Map<string, Set<string>>();
  readonly #meter: StoreMeter | undefined;
  readonly #pause: Pause | undefined;
  #lastVersion = ABSENT;

  constructor(options: MemoryStoreOptions = {}) {
    this.#meter = options.meter;
    this.#pause = options.pause;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    if (this.#pause !== undefined) await this.#pause('read', pathsOf(refs));
    return this.#readAll(refs);
  }

  async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    checkRun(run);
    const path = queriedPath(run);
    if (this.#pause !== undefined) await this.#pause('query', [path]);
    const found = selectDocuments(run, this.#candidates(run.query.scope, path));
    this.#meter?.reads(Math.max(1, found.length), path);
    return readableRows(run, found, (stored) => ({
      id: stored.path.slice(stored.path.lastIndexOf('/') + 1),
      path: stored.path,
      data: parsed({ path: stored.path, schema: run.query.collection.schema }, stored),
    }));
  }

  async count<T extends DocumentData>(run: CountRun<T>): Promise<number> {
    checkRun({ ...run, limit: 1 });
    const path = queriedPath(run);
    if (this.#pause !== undefined) await this.#pause('query', [path]);
    const unlimited = { ...run, limit: Number.POSITIVE_INFINITY };
    const { length } = selectDocuments(unlimited, this.#candidates(run.query.scope, path));
    this.#meter?.reads(countCost(length), path);
    return length;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#attempts(options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS, async (attempt) => {
      const result = await work(this.#open(attempt));
      attempt.buffer.close();
      return result;
    });
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    const filled = new WriteBuffer();
    write(filled);
    filled.close();
    await this.#attempts(DEFAULT_MAX_ATTEMPTS, (attempt) => {
      attempt.buffer.writes.push(...filled.writes);
      return Promise.resolve();
    });
  }

  /** Puts a document in place, whatever was there. For setting a scene. */
  write(path: string, data: DocumentData): void {
    this.#install(path, storedDocument(data, path));
  }

  /** The stored content at a path, not parsed. */
  read(path: string): DocumentData | undefined {
    return this.#documents.get(path)?.data;
  }

  /** Every document of every collection of this name, in order of their paths, not parsed. */
  all(collectionGroup: string): Found<DocumentData>[] {
    return [...this.#candidates('group', collectionGroup)]
      .toSorted((a, b) => comparePaths(a.path, b.path))
      .map(({ path, data }) => ({ id: path.slice(path.lastIndexOf('/') + 1), path, data }));
  }

  /** Everything that is stored, by path. */
  dump(): Record<string, DocumentData> {
    const sorted = [...this.#documents.values()].toSorted((a, b) => comparePaths(a.path, b.path));
    return Object.fromEntries(sorted.map(({ path, data }) => [path, data]));
  }

  #open({ buffer, versions }: Attempt): Transaction {
    return buffer.transaction(async (refs) => {
      if (this.#pause !== undefined) await this.#pause('read', pathsOf(refs));
      for (const { path } of refs) versions.set(path, this.#version(path));
      return this.#readAll(refs);
    });
  }

  async #attempts<T>(maxAttempts: number, run: (attempt: Attempt) => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      const attempt: Attempt = { buffer: new WriteBuffer(), versions: new Map() };
      const result = await run(attempt);
      const outcome = await this.#settle(attempt);
      if (outcome === 'committed') return result;
      if (count >= maxAttempts) throw givenUp(outcome, maxAttempts);
      this.#meter?.retry();
    }
  }

  async #settle(attempt: Attempt): Promise<Outcome> {
    const { writes } = attempt.buffer;
    if (this.#pause === undefined) {
      if (!this.#apply(attempt)) return 'conflict';
    } else {
      const paths = writes.map((write) => write.ref.path);
      if ((await this.#pause('commit', paths)) === 'abort') return 'conflict';
      if (!this.#apply(attempt)) return 'conflict';
      if ((await this.#pause('afterCommit', paths)) === 'lostAck') return 'lostAck';
    }
    this.#count(writes);
    return 'committed';
  }

  /** @returns false when a document that was read has changed since */
  #apply({ buffer, versions }: Attempt): boolean {
    // One read call sees one state, so an attempt that wrote nothing was consistent whatever came after.
    if (buffer.writes.length === 0) return true;
    for (const [path, version] of versions) if (this.#version(path) !== version) return false;
    const staged = new Map<string, DocumentData | undefined>();
    for (const write of buffer.writes) {
      const { path } = write.ref;
      const current = staged.has(path) ? staged.get(path) : this.#documents.get(path)?.data;
      staged.set(path, written(write, current));
    }
    for (const [path, data] of staged) this.#install(path, data);
    return true;
  }

  #install(path: string, data: DocumentData | undefined): void {
    const collection = this.#collection(path.slice(0, path.lastIndexOf('/')));
    if (data === undefined) {
      this.#documents.delete(path);
      collection.delete(path);
      return;
    }
    const stored: Stored = { path, version: ++this.#lastVersion, data };
    this.#documents.set(path, stored);
    collection.set(path, stored);
  }

  #collection(path: string): Map<string, Stored> {
    const known = this.#collections.get(path);
    if (known !== undefined) return known;
    const made = new Map<string, Stored>();
    this.#collections.set(path, made);
    const group = path.slice(path.lastIndexOf('/') + 1);
    const paths = this.#groups.get(group);
    if (paths === undefined) this.#groups.set(group, new Set([path]));
    else paths.add(path);
    return made;
  }

  *#candidates(scope: 'collection' | 'group', name: string): Iterable<Stored> {
    const paths = scope === 'group' ? (this.#groups.get(name) ?? []) : [name];
    for (const path of paths) yield* this.#collections.get(path)?.values() ?? [];
  }

  #version(path: string): number {
    return this.#documents.get(path)?.version ?? ABSENT;
  }

  #readAll<R extends readonly DocRef[]>(refs: R): Docs<R> {
    if (this.#meter !== undefined) for (const path of pathsOf(refs)) this.#meter.reads(1, path);
    const docs = refs.map((ref) => {
      const stored = this.#documents.get(ref.path);
      return stored === undefined ? undefined : parsed(ref, stored);
    });
    return docs as Docs<R>;
  }

  #count(writes: readonly Write[]): void {
    if (this.#meter === undefined) return;
    const deletes = writes.filter((write) => write.kind === 'delete').length;
    if (writes.length > deletes) this.#meter.writes(writes.length - deletes);
    if (deletes > 0) this.#meter.deletes(deletes);
  }
}

function givenUp(outcome: Outcome, attempts: number): StoreError {
  if (outcome === 'lostAck') return new StoreError('UNAVAILABLE', 'the commit was not acknowledged');
  return new StoreError('CONTENTION', `the transaction found a conflict ${attempts} times`);
}

function pathsOf(refs: readonly DocRef[]): string[] {
  const paths: string[] = [];
  // The lists are short, so looking through one costs less than a set.
  for (const { path } of refs) if (!paths.includes(path)) paths.push(path);
  return paths;
}

/** Parses each version once for each schema in a row: most documents have one, and many are read again and again. */
function parsed<T extends DocumentData>(ref: DocRef<T>, stored: Stored): T {
  if (stored.parsedBy === ref.schema) return stored.parsed as T;
  const result = deepFreeze(parseDocument(ref, stored.data));
  stored.parsedBy = ref.schema;
  stored.parsed = result;
  return result;
}

/** The content of a document after one write. @throws StoreError for a failed precondition */
function written(write: Write, current: DocumentData | undefined): DocumentData | undefined {
  switch (write.kind) {
    case 'create':
      if (current === undefined) return write.data;
      throw new StoreError('ALREADY_EXISTS', `${write.ref.path} exists already`);
    case 'set':
      return write.data;
    case 'update':
      if (current !== undefined) return patched(current, write.patch);
      throw new StoreError('NOT_FOUND', `${write.ref.path} does not exist`);
    case 'merge':
      return patched(current ?? {}, write.data);
    case 'delete':
      return undefined;
  }
}

/** Shares all that the patch leaves alone with the version before it. */
function patched(current: DocumentData, patch: DocumentData): DocumentData {
  const next = { ...current };
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (isRemoveField(value)) delete next[name];
    else next[name] = isIncrement(value) ? incremented(current[name], value.by) : value;
  }
  return Object.freeze(next);
}

/** As in Firestore, what is no number counts as 0. */
function incremented(value: unknown, by: number): number {
  return typeof value === 'number' ? value + by : by;
}
