/** Scripts about single writes: their preconditions, and which values come back. */
import { increment, removeField, type Writer } from '../../../functions/src/platform/store/port.ts';
import { wallets } from '../../../functions/src/ledger/documents.ts';
import type { DocumentData } from '../../../functions/src/platform/store/collection.ts';
import { outcome, type Scene, type Script } from '../scene.ts';

const at = new Date('2026-03-01T10:20:30.456Z');

/** Creates one item, changes it, and reads it. */
async function changed(scene: Scene, before: DocumentData, patch: DocumentData): Promise<unknown> {
  await scene.put({ a: before });
  const result = await outcome(async () =>
    scene.store.commit((writer) => writer.update(scene.item('a'), patch)),
  );
  return [result, await scene.read('a')];
}

/** Puts one value into a document by way of create, and reads it. */
async function stored(scene: Scene, value: unknown): Promise<unknown> {
  const result = await outcome(async () =>
    scene.store.commit((writer) => writer.create(scene.item('a'), { value })),
  );
  return [result, await scene.read('a')];
}

const preconditions: Script[] = [
  {
    name: 'a document that is not there reads as undefined',
    run: async (scene) => [await scene.store.getAll(scene.item('a'), scene.item('b'))],
  },
  {
    name: 'reading nothing gives nothing',
    run: async (scene) => scene.store.getAll(),
  },
  {
    name: 'one document can be asked for twice',
    run: async (scene) => {
      await scene.put({ a: { n: 1 } });
      return scene.store.getAll(scene.item('a'), scene.item('b'), scene.item('a'));
    },
  },
  {
    name: 'create makes a document once',
    run: async (scene) => {
      const create = async (n: number): Promise<void> =>
        scene.store.commit((writer) => writer.create(scene.item('a'), { n }));
      return [
        await outcome(async () => create(1)),
        await outcome(async () => create(2)),
        await scene.read('a'),
      ];
    },
  },
  {
    name: 'create in a transaction makes a document once',
    run: async (scene) => {
      let runs = 0;
      const create = async (n: number): Promise<void> =>
        scene.store.transaction(async (tx) => {
          runs += 1;
          tx.create(scene.item('a'), { n });
        });
      return [await outcome(async () => create(1)), await outcome(async () => create(2)), runs];
    },
  },
  {
    name: 'update of nothing fails, alone and in a transaction',
    run: async (scene) => {
      let runs = 0;
      const alone = await outcome(async () =>
        scene.store.commit((writer) => writer.update(scene.item('a'), { n: 1 })),
      );
      const inside = await outcome(async () =>
        scene.store.transaction(async (tx) => {
          runs += 1;
          await tx.getAll(scene.item('a'));
          tx.update(scene.item('a'), { n: increment(1) });
        }),
      );
      return [alone, inside, runs];
    },
  },
  {
    name: 'set makes and replaces',
    run: async (scene) => {
      await scene.store.commit((writer) => writer.set(scene.item('a'), { n: 1, gone: true }));
      await scene.store.commit((writer) => writer.set(scene.item('a'), { n: 2 }));
      return scene.read('a');
    },
  },
  {
    name: 'delete of something and of nothing',
    run: async (scene) => {
      await scene.put({ a: { n: 1 } });
      await scene.store.commit((writer) => {
        writer.delete(scene.item('a'));
        writer.delete(scene.item('b'));
      });
      return scene.read('a');
    },
  },
  {
    name: 'one failed precondition undoes the rest',
    run: async (scene) => {
      await scene.put({ a: { n: 1 }, b: { n: 1 } });
      return outcome(async () =>
        scene.store.commit((writer) => {
          writer.update(scene.item('a'), { n: 2 });
          writer.delete(scene.item('b'));
          writer.create(scene.item('c'), { n: 2 });
          writer.update(scene.item('missing'), { n: 2 });
        }),
      );
    },
  },
  {
    name: 'writes to one document follow each other',
    run: async (scene) => {
      await scene.put({ b: { old: true } });
      await scene.store.commit((writer) => {
        writer.create(scene.item('a'), { n: 1 });
        writer.update(scene.item('a'), { n: increment(2), more: 'yes' });
        writer.delete(scene.item('b'));
        writer.create(scene.item('b'), { young: true });
      });
      return scene.store.getAll(scene.item('a'), scene.item('b'));
    },
  },
  {
    name: 'a write whose precondition the write before has decided is refused',
    run: async (scene) => {
      const b = scene.item('b');
      await scene.put({ a: { n: 1 } });
      const commits: ((writer: Writer) => void)[] = [
        (writer) => [writer.create(b, { n: 1 }), writer.create(b, { n: 2 })],
        (writer) => [writer.set(b, { n: 1 }), writer.create(b, { n: 2 })],
        (writer) => [writer.update(scene.item('a'), { n: 3 }), writer.create(scene.item('a'), { n: 2 })],
        (writer) => [writer.delete(scene.item('a')), writer.update(scene.item('a'), { n: 9 })],
      ];
      const results: unknown[] = [];
      for (const write of commits) results.push(await outcome(async () => scene.store.commit(write)));
      return results;
    },
  },
  {
    name: 'merge makes a document, and leaves the fields that it does not name',
    run: async (scene) => {
      await scene.put({ a: { n: 1, map: { x: 1 }, 'a.b': 1, gone: 1, keep: [at] } });
      await scene.store.commit((writer) => {
        const patch = { n: increment(2), map: { y: 2 }, 'a.b': 2, gone: removeField, added: at };
        writer.merge(scene.item('a'), patch);
        writer.merge(scene.item('b'), patch);
      });
      return scene.store.getAll(scene.item('a'), scene.item('b'));
    },
  },
  {
    name: 'merge follows other writes of its commit',
    run: async (scene) => {
      await scene.put({ a: { n: 1 }, b: { n: 1 } });
      return outcome(async () =>
        scene.store.commit((writer) => {
          writer.delete(scene.item('a'));
          writer.merge(scene.item('a'), { m: 1 });
          writer.merge(scene.item('b'), { m: increment(1) });
          writer.update(scene.item('b'), { m: increment(1) });
          writer.set(scene.item('c'), { n: 1 });
          writer.merge(scene.item('c'), { m: 1 });
          writer.delete(scene.item('c'));
        }),
      );
    },
  },
  {
    name: 'a merge of nothing is refused',
    run: async (scene) =>
      outcome(async () => scene.store.commit((writer) => writer.merge(scene.item('a'), {}))),
  },
  {
    name: 'a commit of nothing is fine',
    run: async (scene) => outcome(async () => scene.store.commit(() => undefined)),
  },
];

