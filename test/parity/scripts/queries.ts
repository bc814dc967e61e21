/** Scripts about queries: which documents are found, in which order, and where the next page begins. */
import { devices } from '../../../functions/src/notifications/documents.ts';
import type { DocumentData } from '../../../functions/src/platform/store/collection.ts';
import type { FilterOp } from '../../../functions/src/platform/store/collection.ts';
import { StoreError } from '../../../functions/src/platform/store/port.ts';
import { outcome, queryRun, type QuerySketch, type Scene, type Script } from '../scene.ts';

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

/** One value of each kind that a field may hold, and a document without it. */
const mixed: Record<string, DocumentData> = {
  none: { other: 1 },
  nil: { v: null },
  no: { v: false },
  yes: { v: true },
  minus: { v: -1 },
  zero: { v: 0 },
  half: { v: 0.5 },
  ten: { v: 10 },
  early: { v: day(1) },
  late: { v: day(2) },
  empty: { v: '' },
  upper: { v: 'B' },
  lower: { v: 'a' },
  accent: { v: 'é' },
};

const cards: Record<string, DocumentData> = {
  asha: {
    online: true,
    rating: 4.5,
    languageKeys: { en: true, hi: true },
    tags: ['music', 'films'],
    rates: { audio: 10 },
  },
  bela: { online: true, rating: 4.5, languageKeys: { hi: true }, tags: ['films'], rates: { audio: 20 } },
  chitra: { online: false, rating: 5, languageKeys: { en: true }, tags: [], rates: { audio: 10 } },
  devi: { online: true, rating: 3, languageKeys: {}, tags: ['cricket', 'music'], rates: { audio: 5 } },
  esha: { online: true, languageKeys: { en: true, 'zh-Hans': true }, tags: null, rates: { audio: null } },
};

/** A script that fills the items and runs one query for each sketch. */
function found(name: string, documents: Record<string, DocumentData>, ...sketches: QuerySketch[]): Script {
  return {
    name,
    run: async (scene) => {
      await scene.put(documents);
      const results: unknown[] = [];
      for (const sketch of sketches) results.push(await outcome(async () => scene.ids(sketch)));
      return results;
    },
  };
}

/** One query for each value: `v op value`. */
function comparing(op: FilterOp, ...values: readonly unknown[]): QuerySketch[] {
  return values.map((value) => ({ filters: [['v', op, value]] }));
}

/** Follows the cursor from page to page. */
async function pages(scene: Scene, sketch: QuerySketch, fields: readonly string[]): Promise<string[][]> {
  const all: string[][] = [];
  let startAfter: QuerySketch['startAfter'];
  for (let page = 0; page < 10; page++) {
    const next = startAfter === undefined ? sketch : { ...sketch, startAfter };
    const documents = await scene.store.query(queryRun(scene.items, 'collection', next, []));
    const last = documents.at(-1);
    if (last === undefined) return all;
    all.push(documents.map((document) => document.id));
    startAfter = { values: fields.map((field) => last.data[field]), path: last.path };
  }
  return all;
}

const counts: Script[] = [
  {
    name: 'counting tells how many there are, whatever the order, and reads none',
    run: async (scene) => {
      await scene.put(cards);
      const sketches: QuerySketch[] = [
        {},
        { filters: [['online', '==', true]] },
        {
          filters: [
            ['online', '==', true],
            ['rating', '>=', 4],
          ],
          orderBy: [['rating', 'desc']],
        },
        { filters: [['tags', 'array-contains-any', ['music', 'cricket']]] },
        { filters: [['online', '==', 'nobody']] },
        { orderBy: [['rating', 'desc']] },
      ];
      return Promise.all(sketches.map(async (sketch) => outcome(async () => scene.count(sketch))));
    },
  },
];

