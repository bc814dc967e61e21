/** The store on Firestore: the only place that knows Firestore's types and error codes. */
import { FieldPath, FieldValue, Timestamp } from '@google-cloud/firestore';
import type {
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Query,
  Transaction as FirestoreTransaction,
} from '@google-cloud/firestore';
import type { CountRun, DocRef, DocumentData, QueryRun } from './collection.ts';
import {
  DEFAULT_MAX_ATTEMPTS,
  isIncrement,
  isRemoveField,
  parseDocument,
  StoreError,
  type Docs,
  type Found,
  type Store,
  type StoreErrorCode,
  type StoreMeter,
  type Transaction,
  type TransactionOptions,
  type Write,
  type Writer,
} from './port.ts';
import { checkRun, countCost, readableRows, pathDirection, queriedPath, resultOrders } from './queryRun.ts';
import { deepFreeze, isPlainObject } from './values.ts';
import { WriteBuffer } from './writeBuffer.ts';

/** What a batch and a transaction of the SDK have in common. */
interface Sink {
  create(document: DocumentReference, data: DocumentData): unknown;
  set(document: DocumentReference, data: DocumentData): unknown;
  set(document: DocumentReference, data: DocumentData, options: { mergeFields: FieldPath[] }): unknown;
  update(document: DocumentReference, field: FieldPath, value: unknown, ...more: unknown[]): unknown;
  delete(document: DocumentReference): unknown;
}

export class FirestoreStore implements Store {
  readonly #db: Firestore;
  readonly #meter: StoreMeter;

  constructor(db: Firestore, meter: StoreMeter) {
    this.#db = db;
    this.#meter = meter;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    return this.#readAll(refs, (documents) => this.#db.getAll(...documents));
  }

  async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    checkRun(run);
    const path = queriedPath(run);
    const snapshot = await translated(this.#firestoreQuery(run, path).get());
    this.#meter.reads(Math.max(1, snapshot.size), path);
    return readableRows(run, snapshot.docs, (document) => {
      const ref = { path: document.ref.path, schema: run.query.collection.schema };
      return { id: document.id, path: ref.path, data: parsed(ref, document) };
    });
  }

