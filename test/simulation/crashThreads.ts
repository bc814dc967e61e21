/**
 * Tries every point of every scenario on all cores. The threads take one point after the other; which violation is
 * reported does not depend on who was faster, as all points before the first bad one are tried.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { countPoints, CrashViolation, tryPoint, type Tried } from './crashPoints.ts';
import { CRASH_SCENARIOS } from './crashStories.ts';

/** So many of the scenarios, from the first, are tried with two crashes: the shortest, and the shortest that is paid for. */
const PAIRED = 4;
/** A young generation that holds a whole run: what a run leaves behind then dies without being moved. */
const YOUNG_GENERATION_MB = 64;

/** What was tried of one scenario. */
export interface CrashReport extends Tried {
  readonly name: string;
  readonly points: number;
}

/** What a thread is told: how many points each scenario has. */
export interface CrashAssignment {
  readonly points: readonly number[];
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/** What a thread answers. */
export interface CrashDone {
  /** By scenario. */
  readonly tried: readonly Tried[];
  readonly violation?: { readonly place: number; readonly message: string };
}

const NEXT_PLACE = 0;
const FIRST_BAD = 1;
const NONE_BAD = 2 ** 31 - 1;

/**
 * Tries every scenario.
 * @throws CrashViolation of the first bad point
 */
export async function tryAllScenarios(): Promise<CrashReport[]> {
  const points: number[] = [];
  for (const scenario of CRASH_SCENARIOS) points.push(await countPoints(scenario));
  const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  Atomics.store(shared, FIRST_BAD, NONE_BAD);
  const threads = Array.from(
    { length: availableParallelism() },
    async () => await onThread({ points, shared }),
  );
  const answers = await Promise.all(threads);
  const violations = answers.flatMap(({ violation }) => violation ?? []);
  const [first] = violations.toSorted((a, b) => a.place - b.place);
  if (first !== undefined) throw new CrashViolation(first.message);
  return CRASH_SCENARIOS.map(({ name }, index) => ({
    name,
    points: points[index] ?? 0,
    ...answers.map(({ tried }) => tried[index] ?? NOTHING).reduce(sum, NOTHING),
  }));
}

const NOTHING: Tried = { singles: 0, pairs: 0 };

function sum(one: Tried, other: Tried): Tried {
  return { singles: one.singles + other.singles, pairs: one.pairs + other.pairs };
}

async function onThread(assignment: CrashAssignment): Promise<CrashDone> {
  return await new Promise((resolve, reject) => {
    const worker = new Worker(new URL('crashThread.ts', import.meta.url), {
      workerData: assignment,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the crash points ended without an answer')));
  });
}

/** The points that a thread takes, until none is left before the first bad one. */
export async function tryPlaces({ points, shared }: CrashAssignment): Promise<CrashDone> {
  const places = points.flatMap((count, index) =>
    Array.from({ length: count }, (_, at) => [index, at] as const),
  );
  const tried = points.map(() => NOTHING);
  for (;;) {
    const place = Atomics.add(shared, NEXT_PLACE, 1);
    const [index, first] = places[place] ?? [0, undefined];
    const scenario = CRASH_SCENARIOS[index];
    const isOver = place > Atomics.load(shared, FIRST_BAD);
    if (first === undefined || scenario === undefined || isOver) return { tried };
    try {
      const more = await tryPoint(scenario, first, { pairs: index < PAIRED });
      tried[index] = sum(tried[index] ?? NOTHING, more);
    } catch (fault) {
      if (!(fault instanceof CrashViolation)) throw fault;
      noteBad(shared, place);
      return { tried, violation: { place, message: fault.message } };
    }
  }
}

function noteBad(shared: Int32Array, place: number): void {
  for (let known = Atomics.load(shared, FIRST_BAD); place < known;) {
    known = Atomics.compareExchange(shared, FIRST_BAD, known, place);
  }
}
