/**
 * How long the use cases of a call take in one process against the Firestore emulator, beside the same I/O in the same
 * order without our code. Both sides run in turns, step by step, so that whatever else the machine does meets both.
 */
import type { Firestore } from '@google-cloud/firestore';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { byRatio, median, timedMs, type Figure } from './figures.ts';
import { layOutBare, replayBare, type Io } from './recorder.ts';
import { playCall, STEPS, type Pair, type Step } from './world.ts';

/** At p50, against the same I/O bare. */
const RATIO_LIMIT = 1.5;

/** The p50 of each round. The middle one of them is told, so that a round in which the machine was busy counts little. */
type Samples = Record<Step, number[]>;
type Logs = Record<Step, (readonly Io[])[]>;
const perStep = <T>(make: () => T): Record<Step, T> =>
  Object.fromEntries(STEPS.map((step) => [step, make()])) as Record<Step, T>;

export class LatencyBench {
  readonly #db: Firestore;
  readonly #pairs: readonly Pair[];
  readonly #ours: Samples = perStep(() => []);
  readonly #bare: Samples = perStep(() => []);
  readonly #laidOut = new Set<string>();
  /** What the round before did, which the bare side of this round repeats. */
  #last: Logs | undefined;
  #rounds = 0;

  constructor(db: Firestore, pairs: readonly Pair[]) {
    this.#db = db;
    this.#pairs = pairs;
  }

  /** Every pair plays one call, and beside it the one of the round before runs bare. The first round counts nothing. */
  async round(): Promise<void> {
    const logs: Logs = perStep(() => []);
    const playing = this.#pairs.map((pair) =>
      playCall(() => new FirestoreStore(this.#db, new Meter()), pair),
    );
    const last = this.#last;
    for (const index of this.#pairs.keys()) {
      const log = last === undefined ? [] : STEPS.flatMap((step) => last[step][index] ?? []);
      await layOutBare(this.#db, log, this.#laidOut);
    }
    for (const [at, step] of STEPS.entries()) {
      const ours = async () => {
        const took = playing.map(async (call, index) => {
          return await timedMs(async () => {
            logs[step][index] = await call.run(step);
          });
        });
        const middle = median(await Promise.all(took));
        if (last !== undefined) this.#ours[step].push(middle);
      };
      const bare = async () => {
        if (last === undefined) return;
        const took = last[step].map(async (log) => timedMs(async () => replayBare(this.#db, log)));
        this.#bare[step].push(median(await Promise.all(took)));
      };
      // Whoever comes second finds the emulator warmer, so they change places.
      const turns = (this.#rounds + at) % 2 === 0 ? [ours, bare] : [bare, ours];
      for (const turn of turns) await turn();
    }
    this.#last = logs;
    this.#rounds += 1;
  }

  figures(): Figure[] {
    return STEPS.map((name) =>
      byRatio(
        { name, value: median(this.#ours[name]), unit: 'ms p50' },
        median(this.#bare[name]),
        RATIO_LIMIT,
      ),
    );
  }
}

/** @param rounds measured, whatever they find: who stops when the figures please sees only lucky ones */
export async function measureLatency(
  db: Firestore,
  pairs: readonly Pair[],
  rounds: number,
): Promise<Figure[]> {
  const bench = new LatencyBench(db, pairs);
  for (let index = 0; index <= rounds; index += 1) await bench.round();
  return bench.figures();
}
