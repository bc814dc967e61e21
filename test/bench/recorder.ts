/** A store that remembers what was asked of it, and a bare replay of the same: same reads, same writes, same order. */
import type { DocumentReference, Firestore } from '@google-cloud/firestore';
import type {
  DocRef,
  DocumentData,
  CountRun,
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

/** One round of I/O. */
export type Io =
  | { readonly kind: 'getAll'; readonly paths: readonly string[] }
  | { readonly kind: 'commit'; readonly writes: readonly RecordedWrite[] }
  | {
      readonly kind: 'transaction';
      readonly paths: readonly string[];
      readonly writes: readonly RecordedWrite[];
    };

interface RecordedWrite {
  readonly kind: 'create' | 'set' | 'update' | 'merge' | 'delete';
  readonly data: DocumentData;
}

/** Numbers and texts of a write without the port's own markers, which only the store understands. */
function plain(data: object): DocumentData {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, isMarker(value) ? 1 : (value as unknown)]),
  );
}

function isMarker(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getOwnPropertySymbols(value).length > 0;
}

function recordingWriter(writer: Writer, into: RecordedWrite[]): Writer {
  const note = (kind: RecordedWrite['kind'], data: object): void =>
    void into.push({ kind, data: plain(data) });
  return {
    create: (ref, data) => (note('create', data), writer.create(ref, data)),
    set: (ref, data) => (note('set', data), writer.set(ref, data)),
    update: (ref, patch) => (note('update', patch), writer.update(ref, patch)),
    merge: (ref, patch) => (note('merge', patch), writer.merge(ref, patch)),
    delete: (ref) => (note('delete', {}), writer.delete(ref)),
  };
}

export class RecordingStore implements Store {
  readonly log: Io[] = [];
  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  async getAll<const R extends readonly DocRef[]>(...refs: R): Promise<Docs<R>> {
    this.log.push({ kind: 'getAll', paths: refs.map(({ path }) => path) });
    return this.#inner.getAll(...refs);
  }

  async query<T extends DocumentData>(run: QueryRun<T>): Promise<Found<T>[]> {
    return this.#inner.query(run);
  }

  async count<T extends DocumentData>(run: CountRun<T>): Promise<number> {
    return this.#inner.count(run);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    let paths: string[] = [];
    let writes: RecordedWrite[] = [];
    const result = await this.#inner.transaction(async (tx) => {
      writes = [];
      const getAll: Transaction['getAll'] = async (...refs) => {
        paths = refs.map(({ path }) => path);
        return tx.getAll(...refs);
      };
      return work({ ...recordingWriter(tx, writes), getAll });
    }, options);
    this.log.push({ kind: 'transaction', paths, writes });
    return result;
  }

  async commit(write: (writer: Writer) => void): Promise<void> {
    const writes: RecordedWrite[] = [];
    await this.#inner.commit((writer) => write(recordingWriter(writer, writes)));
    this.log.push({ kind: 'commit', writes });
  }
}

interface Sink {
  create(ref: DocumentReference, data: DocumentData): unknown;
  set(ref: DocumentReference, data: DocumentData, options?: { merge: true }): unknown;
  delete(ref: DocumentReference): unknown;
}

/** Replays recorded I/O with nothing of ours in between, onto documents of its own. */
export async function replayBare(db: Firestore, log: readonly Io[], scratch: string): Promise<void> {
  let next = 0;
  const send = (sink: Sink, writes: readonly RecordedWrite[]): void => {
    for (const { kind, data } of writes) {
      const ref = db.doc(`bench/${scratch}-${(next += 1)}`);
      if (kind === 'delete') sink.delete(ref);
      else if (kind === 'create') sink.create(ref, data);
      else sink.set(ref, data, { merge: true });
    }
  };
  for (const io of log) {
    switch (io.kind) {
      case 'getAll':
        await db.getAll(...io.paths.map((path) => db.doc(path)));
        break;
      case 'commit': {
        const batch = db.batch();
        send(batch, io.writes);
        await batch.commit();
        break;
      }
      case 'transaction':
        await db.runTransaction(async (tx) => {
          await tx.getAll(...io.paths.map((path) => db.doc(path)));
          send(tx, io.writes);
        });
        break;
    }
  }
}

/** Reads and writes of recorded I/O, to show that both sides did the same. */
export function costOf(log: readonly Io[]): { reads: number; writes: number } {
  const reads = log.reduce((sum, io) => sum + ('paths' in io ? io.paths.length : 0), 0);
  const writes = log.reduce((sum, io) => sum + ('writes' in io ? io.writes.length : 0), 0);
  return { reads, writes };
}
