/** The baseline of the latency is fair only while it does what the use cases do: the same I/O, in the same order. */
import { describe, expect, it } from '@jest/globals';
import { Meter } from '../../functions/src/platform/meter.ts';
import { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { TestClock } from '../../functions/src/testing/ports.ts';
import { settlePeople } from './crowdPeople.ts';
import { costOf, layOutBare, replayBare, type BareDb, type Io, type IoCost } from './recorder.ts';
import { playCall, STEPS, type Pair } from './world.ts';

const PAIR: Pair = { callerId: 'caller', calleeId: 'listener' };

type Rounds = Io['kind'][];

/** A client of Firestore that has nothing behind it and counts what is asked of it. */
class CountingDb {
  readonly cost = { reads: 0, writes: 0, deletes: 0 };
  readonly rounds: Rounds = [];
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
    await work({ ...this.#sink(), getAll: (...refs: { path: string }[]) => this.#read(refs) });
  }

  batch() {
    return { ...this.#sink(), commit: async () => void this.rounds.push('commit') };
  }

  #read(refs: readonly { path: string }[]): Promise<unknown> {
    this.cost.reads += refs.length;
    return Promise.resolve([]);
  }

  #sink() {
    const write = ({ path }: { path: string }) => {
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
        this.cost.deletes += 1;
        this.there.delete(path);
      },
    };
  }
}

describe('the bare replay of a call', () => {
  it.each(STEPS)('does the same reads, writes and deletes as %s, in the same order', async (asked) => {
    const meter = new Meter();
    const store = new MemoryStore({ meter });
    await settlePeople(store, [PAIR]);
    const call = playCall(() => store, PAIR, new TestClock(START));
    const bare = new CountingDb();
    const db = bare as unknown as BareDb;
    const laidOut = new Set<string>();
    for (const step of STEPS) {
      Object.assign(meter.counts, new Meter().counts);
      const log = await call.run(step);
      const { reads, writes, deletes } = meter.counts;
      const counted: Omit<IoCost, 'rounds'> = { reads, writes, deletes };
      expect(costOf(log)).toMatchObject(counted);
      await layOutBare(db, log, laidOut);
      Object.assign(bare.cost, { reads: 0, writes: 0, deletes: 0 });
      bare.rounds.length = 0;
      await replayBare(db, log);
      if (step !== asked) continue;
      expect({ ...bare.cost, rounds: bare.rounds }).toEqual({ ...counted, rounds: costOf(log).rounds });
      // A baseline without I/O would make every ratio a matter of luck.
      expect(counted.reads).toBeGreaterThan(0);
      expect(counted.writes).toBeGreaterThan(0);
      return;
    }
  });
});
