import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { at } from '../testing/calls.ts';
import { readPage, type Page } from './paging.ts';
import { defineCollection, defineQuery } from './store/collection.ts';
import { MemoryStore } from './store/memory.ts';

const things = defineCollection('pagingThings/{}', z.looseObject({ createdAt: z.date() }));
const newest = defineQuery({
  name: 'pagingNewest',
  collection: things,
  scope: 'collection',
  filters: [],
  orderBy: [{ field: 'createdAt', direction: 'desc' }],
});
const run = { query: newest, parentIds: [], values: [] };

function storeWith(seconds: readonly number[]): MemoryStore {
  const store = new MemoryStore();
  for (const [index, sec] of seconds.entries()) store.write(`pagingThings/t${index}`, { createdAt: at(sec) });
  return store;
}

describe('a list', () => {
  it('comes page by page, every item once, also when many have the same time', async () => {
    const store = storeWith([1, 2, 2, 2, 3, 4, 4]);
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Page<{ createdAt: Date }> = await readPage(store, run, { limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(seen).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0']);
    expect(pages).toBe(4);
  });

  it('ends with null exactly at the last item', async () => {
    const page = await readPage(storeWith([1, 2]), run, { limit: 2 });
    expect(page.items).toHaveLength(2);
    expect(page.nextCursor).toBeNull();
  });

  it.each(['', 'x', Buffer.from('[]').toString('base64url'), Buffer.from('[["a"]]').toString('base64url')])(
    'refuses a cursor that is not one of ours (%j)',
    async (cursor) => {
      await expect(readPage(storeWith([1]), run, { limit: 2, cursor })).rejects.toMatchObject({
        reason: 'INVALID_INPUT',
        details: { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] },
      });
    },
  );
});