const filters: Script[] = [
  found('without filters every document is found, by id', cards, {}),
  found('an empty collection', {}, {}, { orderBy: [['v', 'asc']] }),
  found(
    '== finds equal values of the same kind',
    mixed,
    ...comparing('==', 0, 10, '', 'a', true, null, day(1)),
  ),
  found(
    '== finds equal maps and arrays',
    { a: { v: { x: [1, { y: 2 }] } }, b: { v: { x: [1] } }, c: { v: [1, 2] } },
    ...comparing('==', { x: [1, { y: 2 }] }, [1, 2], [2, 1]),
  ),
  found(
    '< and <= find smaller values of the same kind',
    mixed,
    ...comparing('<', 0, 'a', day(2), true),
    ...comparing('<=', 0.5, 'B', day(1)),
  ),
  found(
    '> and >= find larger values of the same kind',
    mixed,
    ...comparing('>', 0, 'a', day(1), false),
    ...comparing('>=', 0, 'B', day(2)),
  ),
  found('in finds any of several', mixed, ...comparing('in', [0, 'a', true], ['nowhere'], [day(1), -1])),
  found('null in a list of alternatives', mixed, ...comparing('in', [null, 0])),
  found(
    'array-contains',
    cards,
    { filters: [['tags', 'array-contains', 'music']] },
    { filters: [['tags', 'array-contains', 'chess']] },
  ),
  found(
    'array-contains of a map',
    { a: { tags: [{ id: 1 }] }, b: { tags: [{ id: 2 }] } },
    { filters: [['tags', 'array-contains', { id: 2 }]] },
  ),
  found('array-contains-any', cards, { filters: [['tags', 'array-contains-any', ['films', 'cricket']]] }),
  found(
    'a dotted field steps into a map',
    cards,
    { filters: [['languageKeys.en', '==', true]] },
    { filters: [['languageKeys.zh-Hans', '==', true]] },
    { filters: [['rates.audio', '<=', 10]] },
  ),
  found('several filters must all match', cards, {
    filters: [
      ['online', '==', true],
      ['languageKeys.hi', '==', true],
      ['tags', 'array-contains', 'films'],
    ],
  }),
  found('a range on one field', mixed, {
    filters: [
      ['v', '>', -1],
      ['v', '<', 10],
    ],
    orderBy: [['v', 'desc']],
  }),
  found('equality and a range with an order', cards, {
    filters: [
      ['online', '==', true],
      ['rating', '>=', 4],
    ],
    orderBy: [['rating', 'desc']],
  }),
];

const orders: Script[] = [
  found('ascending order over every kind of value', mixed, { orderBy: [['v', 'asc']] }),
  found('descending order over every kind of value', mixed, { orderBy: [['v', 'desc']] }),
  found(
    'a document without the field is not found, null is first',
    cards,
    { orderBy: [['rating', 'asc']] },
    { orderBy: [['rates.audio', 'asc']] },
  ),
  found(
    'ties go by id in the direction of the last order',
    cards,
    { orderBy: [['rating', 'asc']] },
    { orderBy: [['rating', 'desc']] },
    {
      orderBy: [
        ['online', 'desc'],
        ['rating', 'asc'],
      ],
    },
    {
      orderBy: [
        ['online', 'asc'],
        ['rating', 'desc'],
      ],
    },
  ),
  found(
    'an inequality without a declared order orders by its field',
    mixed,
    { filters: [['v', '>', -5]] },
    { filters: [['v', '<', 'z']] },
  ),
  found('an inequality on another field than the order', cards, {
    filters: [['rates.audio', '<', 20]],
    orderBy: [['rating', 'desc']],
  }),
  found(
    'texts go by code point',
    { a: { v: '\uffee' }, b: { v: '😀' }, c: { v: 'z' }, d: { v: 'zz' }, e: { v: 'Z' } },
    { orderBy: [['v', 'asc']] },
  ),
  found('ids go by code point', { b: {}, B: {}, a10: {}, a9: {}, 'a-': {}, ä: {}, '10': {}, '9': {} }, {}),
];

