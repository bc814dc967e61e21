/** The half of a transaction that both stores share: it checks and collects writes, and keeps the order of use. */
import type { DocRef, DocumentData } from './collection.ts';
import {
  isIncrement,
  isRemoveField,
  type Docs,
  type Patch,
  type Transaction,
  type Write,
  type Writer,
} from './port.ts';
import { assertFieldName, storedDocument, storedValue } from './values.ts';

/** Collects writes until the store commits them. Every mistake of the caller is thrown where it is made. */
export class WriteBuffer implements Writer {
  readonly writes: Write[] = [];
  #read = false;
  #closed = false;

  create<T extends DocumentData>(ref: DocRef<T>, data: T): void {
    this.#add({ kind: 'create', ref, data: storedDocument(data, ref.path) });
  }

  set<T extends DocumentData>(ref: DocRef<T>, data: T): void {
    this.#add({ kind: 'set', ref, data: storedDocument(data, ref.path) });
  }

  update<T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>): void {
    this.#add({ kind: 'update', ref, patch: storedPatch(patch, ref.path) });
  }

  merge<T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>): void {
    this.#add({ kind: 'merge', ref, data: storedPatch(patch, ref.path) });
  }

  delete(ref: DocRef): void {
    this.#add({ kind: 'delete', ref });
  }

  /**
   * What the work of a transaction sees: this buffer, and the store's way of reading.
   * A second read and a read after a write throw an Error.
   */
  transaction(readAll: <R extends readonly DocRef[]>(refs: R) => Promise<Docs<R>>): Transaction {
    return {
      getAll: async (...refs) => {
        this.#beginRead();
        return readAll(refs);
      },
      create: (ref, data) => this.create(ref, data),
      set: (ref, data) => this.set(ref, data),
      update: (ref, patch) => this.update(ref, patch),
      merge: (ref, patch) => this.merge(ref, patch),
      delete: (ref) => this.delete(ref),
    };
  }

  /** Called when the work is done: what comes later would be lost, so it is refused. */
  close(): void {
    this.#closed = true;
  }

  #beginRead(): void {
    if (this.#closed) throw new Error('the transaction is over');
    if (this.#read) throw new Error('a transaction reads once: ask for everything in one getAll');
    if (this.writes.length > 0) throw new Error('a transaction reads before it writes');
    this.#read = true;
  }

  #add(write: Write): void {
    if (this.#closed) throw new Error('the transaction is over');
    const { path } = write.ref;
    const before = this.writes.findLast((one) => one.ref.path === path);
    if (before !== undefined && cannotFollow(before, write)) {
      throw new Error(`${path}: ${write.kind} cannot follow ${before.kind} in one commit`);
    }
    this.writes.push(write);
  }
}

/** Preconditions that the write before has decided already; Firestore calls them an invalid argument. */
function cannotFollow(before: Write, write: Write): boolean {
  if (write.kind === 'create') return before.kind !== 'delete';
  return write.kind === 'update' && before.kind === 'delete';
}

function storedPatch(patch: DocumentData, path: string): DocumentData {
  const copy: DocumentData = {};
  for (const name of Object.keys(patch)) {
    assertFieldName(name, path);
    copy[name] = storedPatchValue(patch[name], `${path}.${name}`);
  }
  if (Object.keys(copy).length === 0) throw new Error(`${path}: a patch names at least one field`);
  return Object.freeze(copy);
}

function storedPatchValue(value: unknown, where: string): unknown {
  if (isRemoveField(value)) return value;
  if (!isIncrement(value)) return storedValue(value, where);
  if (!Number.isSafeInteger(value.by)) throw new Error(`${where}: an increment is a whole number`);
  return value;
}
