import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { at } from '../testing/calls.ts';
import { readMergedPage, readPage, type Page } from './paging.ts';
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

  it('goes on past documents that cannot be read, when the run takes them', async () => {
    const store = storeWith([9, 8, 8, 8, 6, 5]);
    for (const id of ['t1', 't2', 't3'])
      store.write(`pagingThings/${id}`, { createdAt: at(8), broken: true });
    const faults: unknown[] = [];
    const strict = defineCollection(
      'pagingThings/{}',
      z.looseObject({ createdAt: z.date(), broken: z.never().optional() }),
    );
    const tolerant = {
      ...run,
      query: { ...newest, collection: strict },
      onUnreadable: (fault: unknown) => void faults.push(fault),
    };
    const page = await readPage(store, tolerant, { limit: 2 });
    expect(page.items.map(({ id }) => id)).toEqual(['t0', 't4']);
    expect(faults.length).toBeGreaterThan(0);
    const rest = await readPage(store, tolerant, { limit: 2, cursor: page.nextCursor });
    expect(rest.items.map(({ id }) => id)).toEqual(['t5']);
    expect(rest.nextCursor).toBeNull();
    for (const id of ['t4', 't5']) store.write(`pagingThings/${id}`, { createdAt: at(5), broken: true });
    const last = await readPage(store, tolerant, { limit: 1, cursor: page.nextCursor });
    expect(last).toEqual({ items: [], nextCursor: null });
  });

  it.each([[['text']], [[null]], [[true]], [[5]], [[{ t: 1 }, 1]]])(
    'refuses a cursor whose values are not of the fields of the order (%j)',
    async (values) => {
      const cursor = Buffer.from(JSON.stringify([values, 'pagingThings/t0'])).toString('base64url');
      await expect(readPage(storeWith([1]), run, { limit: 2, cursor })).rejects.toMatchObject({
        reason: 'INVALID_INPUT',
      });
    },
  );

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

describe('a list of which a test keeps some', () => {
  /** The seconds at which the kept things lie, page by page. */
  async function pagesOf(
    seconds: readonly number[],
    keep: (sec: number) => boolean,
    limit: number,
  ): Promise<number[][]> {
    const store = storeWith(seconds);
    const secOf = (createdAt: Date) => (createdAt.getTime() - at(0).getTime()) / 1000;
    const pages: number[][] = [];
    let cursor: string | null = null;
    do {
      const page: Page<{ createdAt: Date }> = await readPage(store, run, {
        limit,
        cursor,
        keep: ({ data }) => keep(secOf(data.createdAt)),
      });
      pages.push(page.items.map(({ data }) => secOf(data.createdAt)));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return pages;
  }

  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  it('comes whole and in order, whatever is left out', async () => {
    for (const limit of [1, 2, 3, 7]) {
      for (const every of [1, 2, 5]) {
        const pages = await pagesOf(upTo(40), (sec) => sec % every === 0, limit);
        expect(pages.flat()).toEqual(
          upTo(40)
            .filter((sec) => sec % every === 0)
            .toReversed(),
        );
        expect(pages.every((page) => page.length <= limit)).toBe(true);
      }
    }
  });

  it('has empty pages where nothing passes, and an end', async () => {
    // A page of one looks at five runs of three.
    const pages = await pagesOf(upTo(40), (sec) => sec === 0, 1);
    expect(pages).toEqual([[], [], [0]]);
    expect(await pagesOf(upTo(40), () => false, 1)).toEqual([[], [], []]);
  });

  it('ends with the last that passes when what follows is known not to', async () => {
    expect(await pagesOf(upTo(5), (sec) => sec >= 3, 2)).toEqual([[4, 3]]);
  });

  it('reads no further than the page needs', async () => {
    const store = storeWith(upTo(250));
    const limits: number[] = [];
    const query = store.query.bind(store);
    store.query = async (asked) => {
      limits.push(asked.limit);
      return query(asked);
    };
    await readPage(store, run, { limit: 20, keep: () => true });
    await readPage(store, run, { limit: 100, keep: () => false });
    await readPage(store, run, { limit: 20 });
    expect(limits).toEqual([60, 100, 100, 100, 21]);
  });
});

describe('a list of several queries', () => {
  const ofKind = defineQuery({
    name: 'pagingOfKind',
    collection: things,
    scope: 'collection',
    filters: [{ field: 'kind', op: '==' }],
    orderBy: [{ field: 'createdAt', direction: 'desc' }],
  });
  const runs = ['a', 'b'].map((kind) => ({ query: ofKind, parentIds: [], values: [kind] }));

  it.each([1, 2, 3, 100])('comes in one order, every item once, in pages of %i', async (limit) => {
    const store = new MemoryStore();
    // Kinds alternate, come in runs, and share moments.
    const kinds = ['a', 'b', 'b', 'a', 'a', 'b', 'a', 'other', 'b'];
    const seconds = [1, 1, 2, 2, 2, 3, 5, 5, 5];
    for (const [index, kind] of kinds.entries())
      store.write(`pagingThings/t${index}`, { kind, createdAt: at(seconds[index] ?? 0) });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<{ createdAt: Date }> = await readMergedPage(store, runs, { limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['t8', 't6', 't5', 't4', 't3', 't2', 't1', 't0']);
  });

  it('refuses a cursor that is not its own', async () => {
    const reading = readMergedPage(new MemoryStore(), runs, { limit: 1, cursor: 'made up' });
    await expect(reading).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
  });
});