const pagesAndScopes: Script[] = [
  found('a limit', cards, { limit: 2 }, { limit: 1, orderBy: [['rating', 'desc']] }),
  found('a limit that is none is refused', {}, { limit: 0 }, { limit: 501 }, { limit: 1.5 }),
  found(
    'an empty list of alternatives is refused',
    {},
    ...comparing('in', [], 'text'),
    ...comparing('array-contains-any', []),
  ),
  found(
    'undefined and an inequality with null are refused',
    {},
    ...comparing('==', undefined),
    ...comparing('<', null),
  ),
  {
    name: 'a cursor goes on after ties',
    run: async (scene) => {
      const documents = Array.from({ length: 11 }, (_, n) => [`d${n}`, { v: n % 3, w: day(n % 2) }] as const);
      await scene.put(Object.fromEntries(documents));
      return [
        await pages(scene, { orderBy: [['v', 'asc']], limit: 3 }, ['v']),
        await pages(scene, { orderBy: [['v', 'desc']], limit: 4 }, ['v']),
        await pages(
          scene,
          {
            orderBy: [
              ['w', 'asc'],
              ['v', 'desc'],
            ],
            limit: 2,
          },
          ['w', 'v'],
        ),
        await pages(scene, { limit: 5 }, []),
      ];
    },
  },
  {
    name: 'a cursor with an equality and with an implied order',
    run: async (scene) => {
      await scene.put(cards);
      return [
        await pages(scene, { filters: [['online', '==', true]], orderBy: [['rating', 'desc']], limit: 1 }, [
          'rating',
        ]),
        await pages(scene, { filters: [['rating', '>=', 3]], limit: 2 }, ['rating']),
      ];
    },
  },
  {
    name: 'a cursor need not point at a document',
    run: async (scene) => {
      await scene.put(mixed);
      const path = scene.item('between').path;
      return scene.ids({ orderBy: [['v', 'asc']], startAfter: { values: [0], path } });
    },
  },
  {
    name: 'a cursor of the wrong length is refused',
    run: async (scene) =>
      outcome(async () =>
        scene.ids({ orderBy: [['v', 'asc']], startAfter: { values: [], path: scene.item('a').path } }),
      ),
  },
  {
    name: 'a group query finds the parts of every item, by path',
    run: async (scene) => {
      await scene.store.commit((writer) => {
        for (const item of ['b', 'a', 'a-b', 'a b']) {
          for (const n of [2, 1]) writer.create(scene.part(item, `p${n}`), { n, item });
        }
        writer.create(scene.item('a'), { n: 1 });
      });
      return [
        await scene.partIds({}),
        await scene.partIds({ orderBy: [['n', 'desc']] }),
        await scene.partIds({ filters: [['n', '==', 1]], limit: 2 }),
        await scene.partIds({
          orderBy: [['n', 'asc']],
          startAfter: { values: [1], path: scene.part('a', 'p1').path },
        }),
      ];
    },
  },
  {
    name: 'a collection query stays under its parent',
    run: async (scene) => {
      await scene.store.commit((writer) => {
        writer.create(scene.part('a', 'p1'), { n: 1 });
        writer.create(scene.part('b', 'p2'), { n: 1 });
      });
      const under = async (...parents: string[]): Promise<unknown> =>
        outcome(async () => {
          const documents = await scene.store.query(queryRun(scene.parts, 'collection', {}, parents));
          return documents.map(({ id, data }) => ({ id, data }));
        });
      return [await under('a'), await under('c'), await under(), await under('a/b')];
    },
  },
  {
    name: 'what does not match its schema fails a query, or is left out and told',
    run: async (scene) => {
      const right = { uid: 'asha', seenAt: day(1) };
      await scene.put({ a: right, b: { ...right, seenAt: 'yesterday' }, c: { ...right, more: 1 } });
      const { schema } = devices;
      const run = queryRun({ ...scene.items, schema }, 'collection', {}, []);
      const told: unknown[] = [];
      const onUnreadable = (fault: unknown): void => {
        told.push(fault instanceof StoreError ? fault.code : fault);
      };
      const left = await scene.store.query({ ...run, onUnreadable });
      return [await outcome(async () => await scene.store.query(run)), left, told];
    },
  },
  {
    name: 'a query sees changes at once',
    run: async (scene) => {
      await scene.put({ a: { v: 1 }, b: { v: 1 }, c: { v: 2 } });
      const before = await scene.ids({ filters: [['v', '==', 1]] });
      await scene.store.commit((writer) => {
        writer.update(scene.item('a'), { v: 2 });
        writer.delete(scene.item('b'));
        writer.update(scene.item('c'), { v: 1 });
      });
      return [before, await scene.ids({ filters: [['v', '==', 1]] })];
    },
  },
];

export const queryScripts: readonly Script[] = [...counts, ...filters, ...orders, ...pagesAndScopes];
