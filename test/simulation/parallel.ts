/**
 * Runs a suite on every core. The threads share nothing but three numbers; each takes the next stretch of seeds when it
 * has done one, and long stretches keep the compiled code warm. Which violation is reported does not depend on who was
 * faster: all seeds before the first bad one are run to their end.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Counter, Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import { runSuite, Violation } from './simulate.ts';

/** Fewer than this are done before a second thread has warmed up. */
const WORTH_A_THREAD = 500;
const STRETCH = 100;
/** A young generation that holds a whole schedule: what a schedule leaves behind then dies without being moved. */
const YOUNG_GENERATION_MB = 192;

export interface SharedSuite {
  readonly firstSeed: number;
  readonly schedules: number;
  readonly defect?: Defect | undefined;
}

export interface ParallelSuite extends SharedSuite {
  readonly seconds: number;
  readonly counters: Counters;
}

/** What a thread is told: names instead of functions, as those cannot be sent. */
export interface Assignment {
  readonly firstSeed: number;
  readonly schedules: number;
  readonly defectName: string | undefined;
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/** What a thread answers. */
export interface Done {
  readonly ran: number;
  readonly counts: ReadonlyMap<Counter, number>;
  readonly violation?: { readonly seed: number; readonly invariant: string; readonly message: string };
}

const NEXT_STRETCH = 0;
const FIRST_BAD = 1;
const TIME_IS_UP = 2;
const NONE_BAD = 2 ** 31 - 1;

/**
 * Runs schedules with consecutive seeds.
 * @returns how many ran
 * @throws Violation of the schedule with the lowest seed that has one
 */
export async function runOnAllCores({ seconds, ...suite }: ParallelSuite): Promise<number> {
  const threads = Math.min(availableParallelism(), Math.ceil(suite.schedules / WORTH_A_THREAD));
  const { defect, firstSeed, schedules } = suite;
  const assignment = assign({ firstSeed, schedules, defectName: defect?.name });
  const { shared } = assignment;
  const timeIsUp = (): unknown => Atomics.store(shared, TIME_IS_UP, 1);
  const timer = Number.isFinite(seconds) ? setTimeout(timeIsUp, seconds * 1000) : undefined;
  try {
    if (threads <= 1)
      return await runSuite({ ...suite, enough: () => Atomics.load(shared, TIME_IS_UP) === 1 });
    return await onThreads(threads, assignment, suite.counters);
  } finally {
    clearTimeout(timer);
  }
}

/** What is told to the threads of one suite. */
export function assign(suite: Omit<Assignment, 'shared'>): Assignment {
  const shared = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  Atomics.store(shared, FIRST_BAD, NONE_BAD);
  return { ...suite, shared };
}

async function onThreads(threads: number, assignment: Assignment, counters: Counters): Promise<number> {
  const answers = await Promise.all(Array.from({ length: threads }, async () => await onThread(assignment)));
  for (const { counts } of answers) counters.add(counts);
  const violations = answers.flatMap(({ violation }) => violation ?? []);
  const [first] = violations.toSorted((a, b) => a.seed - b.seed);
  if (first !== undefined) throw new Violation(first);
  return answers.reduce((sum, { ran }) => sum + ran, 0);
}

/** Runs a suite, or a part of one, on a thread of its own. */
export async function onThread(assignment: Assignment): Promise<Done> {
  return await new Promise((resolve, reject) => {
    const worker = new Worker(new URL('suiteThread.ts', import.meta.url), {
      workerData: assignment,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the simulation ended without an answer')));
  });
}

/** The stretches that a thread takes, until none is left before the first bad seed. */
export async function runStretches(
  { firstSeed, schedules, shared, defect }: SharedSuite & Pick<Assignment, 'shared'>,
  counters: Counters,
): Promise<Done> {
  let ran = 0;
  for (;;) {
    const from = Atomics.add(shared, NEXT_STRETCH, 1) * STRETCH;
    if (from >= schedules || isOver(shared, firstSeed + from)) return { ran, counts: counters.counts() };
    const part = { firstSeed: firstSeed + from, schedules: Math.min(STRETCH, schedules - from) };
    try {
      ran += await runSuite({ ...part, counters, defect, enough: (seed) => isOver(shared, seed) });
    } catch (fault) {
      if (!(fault instanceof Violation)) throw fault;
      const { seed, invariant, message } = fault;
      noteBad(shared, seed);
      return { ran, counts: counters.counts(), violation: { seed, invariant, message } };
    }
  }
}

function isOver(shared: Int32Array, seed: number): boolean {
  return Atomics.load(shared, TIME_IS_UP) === 1 || seed > Atomics.load(shared, FIRST_BAD);
}

function noteBad(shared: Int32Array, seed: number): void {
  for (let known = Atomics.load(shared, FIRST_BAD); seed < known;) {
    known = Atomics.compareExchange(shared, FIRST_BAD, known, seed);
  }
}
