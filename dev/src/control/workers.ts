/** What the function workers report of themselves through files: what they are doing and what it has cost. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { noCounts } from '../../../functions/src/platform/meter.ts';
import { isAlive } from '../stack/processes.ts';

const countsSchema = z.object({
  invocations: z.number(),
  reads: z.number(),
  writes: z.number(),
  deletes: z.number(),
  taskOps: z.number(),
  configReads: z.number(),
  transactionRetries: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;

const workerSchema = z.looseObject({
  pid: z.number().int().positive(),
  service: z.string().default(''),
  inFlight: z.number(),
  totals: countsSchema,
  perOperation: z.record(z.string(), countsSchema),
  /** By document: the last change of it that a trigger has worked on. */
  handled: z
    .record(z.string(), z.object({ updatedMs: z.number().nullable(), eventMs: z.number() }))
    .default({}),
});
export type Worker = z.infer<typeof workerSchema>;

/** Sums over workers. */
export interface Counters extends Counts {
  readonly perOperation: Readonly<Record<string, Counts>>;
}

const NONE = noCounts();
const NAMES = Object.keys(NONE) as (keyof Counts)[];

/** @param dir the stack's folder; dead workers are included, because what they did still counts */
export function readWorkers(dir: string): Worker[] {
  const folder = join(dir, 'workers');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    try {
      const parsed = workerSchema.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Workers that are alive and at work. */
export function busyWorkers(dir: string): Worker[] {
  return readWorkers(dir).filter((worker) => worker.inFlight > 0 && isAlive(worker.pid));
}

/** Adds up what workers report. */
export function sumCounters(workers: readonly Worker[]): Counters {
  const names = new Set(workers.flatMap((worker) => Object.keys(worker.perOperation)));
  const perOperation = [...names]
    .toSorted()
    .map((name) => [name, sum(workers.map((worker) => worker.perOperation[name] ?? NONE))] as const);
  return { ...sum(workers.map((worker) => worker.totals)), perOperation: Object.fromEntries(perOperation) };
}

/** What has been added since a baseline; operations without anything new are left out. */
export function countersSince(now: Counters, baseline: Counters): Counters {
  const perOperation = Object.entries(now.perOperation)
    .map(([name, counts]) => [name, minus(counts, baseline.perOperation[name] ?? NONE)] as const)
    .filter(([, counts]) => NAMES.some((name) => counts[name] !== 0));
  return { ...minus(now, baseline), perOperation: Object.fromEntries(perOperation) };
}

function sum(all: readonly Counts[]): Counts {
  return combine((name) => all.reduce((total, counts) => total + counts[name], 0));
}

function minus(a: Counts, b: Counts): Counts {
  return combine((name) => a[name] - b[name]);
}

function combine(value: (name: keyof Counts) => number): Counts {
  return Object.fromEntries(NAMES.map((name) => [name, value(name)])) as Counts;
}
