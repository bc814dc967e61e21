/** Work that is done some at a time. */

/** @returns all of them in their order, at most `size` in each batch */
export function batchesOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
