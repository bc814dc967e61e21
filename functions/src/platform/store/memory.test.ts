import { describe, expect, it } from '@jest/globals';
import { anyDocument, defineCollection } from './collection.ts';
import { MemoryStore, type Pause } from './memory.ts';
import { increment, type StoreMeter } from './port.ts';

const boxes = defineCollection('boxes/{}', anyDocument);
const parts = defineCollection('boxes/{}/parts/{}', anyDocument);
const box = boxes.doc('a');

/** Reads the number of the box and writes it one higher. @returns what was read */
async function addOne(store: MemoryStore, maxAttempts = 20): Promise<unknown> {
  return store.transaction(
    async (tx) => {
      const [data] = await tx.getAll(box);
      tx.set(box, { n: Number(data?.['n'] ?? 0) + 1 });
      return data?.['n'];
    },
    { maxAttempts },
  );
}

/** A hook that answers each commit with the next of the given faults, and notes what it was called for. */
function faults(at: 'commit' | 'afterCommit', ...list: ('abort' | 'lostAck' | Error)[]) {
  const calls: string[] = [];
  const pause: Pause = async (point, paths) => {
    calls.push(`${point} ${paths.join(' ')}`);
    if (point !== at) return undefined;
    const fault = list.shift();
    if (fault instanceof Error) throw fault;
    return fault;
  };
  return { calls, pause };
}

