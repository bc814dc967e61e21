/**
 * What may be stored, and how it is kept. Both stores take a frozen copy of every value at the moment it is written,
 * so a caller that goes on changing its object changes nothing that was handed in.
 */
import { isIncrement, isRemoveField } from './port.ts';
import type { DocumentData } from './collection.ts';

/** A `Date` that refuses to be changed: `Object.freeze` does not reach the instant inside a `Date`. */
class StoredDate extends Date {}

function refuseChange(): never {
  throw new TypeError('a date read from the store cannot be changed; make a new Date');
}

for (const name of Object.getOwnPropertyNames(Date.prototype)) {
  if (name.startsWith('set')) Object.defineProperty(StoredDate.prototype, name, { value: refuseChange });
}
// Looks like any other Date to code that compares constructors, such as strict equality in tests.
Object.defineProperty(StoredDate.prototype, 'constructor', { value: Date });

/** Tells maps of the store from dates, arrays and class instances. */
export function isPlainObject(value: unknown): value is DocumentData {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * A deeply frozen copy of a document.
 * @throws Error naming the path of the first value that cannot be stored
 */
export function storedDocument(data: DocumentData, path: string): DocumentData {
  return storedMap(data, path);
}

/**
 * A deeply frozen copy of a value.
 * @param where named in the error when the value cannot be stored
 */
export function storedValue(value: unknown, where: string): unknown {
  if (typeof value === 'object') return value === null ? null : storedObject(value, where);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Error(`${where}: a value of type ${typeof value} cannot be stored`);
}

function storedObject(value: object, where: string): unknown {
  if (value instanceof Date) return storedDate(value, where);
  if (Array.isArray(value)) return storedArray(value, where);
  if (isIncrement(value) || isRemoveField(value)) {
    throw new Error(`${where}: ${value.kind} is only for a top-level field of an update or a merge`);
  }
  if (!isPlainObject(value)) throw new Error(`${where}: only plain objects can be stored`);
  return storedMap(value, where);
}

function storedDate(value: Date, where: string): Date {
  const at = value.getTime();
  if (Number.isNaN(at)) throw new Error(`${where}: not a valid date`);
  return value instanceof StoredDate ? value : Object.freeze(new StoredDate(at));
}

function storedArray(values: readonly unknown[], where: string): readonly unknown[] {
  const copy = values.map((value, index) => {
    if (Array.isArray(value)) throw new Error(`${where}[${index}]: an array cannot lie in an array`);
    return storedValue(value, `${where}[${index}]`);
  });
  return Object.freeze(copy);
}

function storedMap(map: DocumentData, where: string): DocumentData {
  // A copy as a whole keeps the shape that the engine knows; one built field by field is several times as dear.
  const copy: DocumentData = { ...map };
  for (const key of Object.keys(map)) {
    assertFieldName(key, where);
    const value = copy[key];
    // Most fields are strings and numbers: they skip building the error's path.
    if (typeof value === 'string' || typeof value === 'number') continue;
    const kept = storedValue(value, `${where}.${key}`);
    if (kept !== value) copy[key] = kept;
  }
  return Object.freeze(copy);
}

/** @throws Error for a name that Firestore refuses */
export function assertFieldName(name: string, where: string): void {
  if (name === '' || (name[0] === '_' && name.startsWith('__') && name.endsWith('__'))) {
    throw new Error(`${where}: not a field name: "${name}"`);
  }
}

/** Freezes a fresh value in place, all the way down. What is frozen already is taken to be frozen deeply. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Date) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) deepFreeze(item);
  else for (const name of Object.keys(value)) deepFreeze((value as DocumentData)[name]);
  return value;
}
