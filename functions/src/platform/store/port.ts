/**
 * The store port: all that a use case may do with documents. Two implementations exist, Firestore
 * (store/firestore.ts) and memory (store/memory.ts), and a parity suite keeps their observable results equal.
 *
 * Semantics both keep:
 *  - a transaction reads everything in one `getAll`, then writes; it sees one consistent state, and it commits only if
 *    no document it read has changed since. On a conflict the work runs again, at most `maxAttempts` times.
 *  - `create` fails with ALREADY_EXISTS when the document is there, `update` with NOT_FOUND when it is not;
 *    `delete` of nothing is fine. One failed precondition means that nothing of the commit happened.
 *  - `update` and `merge` replace the named top-level fields and leave all others, also those this version does not
 *    know.
 *  - `Date` values come back as `Date` with millisecond precision; what a read returns is frozen.
 *  - `undefined` anywhere in a value, a second read in one transaction and a read after a write are mistakes of the
 *    program: a plain Error, no StoreError, and no other attempt. An error that the work throws comes out as it is,
 *    without another attempt.
 *  - One commit may write a document several times, but a `create` comes first (or after a `delete`), and no `update`
 *    follows a `delete`.
 *  - A lost acknowledgement of `commit` sends its writes again: a `create` may then fail although it was the one
 *    that made the document, and an increment may count twice. Where that matters, use a transaction.
 */
import type { Collection, CountRun, DocRef, DocumentData, QueryRun } from './collection.ts';

/** Write value: adds `by` to the integer field (0 if absent) without reading it. Only as a top-level field. */
export interface Increment {
  readonly kind: 'increment';
  readonly by: number;
}

/** Write value for `update` and `merge`: removes the field. */
export interface RemoveField {
  readonly kind: 'removeField';
}

const INCREMENT = Symbol.for('earshot.store.increment');
const REMOVE = Symbol.for('earshot.store.remove');

/** @param by integer to add to the stored field */
export function increment(by: number): Increment {
  return Object.freeze({ [INCREMENT]: true, kind: 'increment', by });
}

/** Removes a field in an `update` or a `merge`. */
export const removeField: RemoveField = Object.freeze({ [REMOVE]: true, kind: 'removeField' });

export function isIncrement(value: unknown): value is Increment {
  return typeof value === 'object' && value !== null && INCREMENT in value;
}

export function isRemoveField(value: unknown): value is RemoveField {
  return typeof value === 'object' && value !== null && REMOVE in value;
}

/** The fields an `update` or a `merge` changes; each may also be an increment or a removal. */
export type Patch<T> = { readonly [K in keyof T]?: T[K] | Increment | RemoveField };

export type Write =
  | { readonly kind: 'create'; readonly ref: DocRef; readonly data: DocumentData }
  | { readonly kind: 'set'; readonly ref: DocRef; readonly data: DocumentData }
  | { readonly kind: 'update'; readonly ref: DocRef; readonly patch: DocumentData }
  | { readonly kind: 'merge'; readonly ref: DocRef; readonly data: DocumentData }
  | { readonly kind: 'delete'; readonly ref: DocRef };

/** The documents behind a list of references, `undefined` where there is none. */
export type Docs<R extends readonly DocRef[]> = {
  [K in keyof R]: R[K] extends DocRef<infer T> ? T | undefined : never;
};

/** Collects writes. Nothing happens before the commit. */
export interface Writer {
  create<T extends DocumentData>(ref: DocRef<T>, data: T): void;
  set<T extends DocumentData>(ref: DocRef<T>, data: T): void;
  update<T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>): void;
  /** Sets the named top-level fields and leaves the others; makes the document when there is none. */
  merge<T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>): void;
  delete(ref: DocRef): void;
}

export interface Transaction extends Writer {
  /** May be called once, before any write. */
  getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>>;
}

/** One document of a query result. */
export interface Found<T> {
  readonly id: string;
  readonly path: string;
  readonly data: T;
}

export interface TransactionOptions {
  /** Runs of the work before the conflict is given up; default 20 (measured: 20 spenders of one wallet all pass). */
  readonly maxAttempts?: number;
}

export interface Store {
  getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>>;
  query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]>;
  /** How many documents a query finds, without reading them: each thousand cost one read. */
  count<T extends DocumentData>(run: CountRun<T>): Promise<number>;
  /**
   * Runs `work` and commits its writes atomically. `work` may run several times, also after a commit whose
   * acknowledgement was lost, so it must decide from what it reads and have no other effect.
   * @throws StoreError CONTENTION after the last attempt; ALREADY_EXISTS / NOT_FOUND for a failed precondition
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Writes without reading, atomically. @throws StoreError as above */
  commit(write: (writer: Writer) => void): Promise<void>;
}

export type StoreErrorCode =
  'ALREADY_EXISTS' | 'NOT_FOUND' | 'CONTENTION' | 'INVALID_DOCUMENT' | 'UNAVAILABLE';

/** What went wrong in the store; use cases see only these, never a gRPC code. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** What an implementation reports to the counters. `config` reads are counted apart. */
export interface StoreMeter {
  reads(count: number, path: string): void;
  writes(count: number): void;
  deletes(count: number): void;
  retry(): void;
}

export const DEFAULT_MAX_ATTEMPTS = 20;

/**
 * Parses a stored document with the schema of its reference.
 * @throws StoreError INVALID_DOCUMENT naming the path and the field, never the content
 */
export function parseDocument<T extends DocumentData>(ref: DocRef<T>, raw: unknown): T {
  const result = ref.schema.safeParse(raw);
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', ');
  throw new StoreError('INVALID_DOCUMENT', `${ref.path} does not match its schema (${where})`);
}

/** The path of the collection that a query run reads (not for group queries). */
export function collectionPath<T extends DocumentData>(
  collection: Collection<T>,
  parentIds: readonly string[],
): string {
  const parts = collection.pattern.split('/').slice(0, -1);
  let next = 0;
  return parts.map((part) => (part === '{}' ? parentIds[next++] : part)).join('/');
}