describe('conflicts', () => {
  it('runs the work again when a document it read has changed', async () => {
    const store = new MemoryStore();
    store.write('boxes/a', { n: 0 });
    const results = await Promise.all(Array.from({ length: 20 }, () => addOne(store)));
    expect(results.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
    expect(store.read('boxes/a')).toEqual({ n: 20 });
  });

  it('notices that a document it did not find has come', async () => {
    const store = new MemoryStore();
    expect(await Promise.all([addOne(store), addOne(store)])).toEqual([undefined, 1]);
  });

  it('notices a document that was deleted and made again', async () => {
    const store = new MemoryStore();
    store.write('boxes/a', { n: 5 });
    let runs = 0;
    await store.transaction(async (tx) => {
      runs += 1;
      await tx.getAll(box);
      if (runs === 1) {
        await store.commit((writer) => writer.delete(box));
        await store.commit((writer) => writer.create(box, { n: 5 }));
      }
      tx.update(box, { n: increment(1) });
    });
    expect(runs).toBe(2);
  });

  it('gives up after the last attempt', async () => {
    const store = new MemoryStore();
    const results = await Promise.allSettled([addOne(store, 2), addOne(store, 2), addOne(store, 2)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { code: 'CONTENTION' } });
    expect(store.read('boxes/a')).toEqual({ n: 2 });
  });
});

describe('faults', () => {
  it('an abort counts as a conflict', async () => {
    const { calls, pause } = faults('commit', 'abort');
    const store = new MemoryStore({ pause });
    await addOne(store);
    expect(store.read('boxes/a')).toEqual({ n: 1 });
    expect(calls).toEqual([
      'read boxes/a',
      'commit boxes/a',
      'read boxes/a',
      'commit boxes/a',
      'afterCommit boxes/a',
    ]);
  });

  it('a lost acknowledgement runs the work again on what it wrote itself', async () => {
    const { pause } = faults('afterCommit', 'lostAck');
    const store = new MemoryStore({ pause });
    expect(await addOne(store)).toBe(1);
    expect(store.read('boxes/a')).toEqual({ n: 2 });
  });

  it('a lost acknowledgement of the last attempt is told, and the commit stays', async () => {
    const { pause } = faults('afterCommit', 'lostAck');
    const store = new MemoryStore({ pause });
    await expect(addOne(store, 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(store.read('boxes/a')).toEqual({ n: 1 });
  });

  it('a lost acknowledgement of a plain commit sends the writes again', async () => {
    const { pause } = faults('afterCommit', 'lostAck');
    const store = new MemoryStore({ pause });
    const create = store.commit((writer) => writer.create(box, { n: 1 }));
    await expect(create).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(store.read('boxes/a')).toEqual({ n: 1 });
  });

  it('a crash before the commit leaves nothing, one after it leaves all', async () => {
    const before = new MemoryStore(faults('commit', new Error('crash')));
    await expect(addOne(before)).rejects.toThrow('crash');
    expect(before.dump()).toEqual({});
    const after = new MemoryStore(faults('afterCommit', new Error('crash')));
    await expect(addOne(after)).rejects.toThrow('crash');
    expect(after.dump()).toEqual({ 'boxes/a': { n: 1 } });
  });

  it('queries and plain reads pause too', async () => {
    const { calls, pause } = faults('commit');
    const store = new MemoryStore({ pause });
    await store.getAll(box, box);
    const query = { name: 'all', collection: parts, scope: 'group', filters: [], orderBy: [] } as const;
    await store.query({ query, parentIds: [], values: [], limit: 1 });
    expect(calls).toEqual(['read boxes/a', 'query parts']);
  });
});

describe('what is stored', () => {
  it('cannot be reached through what was written or read', async () => {
    const store = new MemoryStore();
    const data = { list: [{ n: 1 }], at: new Date(5) };
    store.write('boxes/a', data);
    data.list.push({ n: 2 });
    data.at.setTime(6);
    const [read] = (await store.getAll(box)) as [typeof data];
    expect(read).toStrictEqual({ list: [{ n: 1 }], at: new Date(5) });
    expect(() => read.list.push({ n: 3 })).toThrow(TypeError);
    expect(() => read.at.setTime(7)).toThrow(TypeError);
    expect(Object.isFrozen(read.list[0])).toBe(true);
  });

  it('is shared between versions where it did not change', async () => {
    const store = new MemoryStore();
    store.write('boxes/a', { big: { x: 1 }, n: 1 });
    const before = store.read('boxes/a');
    await store.commit((writer) => writer.update(box, { n: 2 }));
    expect(store.read('boxes/a')).toEqual({ big: { x: 1 }, n: 2 });
    expect(store.read('boxes/a')?.['big']).toBe(before?.['big']);
  });

  it('is parsed once for each version', async () => {
    const store = new MemoryStore();
    store.write('boxes/a', { n: 1 });
    const [first] = await store.getAll(box);
    const [second] = await store.getAll(box);
    expect(second).toBe(first);
    store.write('boxes/a', { n: 2 });
    expect(await store.getAll(box)).toEqual([{ n: 2 }]);
  });

  it('can be looked at as a whole and by group', () => {
    const store = new MemoryStore();
    store.write('boxes/b/parts/1', { n: 1 });
    store.write('boxes/a/parts/2', { n: 2 });
    store.write('boxes/a', { n: 3 });
    expect(Object.keys(store.dump())).toEqual(['boxes/a', 'boxes/a/parts/2', 'boxes/b/parts/1']);
    expect(store.all('parts')).toEqual([
      { id: '2', path: 'boxes/a/parts/2', data: { n: 2 } },
      { id: '1', path: 'boxes/b/parts/1', data: { n: 1 } },
    ]);
    expect(store.all('nothing')).toEqual([]);
  });
});

describe('the meter', () => {
  it('counts reads of every attempt, and writes of what was committed', async () => {
    const counts: string[] = [];
    const meter: StoreMeter = {
      reads: (count, path) => counts.push(`${count} read of ${path}`),
      writes: (count) => counts.push(`${count} written`),
      deletes: (count) => counts.push(`${count} deleted`),
      retry: () => counts.push('again'),
    };
    const store = new MemoryStore({ meter, pause: faults('commit', 'abort').pause });
    await store.transaction(async (tx) => {
      await tx.getAll(box, boxes.doc('missing'));
      tx.create(box, { n: 1 });
      tx.delete(boxes.doc('b'));
    });
    const reads = ['1 read of boxes/a', '1 read of boxes/missing'];
    expect(counts).toEqual([...reads, 'again', ...reads, '1 written', '1 deleted']);
  });
});
