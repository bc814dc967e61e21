/** Firestore's order and equality of values and paths, for the types that are stored here. */
import { isPlainObject } from './values.ts';

/** The order of the types: null, booleans, numbers, instants, strings. `undefined` for what has no order here. */
function rank(value: unknown): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return 2;
  if (value instanceof Date) return 3;
  if (typeof value === 'string') return 4;
  return undefined;
}

/** Whether two values are of the types that an inequality compares with each other. */
export function sameType(a: unknown, b: unknown): boolean {
  const first = rank(a);
  return first !== undefined && first === rank(b);
}

/**
 * Negative when `a` comes before `b`.
 * @throws Error for maps and arrays: no query orders by them
 */
export function compareValues(a: unknown, b: unknown): number {
  const first = rank(a);
  const second = rank(b);
  if (first === undefined || second === undefined) throw new Error('cannot order by a map or an array');
  if (first !== second) return first - second;
  if (typeof a === 'string') return compareStrings(a, b as string);
  return Number(a) - Number(b);
}

/** Orders by UTF-8 bytes, which is the order of code points; plain `<` compares UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const first = a.charCodeAt(index);
    const second = b.charCodeAt(index);
    if (first === second) continue;
    const surrogate = isSurrogate(first);
    if (surrogate !== isSurrogate(second)) return surrogate ? 1 : -1;
    return first - second;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** Orders document paths segment by segment. */
export function comparePaths(a: string, b: string): number {
  const first = a.split('/');
  const second = b.split('/');
  const length = Math.min(first.length, second.length);
  for (let index = 0; index < length; index++) {
    const order = compareStrings(first[index] ?? '', second[index] ?? '');
    if (order !== 0) return order;
  }
  return first.length - second.length;
}

/** Deep equality, as `==`, `in` and the array filters use it. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => equalValues(value, b[index]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => key in b && equalValues(a[key], b[key]))
  );
}
