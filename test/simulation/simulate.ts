/** Runs schedules: one from one seed, or many until the time or the number is used up. */
import { createHash } from 'node:crypto';
import { Clients } from './clients.ts';
import { Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import type { Rate } from './faults.ts';
import { problemsAtRest } from './rest.ts';
import { setScene } from './scene.ts';
import { START_MS, World, type LogLine } from './world.ts';

const SHOWN_EVENTS = 40;

/** An invariant did not hold. The message has all that is needed to see it again. */
export class Violation extends Error {
  override name = 'Violation';
  readonly seed: number;
  readonly invariant: string;

  constructor(told: { readonly seed: number; readonly invariant: string; readonly message: string }) {
    super(told.message);
    this.seed = told.seed;
    this.invariant = told.invariant;
  }

  /** @param log what happened, of which the last lines are shown */
  static of(seed: number, invariant: string, log: readonly LogLine[]): Violation {
    const message = `seed ${seed}: ${invariant}\n${lastEvents(log)}\nreplay: npm run simulate -- --seed ${seed}`;
    return new Violation({ seed, invariant, message });
  }
}

/** The last events of what happened, a line each, for people. */
export function lastEvents(log: readonly LogLine[], most = SHOWN_EVENTS): string {
  return log.slice(-most).map(formatLine).join('\n');
}

function formatLine({ atMs, run, name, what, paths }: LogLine): string {
  const seconds = ((atMs - START_MS) / 1000).toFixed(3).padStart(11);
  return `${seconds} s  #${run} ${name}: ${what} ${paths.join(' ')}`.trimEnd();
}

export interface ScheduleOptions {
  readonly counters?: Counters;
  readonly defect?: Defect | undefined;
  /** Only these faults, and all of them often. */
  readonly only?: readonly Rate[];
}

/**
 * Runs one schedule to its end.
 * @throws Violation
 */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<World> {
  const { counters = new Counters(), defect, only } = options;
  const world = new World({ seed, counters, defect, only });
  setScene(world.store, world.settings, new Date(START_MS));
  const clients = new Clients(world);
  await clients.buyers.fill(world.ports);
  clients.plan();
  await world.scheduler.run(() => world.violation !== undefined);
  const problem = world.violation ?? problemsAtRest(world, clients.buyers).find((one) => world.counts(one));
  if (problem !== undefined) throw Violation.of(seed, problem, world.log);
  return world;
}

/** Everything that happened and everything that is left, as one number: equal for equal runs. */
export function fingerprint({ log, store }: World): string {
  return createHash('sha256')
    .update(JSON.stringify([log, store.dump()]))
    .digest('hex');
}

export interface SuiteOptions {
  readonly firstSeed: number;
  readonly schedules: number;
  readonly counters: Counters;
  readonly defect?: Defect | undefined;
  /** Asked before each schedule, with its seed; true ends the suite early. */
  readonly enough?: (seed: number) => boolean;
}

/**
 * Runs schedules with consecutive seeds.
 * @returns how many ran
 * @throws Violation of the first schedule that has one
 */
export async function runSuite({
  firstSeed,
  schedules,
  counters,
  defect,
  enough,
}: SuiteOptions): Promise<number> {
  let ran = 0;
  // Refusals are common, and nobody reads their stacks here. A replay of one seed keeps them.
  const { stackTraceLimit } = Error;
  if (schedules > 1) Error.stackTraceLimit = 0;
  for (; ran < schedules; ran++) {
    if (enough?.(firstSeed + ran) === true) break;
    await runSchedule(firstSeed + ran, { counters, defect });
    // Lets timers and signals through.
    if (ran % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  Error.stackTraceLimit = stackTraceLimit;
  return ran;
}
