/** Scripts about transactions: what one alone may do, and what several do to each other. */
import { increment } from '../../../functions/src/platform/store/port.ts';
import { gate, numberIn, outcome, together, type Scene, type Script } from '../scene.ts';

/** Adds to a number by reading and writing it, after `pause`. @returns what was read */
async function add(scene: Scene, id: string, by: number, pause?: () => Promise<void>): Promise<number> {
  return scene.store.transaction(async (tx) => {
    const [data] = await tx.getAll(scene.item(id));
    await pause?.();
    tx.set(scene.item(id), { n: numberIn(data, 'n') + by });
    return numberIn(data, 'n');
  });
}

const alone: Script[] = [
  {
    name: 'a transaction reads, writes and returns',
    run: async (scene) => {
      await scene.put({ a: { n: 1 }, gone: { n: 1 } });
      return scene.store.transaction(async (tx) => {
        const [a, b] = await tx.getAll(scene.item('a'), scene.item('b'));
        tx.update(scene.item('a'), { n: increment(1) });
        tx.create(scene.item('b'), { n: 5 });
        tx.delete(scene.item('gone'));
        return { a, b };
      });
    },
  },
  {
    name: 'a transaction that only reads',
    run: async (scene) => {
      await scene.put({ a: { n: 1 } });
      return scene.store.transaction(async (tx) => tx.getAll(scene.item('a'), scene.item('b')));
    },
  },
  {
    name: 'a transaction that does nothing',
    run: async (scene) => scene.store.transaction(async () => 'done'),
  },
  {
    name: 'work that throws leaves nothing, and runs once',
    run: async (scene) => {
      let runs = 0;
      const failing = async (error: Error): Promise<unknown> =>
        outcome(async () =>
          scene.store.transaction(async (tx) => {
            runs += 1;
            await tx.getAll(scene.item('a'));
            tx.create(scene.item('a'), { n: 1 });
            throw error;
          }),
        );
      const looksTransient = Object.assign(new Error('not from the store'), { code: 10 });
      return [await failing(new RangeError('no')), await failing(looksTransient), runs];
    },
  },
  {
    name: 'a second read is refused',
    run: async (scene) =>
      outcome(async () =>
        scene.store.transaction(async (tx) => {
          await tx.getAll(scene.item('a'));
          await tx.getAll(scene.item('b'));
        }),
      ),
  },
  {
    name: 'a read after a write is refused',
    run: async (scene) =>
      outcome(async () =>
        scene.store.transaction(async (tx) => {
          tx.create(scene.item('a'), { n: 1 });
          await tx.getAll(scene.item('a'));
        }),
      ),
  },
  {
    name: 'a write after the end is refused',
    run: async (scene) => {
      const late = await scene.store.transaction(async (tx) => () => tx.create(scene.item('a'), { n: 1 }));
      return outcome(late);
    },
  },
  {
    name: 'undefined is refused in a transaction, and nothing of it happens',
    run: async (scene) =>
      outcome(async () =>
        scene.store.transaction(async (tx) => {
          tx.create(scene.item('a'), { n: 1 });
          tx.create(scene.item('b'), { n: undefined });
        }),
      ),
  },
  {
    name: 'one failed precondition undoes the rest of a transaction',
    run: async (scene) => {
      await scene.put({ a: { n: 1 }, b: { n: 1 } });
      return outcome(async () =>
        scene.store.transaction(async (tx) => {
          await tx.getAll(scene.item('a'));
          tx.update(scene.item('a'), { n: 2 });
          tx.create(scene.item('b'), { n: 2 });
        }),
      );
    },
  },
];

