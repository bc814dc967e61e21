/**
 * The baseline of the latency is fair only while it does what the use cases do: the same I/O, in the same order. Two logs
 * are compared that know nothing of each other: what the store itself says it was asked for while the use case ran, and
 * what a client of Firestore is asked for by the replay.
 */
import { describe, expect, it, jest } from '@jest/globals';
import { Meter } from '../../functions/src/platform/meter.ts';
import { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { TestClock } from '../../functions/src/testing/ports.ts';
import { settlePeople } from './crowdPeople.ts';
import { costOf, layOutBare, replayBare, type BareDb, type Io, type IoCost } from './recorder.ts';
import { playCall, STEPS, type Pair } from './world.ts';

const PAIR: Pair = { callerId: 'caller', calleeId: 'listener' };

const KINDS = ['getAll', 'transaction', 'commit'] as const satisfies Io['kind'][];

/** Documents that were read together, or written together, in order. */
type Access = readonly ['read' | 'write', readonly string[]];

/** The path of the document that a replay's stands for. */
const realPath = (path: string): string => path.replaceAll(/(^|\/)bare-/gu, '$1');

/** A store, and what it says of itself. */
function tracedStore(meter: Meter) {
  const accesses: Access[] = [];
  const store = new MemoryStore({
    meter,
    pause: (point, paths) => {
      if (point === 'read') accesses.push(['read', paths]);
      if (point === 'afterCommit') accesses.push(['write', paths]);
      return Promise.resolve(undefined);
    },
  });
  const spies = KINDS.map((kind) => ({ kind, asked: jest.spyOn(store, kind) }));
  /** How it was asked, in order. */
  const rounds = (): Io['kind'][] =>
    spies
      .flatMap(({ kind, asked }) => asked.mock.invocationCallOrder.map((order) => ({ kind, order })))
      .toSorted((a, b) => a.order - b.order)
      .map(({ kind }) => kind);
  const forget = () => {
    accesses.length = 0;
    for (const { asked } of spies) asked.mockClear();
  };
  return { store, accesses, rounds, forget };
}

/** A client of Firestore that has nothing behind it and counts what is asked of it. */
class CountingDb {
  readonly cost = { reads: 0, writes: 0, deletes: 0 };
  readonly rounds: Io['kind'][] = [];
  readonly accesses: Access[] = [];
  /** Paths that were made and not deleted since, as an update needs them. */
  readonly there = new Set<string>();

  doc(path: string) {
    return { path };
  }

  getAll(...refs: { path: string }[]): Promise<unknown> {
    this.rounds.push('getAll');
    return this.#read(refs);
  }

  async runTransaction(work: (tx: unknown) => Promise<void>): Promise<void> {
    this.rounds.push('transaction');
    const written: string[] = [];
    await work({ ...this.#sink(written), getAll: (...refs: { path: string }[]) => this.#read(refs) });
    this.accesses.push(['write', written]);
  }

  batch() {
    const written: string[] = [];
    const commit = async () => {
      this.rounds.push('commit');
      this.accesses.push(['write', written]);
    };
    return { ...this.#sink(written), commit };
  }

  #read(refs: readonly { path: string }[]): Promise<unknown> {
    this.cost.reads += refs.length;
    this.accesses.push(['read', refs.map(({ path }) => realPath(path))]);
    return Promise.resolve([]);
  }

  /** @param into the paths it writes */
  #sink(into: string[]) {
    const write = ({ path }: { path: string }) => {
      into.push(realPath(path));
      this.cost.writes += 1;
      this.there.add(path);
    };
    return {
      create: (ref: { path: string }) => {
        expect(this.there).not.toContain(ref.path);
        write(ref);
      },
      set: write,
      update: (ref: { path: string }) => {
        expect(this.there).toContain(ref.path);
        write(ref);
      },
      delete: ({ path }: { path: string }) => {
        into.push(realPath(path));
        this.cost.deletes += 1;
        this.there.delete(path);
      },
    };
  }
}

describe('the bare replay of a call', () => {
  it.each(STEPS)('does the same reads, writes and deletes as %s, in the same order', async (asked) => {
    const meter = new Meter();
    const { store, accesses, rounds, forget } = tracedStore(meter);
    await settlePeople(store, [PAIR]);
    const call = playCall(() => store, PAIR, new TestClock(START));
    const bare = new CountingDb();
    const db = bare as unknown as BareDb;
    const laidOut = new Set<string>();
    for (const step of STEPS) {
      Object.assign(meter.counts, new Meter().counts);
      forget();
      const log = await call.run(step);
      const { reads, writes, deletes } = meter.counts;
      const counted: Omit<IoCost, 'rounds'> = { reads, writes, deletes };
      expect(costOf(log)).toMatchObject(counted);
      await layOutBare(db, log, laidOut);
      Object.assign(bare.cost, { reads: 0, writes: 0, deletes: 0 });
      bare.rounds.length = 0;
      bare.accesses.length = 0;
      await replayBare(db, log);
      if (step !== asked) continue;
      expect(bare.cost).toEqual(counted);
      expect(bare.rounds).toEqual(rounds());
      expect(bare.accesses).toEqual(accesses);
      // A baseline without I/O would make every ratio a matter of luck.
      expect(counted.reads).toBeGreaterThan(0);
      expect(counted.writes).toBeGreaterThan(0);
      return;
    }
  });
});
