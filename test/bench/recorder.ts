/**
 * A store that remembers what was asked of it, and a bare replay of the same: the same documents read, the same content
 * written, in the same order, with nothing of ours in between. The replay has documents of its own beside the real ones.
 */
import { FieldValue, type DocumentReference, type Firestore } from '@google-cloud/firestore';
import type {
  CountRun,
  DocRef,
  DocumentData,
  QueryRun,
} from '../../functions/src/platform/store/collection.ts';
import {
  isIncrement,
  isRemoveField,
  type Docs,
  type Found,
  type Store,
  type Transaction,
  type TransactionOptions,
  type Write,
  type Writer,
} from '../../functions/src/platform/store/port.ts';

interface RecordedRead {
  readonly path: string;
  /** What was there; undefined where nothing was. */
  readonly found: DocumentData | undefined;
}

interface RecordedWrite {
  readonly kind: Write['kind'];
  readonly path: string;
  readonly data: DocumentData;
}

/** One round of I/O. */
export type Io =
  | { readonly kind: 'getAll'; readonly reads: readonly RecordedRead[] }
  | { readonly kind: 'commit'; readonly writes: readonly RecordedWrite[] }
  | {
      readonly kind: 'transaction';
      readonly reads: readonly RecordedRead[];
      readonly writes: readonly RecordedWrite[];
    };

function recordingWriter(writer: Writer, into: RecordedWrite[]): Writer {
  const note = (kind: Write['kind'], { path }: DocRef, data: object): void =>
    void into.push({ kind, path, data: { ...data } });
  return {
    create: (ref, data) => (note('create', ref, data), writer.create(ref, data)),
    set: (ref, data) => (note('set', ref, data), writer.set(ref, data)),
    update: (ref, patch) => (note('update', ref, patch), writer.update(ref, patch)),
    merge: (ref, patch) => (note('merge', ref, patch), writer.merge(ref, patch)),
    delete: (ref) => (note('delete', ref, {}), writer.delete(ref)),
  };
}

/** Each document once, as the stores read it. */
function readsOf(refs: readonly DocRef[], found: readonly unknown[]): RecordedRead[] {
  const byPath = new Map(refs.map(({ path }, index) => [path, found[index] as DocumentData | undefined]));
  return [...byPath].map(([path, data]) => ({ path, found: data }));
}

export class RecordingStore implements Store {
  readonly log: Io[] = [];
  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    const found = await this.#inner.getAll(...refs);
    this.log.push({ kind: 'getAll', reads: readsOf(refs, found) });
    return found;
  }

  async query<T extends DocumentData>({ query }: QueryRun<T>): Promise<Found<T>[]> {
    throw new Error(`the bare replay knows no queries, and ${query.name} is one`);
  }

  async count<T extends DocumentData>({ query }: CountRun<T>): Promise<number> {
    throw new Error(`the bare replay knows no counts, and ${query.name} is one`);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    let reads: RecordedRead[] = [];
    let writes: RecordedWrite[] = [];
    const result = await this.#inner.transaction(async (tx) => {
      reads = [];
      writes = [];
      const getAll: Transaction['getAll'] = async (...refs) => {
        const found = await tx.getAll(...refs);
        reads = readsOf(refs, found);
        return found;
      };
      return work({ ...recordingWriter(tx, writes), getAll });
    }, options);
    this.log.push({ kind: 'transaction', reads, writes });
    return result;
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    const writes: RecordedWrite[] = [];
    await this.#inner.commit((writer) => write(recordingWriter(writer, writes)));
    this.log.push({ kind: 'commit', writes });
  }
}

/** What a batch and a transaction of the client have in common. */
interface BareSink {
  create(ref: DocumentReference, data: DocumentData): unknown;
  set(ref: DocumentReference, data: DocumentData): unknown;
  set(ref: DocumentReference, data: DocumentData, options: { merge: true }): unknown;
  update(ref: DocumentReference, data: DocumentData): unknown;
  delete(ref: DocumentReference): unknown;
}
/** What the replay needs of Firestore's client. */
export type BareDb = Pick<Firestore, 'doc' | 'getAll' | 'runTransaction' | 'batch'>;

/** Where the replay keeps its own of a document. Other names, so that no sweep of the real ones meets them. */
function bareOf(path: string): string {
  return path
    .split('/')
    .map((part, index) => (index % 2 === 0 ? `bare-${part}` : part))
    .join('/');
}

/** The port's markers as the client has them. */
function bareData(data: DocumentData): DocumentData {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, bareValue(value)]));
}

function bareValue(value: unknown): unknown {
  if (isIncrement(value)) return FieldValue.increment(value.by);
  return isRemoveField(value) ? FieldValue.delete() : value;
}

function send(db: BareDb, sink: BareSink, writes: readonly RecordedWrite[]): void {
  for (const { kind, path, data } of writes) {
    const ref = db.doc(bareOf(path));
    if (kind === 'delete') sink.delete(ref);
    else if (kind === 'merge') sink.set(ref, bareData(data), { merge: true });
    else sink[kind](ref, bareData(data));
  }
}

/** Replays recorded I/O. What it read must have been laid out before. */
export async function replayBare(db: BareDb, log: readonly Io[]): Promise<void> {
  const refsOf = (reads: readonly RecordedRead[]): DocumentReference[] =>
    reads.map(({ path }) => db.doc(bareOf(path)));
  for (const io of log) {
    switch (io.kind) {
      case 'getAll':
        await db.getAll(...refsOf(io.reads));
        break;
      case 'commit': {
        const batch = db.batch();
        send(db, batch, io.writes);
        await batch.commit();
        break;
      }
      case 'transaction':
        await db.runTransaction(async (tx) => {
          await tx.getAll(...refsOf(io.reads));
          send(db, tx, io.writes);
        });
        break;
    }
  }
}

/**
 * Lays out what a replay will find: every document that was there before the log began.
 * @param laidOut paths of earlier replays, which are left as those have left them; grows
 */
export async function layOutBare(db: BareDb, log: readonly Io[], laidOut: Set<string>): Promise<void> {
  const batch = db.batch();
  for (const io of log) {
    for (const { path, found } of 'reads' in io ? io.reads : []) {
      if (!laidOut.has(path) && found !== undefined) batch.set(db.doc(bareOf(path)), found);
      laidOut.add(path);
    }
    for (const { kind, path } of 'writes' in io ? io.writes : []) {
      // A document that is changed unread is there all the same.
      if (!laidOut.has(path) && kind === 'update') batch.set(db.doc(bareOf(path)), {});
      laidOut.add(path);
    }
  }
  await batch.commit();
}

/** Documents that recorded I/O read, wrote and deleted, and how many times it waited for an answer. */
export interface IoCost {
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly rounds: readonly Io['kind'][];
}

export function costOf(log: readonly Io[]): IoCost {
  const writes = log.flatMap((io) => ('writes' in io ? io.writes : []));
  const deletes = writes.filter(({ kind }) => kind === 'delete').length;
  return {
    reads: log.reduce((sum, io) => sum + ('reads' in io ? io.reads.length : 0), 0),
    writes: writes.length - deletes,
    deletes,
    rounds: log.map(({ kind }) => kind),
  };
}