const conflicts: Script[] = [
  {
    name: 'ten read-modify-writes add up',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 0 } });
      return together(Array.from({ length: 10 }, () => async () => add(scene, 'a', 1)));
    },
  },
  {
    name: 'twenty blind increments add up',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 0 } });
      const once = async (): Promise<void> =>
        scene.store.commit((writer) => writer.update(scene.item('a'), { n: increment(1) }));
      return together(Array.from({ length: 20 }, () => once));
    },
  },
  {
    name: 'twenty spenders of one document never go below zero',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 40 } });
      const spend = async (n: number): Promise<string> =>
        scene.store.transaction(async (tx) => {
          const [data] = await tx.getAll(scene.item('a'));
          if (numberIn(data, 'n') < 3) return 'refused';
          tx.update(scene.item('a'), { n: numberIn(data, 'n') - 3 });
          tx.create(scene.part('a', `s${n}`), { coins: 3 });
          return 'spent';
        });
      const results = await together(Array.from({ length: 20 }, (_, n) => async () => spend(n)));
      const receipts = await scene.partIds({});
      // Who was served is chance; the final state must only agree with itself.
      await scene.store.commit((writer) => {
        for (const id of receipts) writer.delete(scene.part('a', id.split('/')[1] ?? ''));
      });
      return [results, receipts.length];
    },
  },
  {
    name: 'of two that read the same, the second runs again and sees the first',
    contended: true,
    run: async (scene) => {
      const bothRead = gate(2);
      await scene.put({ a: { n: 0 } });
      return together([async () => add(scene, 'a', 1, bothRead), async () => add(scene, 'a', 1, bothRead)]);
    },
  },
  {
    name: 'a document that is only read is protected too',
    contended: true,
    run: async (scene) => {
      const bothRead = gate(2);
      await scene.put({ a: { onDuty: true }, b: { onDuty: true } });
      const leave = async (me: string): Promise<string> =>
        scene.store.transaction(async (tx) => {
          const [a, b] = await tx.getAll(scene.item('a'), scene.item('b'));
          await bothRead();
          if (a?.['onDuty'] !== true || b?.['onDuty'] !== true) return 'stays';
          tx.update(scene.item(me), { onDuty: false });
          return 'leaves';
        });
      const results = await together([async () => leave('a'), async () => leave('b')]);
      const [a, b] = await scene.store.getAll(scene.item('a'), scene.item('b'));
      const onDuty = [a, b].filter((data) => data?.['onDuty'] === true).length;
      await scene.store.commit((writer) => ['a', 'b'].forEach((id) => writer.delete(scene.item(id))));
      return [results, onDuty];
    },
  },
  {
    name: 'two that find nothing make one document',
    contended: true,
    run: async (scene) => {
      const bothRead = gate(2);
      const ensure = async (): Promise<string> =>
        scene.store.transaction(async (tx) => {
          const [data] = await tx.getAll(scene.item('a'));
          await bothRead();
          if (data !== undefined) return 'found';
          tx.create(scene.item('a'), { n: 1 });
          return 'made';
        });
      return together([ensure, ensure]);
    },
  },
  {
    name: 'of five creates at once exactly one wins',
    contended: true,
    run: async (scene) => {
      const create = async (): Promise<void> =>
        scene.store.commit((writer) => writer.create(scene.item('a'), { n: 1 }));
      return together(Array.from({ length: 5 }, () => create));
    },
  },
  {
    name: 'of five creates in transactions exactly one wins',
    contended: true,
    run: async (scene) => {
      const create = async (): Promise<void> =>
        scene.store.transaction(async (tx) => tx.create(scene.item('a'), { n: 1 }));
      return together(Array.from({ length: 5 }, () => create));
    },
  },
  {
    name: 'payments in both directions keep the sum',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 100 }, b: { n: 100 } });
      const pay = async (from: string, to: string, amount: number): Promise<void> =>
        scene.store.transaction(async (tx) => {
          const [payer, payee] = await tx.getAll(scene.item(from), scene.item(to));
          tx.update(scene.item(from), { n: numberIn(payer, 'n') - amount });
          tx.update(scene.item(to), { n: numberIn(payee, 'n') + amount });
        });
      return together([
        async () => pay('a', 'b', 10),
        async () => pay('b', 'a', 3),
        async () => pay('a', 'b', 5),
        async () => pay('b', 'a', 1),
      ]);
    },
  },
  {
    name: 'with one attempt, one of two that conflict gives up',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 0 } });
      const conflict = async (): Promise<string[]> => {
        const bothRead = gate(2);
        const once = async (): Promise<void> =>
          scene.store.transaction(
            async (tx) => {
              const [data] = await tx.getAll(scene.item('a'));
              await bothRead();
              tx.update(scene.item('a'), { n: numberIn(data, 'n') + 1 });
            },
            { maxAttempts: 1 },
          );
        return together([once, once]);
      };
      // Each waits for the other's lock, and a busy emulator may make both give up: then nothing was written, and they try again.
      for (let tries = 1; ; tries += 1) {
        const told = await conflict();
        if (tries === 5 || told.includes('{}')) return told;
      }
    },
  },
  {
    name: 'transactions on different documents do not disturb each other',
    run: async (scene) => {
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      const allRead = gate(ids.length);
      return together(ids.map((id, index) => async () => add(scene, id, index, allRead)));
    },
  },
  {
    name: 'transactions that only read, together with a writer, see all of it or nothing',
    contended: true,
    run: async (scene) => {
      await scene.put({ a: { n: 0 }, b: { n: 0 } });
      const write = async (): Promise<void> =>
        scene.store.commit((writer) => {
          writer.update(scene.item('a'), { n: increment(1) });
          writer.update(scene.item('b'), { n: increment(1) });
        });
      const equal = async (): Promise<boolean> =>
        scene.store.transaction(async (tx) => {
          const [a, b] = await tx.getAll(scene.item('a'), scene.item('b'));
          return numberIn(a, 'n') === numberIn(b, 'n');
        });
      return together(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? write : equal)));
    },
  },
];

export const transactionScripts: readonly Script[] = [...conflicts, ...alone];
