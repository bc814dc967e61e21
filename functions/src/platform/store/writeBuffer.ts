/** The half of a transaction that both stores share: it checks and collects writes, and keeps the order of use. */
import type { DocRef, DocumentData } from './collection.ts';
import { isIncrement, isRemoveField, type Patch, type Write, type Writer } from './port.ts';
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

  delete(ref: DocRef): void {
    this.#add({ kind: 'delete', ref });
  }

  /** Called before the reads of a transaction. @throws Error for a second read and for a read after a write */
  beginRead(): void {
    if (this.#closed) throw new Error('the transaction is over');
    if (this.#read) throw new Error('a transaction reads once: ask for everything in one getAll');
    if (this.writes.length > 0) throw new Error('a transaction reads before it writes');
    this.#read = true;
  }

  /** Called when the work is done: what comes later would be lost, so it is refused. */
  close(): void {
    this.#closed = true;
  }

  #add(write: Write): void {
    if (this.#closed) throw new Error('the transaction is over');
    this.writes.push(write);
  }
}

function storedPatch(patch: DocumentData, path: string): DocumentData {
  const copy: DocumentData = {};
  for (const name of Object.keys(patch)) {
    assertFieldName(name, path);
    copy[name] = storedPatchValue(patch[name], `${path}.${name}`);
  }
  if (Object.keys(copy).length === 0) throw new Error(`${path}: an update names at least one field`);
  return Object.freeze(copy);
}

function storedPatchValue(value: unknown, where: string): unknown {
  if (isRemoveField(value)) return value;
  if (!isIncrement(value)) return storedValue(value, where);
  if (!Number.isSafeInteger(value.by)) throw new Error(`${where}: an increment is a whole number`);
  return value;
}