const values: Script[] = [
  {
    name: 'update leaves all fields that it does not name',
    run: async (scene) =>
      changed(scene, { n: 1, unknown: { deep: [1, { x: 'y' }] }, nil: null }, { n: 2, added: true }),
  },
  {
    name: 'a nested map is replaced, not merged',
    run: async (scene) => changed(scene, { map: { a: 1, b: { c: 2 } } }, { map: { b: { d: 3 } } }),
  },
  {
    name: 'a dot in a field name is a dot',
    run: async (scene) => changed(scene, { 'a.b': 1, a: { b: 2 } }, { 'a.b': 3, 'c`d': 4, 'e f-g': 5 }),
  },
  {
    name: 'increments of a number, of nothing and of a text',
    run: async (scene) =>
      changed(
        scene,
        { n: 5, text: 'x', half: 0.5 },
        {
          n: increment(-7),
          none: increment(3),
          text: increment(2),
          half: increment(1),
        },
      ),
  },
  {
    name: 'removeField removes, also what is not there',
    run: async (scene) => changed(scene, { n: 1, m: { x: 1 } }, { m: removeField, none: removeField }),
  },
  {
    name: 'a field can be removed and another one written in one update',
    run: async (scene) => changed(scene, { a: 1, b: 1, c: 1 }, { a: removeField, b: increment(1), c: 7 }),
  },
  {
    name: 'dates come back as dates, at every depth',
    run: async (scene) => {
      const [result, data] = (await stored(scene, { at, list: [at, { at }], epoch: new Date(0) })) as [
        unknown,
        { value: { at: Date; list: [Date, { at: Date }] } },
      ];
      const { value } = data;
      const isDate = [value.at, value.list[0], value.list[1].at].map((date) => date instanceof Date);
      return [result, isDate, value.at.toISOString(), data];
    },
  },
  {
    name: 'dates before 1970 keep their milliseconds',
    run: async (scene) => stored(scene, new Date('1969-12-31T23:59:59.001Z')),
  },
  { name: 'null', run: async (scene) => stored(scene, null) },
  { name: 'numbers', run: async (scene) => stored(scene, [0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER]) },
  { name: 'texts', run: async (scene) => stored(scene, ['', 'ß', 'नमस्ते', '😀', 'a\nb', '\u0000']) },
  { name: 'arrays of maps', run: async (scene) => stored(scene, [{ a: [1, 2] }, { a: [] }, true, null]) },
  { name: 'an empty map, at two depths', run: async (scene) => stored(scene, { inner: {}, list: [{}] }) },
  { name: 'an empty document', run: async (scene) => [await scene.put({ a: {} }), await scene.read('a')] },
  { name: 'an empty array', run: async (scene) => stored(scene, []) },
  {
    name: 'names with slashes, dots and emoji in a map',
    run: async (scene) => stored(scene, { 'a/b.c': 1, '😀': 2, ' ': 3 }),
  },
  { name: 'undefined is refused', run: async (scene) => stored(scene, undefined) },
  {
    name: 'undefined is refused in a map in an array',
    run: async (scene) => stored(scene, [{ x: undefined }]),
  },
  {
    name: 'undefined is refused in an update',
    run: async (scene) => changed(scene, { n: 1 }, { n: undefined }),
  },
  { name: 'an update without a field is refused', run: async (scene) => changed(scene, { n: 1 }, {}) },
  { name: 'an array in an array is refused', run: async (scene) => stored(scene, [[1]]) },
  {
    name: 'an instance of a class is refused',
    run: async (scene) => stored(scene, new URL('https://example.org')),
  },
  { name: 'a function is refused', run: async (scene) => stored(scene, () => 1) },
  { name: 'a date that is none is refused', run: async (scene) => stored(scene, new Date(Number.NaN)) },
  { name: 'an increment in a create is refused', run: async (scene) => stored(scene, increment(1)) },
  {
    name: 'half an increment is refused',
    run: async (scene) => changed(scene, { n: 1 }, { n: increment(0.5) }),
  },
  {
    name: 'a reserved field name is refused',
    run: async (scene) => changed(scene, { n: 1 }, { __name__: 1 }),
  },
  {
    name: 'what is changed after the write call is not stored',
    run: async (scene) => {
      const data = { list: [1], at: new Date(at) };
      await scene.store.commit((writer) => {
        writer.create(scene.item('a'), data);
        data.list.push(2);
        data.at.setTime(0);
      });
      return scene.read('a');
    },
  },
  {
    name: 'what a read returns cannot be changed',
    run: async (scene) => {
      await scene.put({ a: { map: { n: 1 }, list: [1] } });
      const data = (await scene.read('a')) as { map: { n: number }; list: number[] };
      const tries = [() => (data.map.n = 2), () => data.list.push(2), () => Object.assign(data, { x: 1 })];
      const threw = await Promise.all(tries.map(outcome));
      return [threw.map((one) => JSON.stringify(one).includes('TypeError')), await scene.read('a')];
    },
  },
  {
    name: 'a document that does not match its schema names path and field',
    run: async (scene) => {
      await scene.put({ a: { coins: 'many', secret: 'x' } });
      const ref = { ...scene.item('a'), schema: wallets.schema };
      const message = async (): Promise<string> =>
        scene.store.getAll(ref).then(
          () => 'no error',
          (error: unknown) => String(error),
        );
      const inside = await outcome(async () => scene.store.transaction(async (tx) => tx.getAll(ref)));
      return [await message(), inside];
    },
  },
  {
    name: 'an instant for the TTL policy is a date, and finds what has expired',
    run: async (scene) => {
      const life = (ms: number) => ({ expireAt: new Date(at.getTime() + ms) });
      await scene.put({
        past: life(-1),
        now: life(0),
        next: life(1),
        text: { expireAt: at.toISOString() },
        none: {},
      });
      const expired = { filters: [['expireAt', '<=', at]], orderBy: [['expireAt', 'asc']] } as const;
      return [await scene.ids(expired), await scene.count(expired), await scene.read('now')];
    },
  },
  {
    name: 'documents lie under documents that are not there',
    run: async (scene) => {
      await scene.store.commit((writer) => writer.create(scene.part('nobody', 'p'), { n: 1 }));
      return [await scene.store.getAll(scene.item('nobody'), scene.part('nobody', 'p')), await scene.ids({})];
    },
  },
];

export const documentScripts: readonly Script[] = [...preconditions, ...values];