  async count<T extends DocumentData>(run: CountRun<T>): Promise<number> {
    checkRun({ ...run, limit: 1 });
    const path = queriedPath(run);
    const found = await translated(this.#firestoreQuery(run, path).count().get());
    const { count } = found.data();
    this.#meter.reads(countCost(count), path);
    return count;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const maxAttempts = options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
    let attempts = 0;
    let writes: readonly Write[] = [];
    const attempt = async (inner: FirestoreTransaction): Promise<T> => {
      if (++attempts > 1) this.#meter.retry();
      const buffer = new WriteBuffer();
      const tx = buffer.transaction(async (refs) =>
        this.#readAll(refs, (documents) => inner.getAll(...documents)),
      );
      const result = await ownErrorsAside(work(tx));
      buffer.close();
      writes = buffer.writes;
      this.#send(writes, inner);
      return result;
    };
    const result = await translated(this.#db.runTransaction(attempt, { maxAttempts }));
    this.#count(writes);
    return result;
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    const buffer = new WriteBuffer();
    write(buffer);
    buffer.close();
    if (buffer.writes.length === 0) return;
    const batch = this.#db.batch();
    this.#send(buffer.writes, batch);
    await translated(batch.commit());
    this.#count(buffer.writes);
  }

  async #readAll<R extends readonly DocRef[]>(
    refs: R,
    read: (documents: DocumentReference[]) => Promise<DocumentSnapshot[]>,
  ): Promise<Docs<R>> {
    const paths = [...new Set(refs.map((ref) => ref.path))];
    // The SDK refuses to be asked for nothing.
    if (paths.length === 0) return [] as unknown as Docs<R>;
    const snapshots = await translated(read(paths.map((path) => this.#db.doc(path))));
    for (const path of paths) this.#meter.reads(1, path);
    const byPath = new Map(snapshots.map((snapshot) => [snapshot.ref.path, snapshot]));
    const docs = refs.map((ref) => {
      const snapshot = byPath.get(ref.path);
      return snapshot?.exists === true ? parsed(ref, snapshot) : undefined;
    });
    return docs as Docs<R>;
  }

  #firestoreQuery<T extends DocumentData>(
    run: CountRun<T> & Partial<Pick<QueryRun<T>, 'limit' | 'startAfter'>>,
    path: string,
  ): Query {
    const { query, values, limit, startAfter } = run;
    const orders = resultOrders(query);
    let built: Query = query.scope === 'group' ? this.#db.collectionGroup(path) : this.#db.collection(path);
    for (const [index, filter] of query.filters.entries()) {
      built = built.where(dotted(filter.field), filter.op, values[index]);
    }
    for (const order of orders) built = built.orderBy(dotted(order.field), order.direction);
    built = built.orderBy(FieldPath.documentId(), pathDirection(orders));
    if (startAfter !== undefined)
      built = built.startAfter(...startAfter.values, this.#db.doc(startAfter.path));
    return limit === undefined ? built : built.limit(limit);
  }

  #send(writes: readonly Write[], sink: Sink): void {
    for (const write of writes) sendWrite(sink, this.#db.doc(write.ref.path), write);
  }

  #count(writes: readonly Write[]): void {
    const deletes = writes.filter((write) => write.kind === 'delete').length;
    if (writes.length > deletes) this.#meter.writes(writes.length - deletes);
    if (deletes > 0) this.#meter.deletes(deletes);
  }
}

function sendWrite(sink: Sink, document: DocumentReference, write: Write): void {
  switch (write.kind) {
    case 'create':
      sink.create(document, write.data);
      break;
    case 'set':
      sink.set(document, write.data);
      break;
    case 'update':
      sendUpdate(sink, document, write.patch);
      break;
    case 'merge':
      sendMerge(sink, document, write.data);
      break;
    case 'delete':
      sink.delete(document);
      break;
  }
}

/** Naming the fields replaces each as a whole; the SDK's plain merge would go into maps. */
function sendMerge(sink: Sink, document: DocumentReference, patch: DocumentData): void {
  const entries = Object.entries(patch);
  const data = Object.fromEntries(entries.map(([name, value]) => [name, patchValue(value)]));
  sink.set(document, data, { mergeFields: entries.map(([name]) => new FieldPath(name)) });
}

/** Each name goes as a path of one segment, so that a dot in it is a dot and not a step into a map. */
function sendUpdate(sink: Sink, document: DocumentReference, patch: DocumentData): void {
  const pairs = Object.entries(patch).map(
    ([name, value]) => [new FieldPath(name), patchValue(value)] as const,
  );
  const [first, ...rest] = pairs;
  if (first !== undefined) sink.update(document, first[0], first[1], ...rest.flat());
}

function patchValue(value: unknown): unknown {
  if (isIncrement(value)) return FieldValue.increment(value.by);
  return isRemoveField(value) ? FieldValue.delete() : value;
}

function dotted(field: string): FieldPath {
  return new FieldPath(...field.split('.'));
}

function parsed<T extends DocumentData>(ref: DocRef<T>, snapshot: DocumentSnapshot): T {
  return deepFreeze(parseDocument(ref, plain(snapshot.data())));
}

/** Firestore's instants become dates, cut to milliseconds; everything else stays for the schema to judge. */
function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return new Date(value.toMillis());
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/**
 * Carries an error of the work through the SDK, which runs a transaction again for every error whose `code` looks
 * like a gRPC code that may pass. Only errors of the store itself may lead to another attempt.
 */
class WorkFailed extends Error {}

/** An error of the SDK as the work sees it, with the original, by whose code the SDK decides about another attempt. */
class Translated extends StoreError {
  readonly original: unknown;
  constructor(code: StoreErrorCode, original: unknown) {
    super(code, `the store answered ${code}`, { cause: original });
    this.original = original;
  }
}

async function ownErrorsAside<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Translated) throw error.original;
    throw new WorkFailed('the work of the transaction failed', { cause: error });
  }
}

async function translated<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkFailed) throw error.cause;
    const code = storeErrorCode(error);
    throw code === undefined ? error : new Translated(code, error);
  }
}

/**
 * By gRPC code, and 409 for a conflict over HTTP: every code for which the SDK runs a transaction again, and the two
 * failed preconditions. All others mean a mistake of the program, such as a missing index, and stay what they are.
 */
const STORE_ERROR_CODES: ReadonlyMap<unknown, StoreErrorCode> = new Map([
  [1, 'UNAVAILABLE'],
  [2, 'UNAVAILABLE'],
  [4, 'UNAVAILABLE'],
  [5, 'NOT_FOUND'],
  [6, 'ALREADY_EXISTS'],
  [8, 'UNAVAILABLE'],
  [10, 'CONTENTION'],
  [13, 'UNAVAILABLE'],
  [14, 'UNAVAILABLE'],
  [16, 'UNAVAILABLE'],
  [409, 'CONTENTION'],
]);

function storeErrorCode(error: unknown): StoreErrorCode | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  // Firestore calls a transaction that took too long an invalid argument.
  if (error.code === 3 && error.message.includes('transaction has expired')) return 'CONTENTION';
  return STORE_ERROR_CODES.get(error.code);
}
