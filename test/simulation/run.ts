/**
 * `npm run simulate -- [--schedules N] [--seed S] [--seconds T] [--within T]`, or `npm run simulate -- --crash-points`.
 * With only a seed it replays that schedule. Exits with 1 for a violation, when a fault or outcome was never met, and
 * when the schedules took longer than they may.
 *
 * `--defect NAME [--schedules N] [--seed S]` puts a mistake in on purpose: 1 when it was found, 0 when not.
 * `--defects [--as-recorded]` tries every such mistake, and exits with 1 when one is not found.
 */
import { parseArgs } from 'node:util';
import { DEFECT_SCHEDULES, DEFECTS, defectNamed, type Defect } from './defects.ts';
import { mutate } from './mutate.ts';

const DEFAULT_SCHEDULES = 20_000;
/** A run of so many schedules has to meet everything at least once; fewer may miss the rare. */
const TELLING_SCHEDULES = 1000;
/** Seeds are 32-bit, and the ones after the base must be too. */
const MAX_SEED = 2 ** 31;

interface Arguments {
  readonly schedules: number;
  readonly seed: number;
  readonly seconds: number;
  /** The schedules may take so long, in seconds. */
  readonly within: number;
  readonly defect: Defect | undefined;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number, not "${text}"`);
  return value;
}

function readArguments(args: readonly string[]): Arguments {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { schedules: option, seed: option, seconds: option, within: option, defect: option },
  });
  const { schedules, seed, seconds, within, defect } = values;
  const found = defectNamed(defect);
  if (defect !== undefined && found === undefined) {
    throw new Error(`no defect "${defect}"; there are ${DEFECTS.map(({ name }) => name).join(', ')}`);
  }
  const only = seed !== undefined && schedules === undefined && seconds === undefined && defect === undefined;
  const most = defect === undefined ? DEFAULT_SCHEDULES : DEFECT_SCHEDULES;
  const limited = seconds === undefined ? most : Number.POSITIVE_INFINITY;
  return {
    schedules: schedules === undefined ? (only ? 1 : limited) : positive('schedules', schedules),
    // Only the choice of a fresh base comes from outside: it is printed, and it alone replays everything.
    seed:
      seed === undefined ? Math.floor(performance.timeOrigin) % MAX_SEED : Math.floor(positive('seed', seed)),
    seconds: seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', seconds),
    within: within === undefined ? Number.POSITIVE_INFINITY : positive('within', within),
    defect: found,
  };
}

async function main(): Promise<number> {
  const { schedules, seed, seconds, within, defect } = readArguments(process.argv.slice(2));
  // The code itself is loaded only now, as a defect may change it.
  mutate(defect?.edits ?? []);
  const { Counters } = await import('./counters.ts');
  const { runOnAllCores } = await import('./parallel.ts');
  const { Violation } = await import('./simulate.ts');
  const counters = new Counters();
  const started = performance.now();
  const elapsedSec = (): number => (performance.now() - started) / 1000;
  console.log(`seed base ${seed}${defect === undefined ? '' : `, defect ${defect.name}`}`);
  try {
    const ran = await runOnAllCores({ firstSeed: seed, schedules, seconds, counters, defect });
    const tookSec = elapsedSec();
    console.log(`${ran} schedules in ${tookSec.toFixed(1)} s (${Math.round(ran / tookSec)}/s), no violation`);
    console.log(counters.table());
    if (defect !== undefined) {
      console.log(`the defect ${defect.name} was not found`);
      return 0;
    }
    const missing = ran < TELLING_SCHEDULES ? [] : counters.missing();
    if (missing.length > 0) console.log(`never met: ${missing.join(', ')}`);
    const late = tookSec > within;
    if (late) console.log(`the schedules took ${tookSec.toFixed(1)} s, and may take ${within} s`);
    return missing.length > 0 || late ? 1 : 0;
  } catch (fault) {
    if (!(fault instanceof Violation)) throw fault;
    console.log(fault.message);
    console.log(`found after ${fault.seed - seed + 1} schedules, ${elapsedSec().toFixed(1)} s`);
    return 1;
  }
}

/** Tells by which seed each defect was found. @returns 1 when one was not */
async function defects(searches: boolean): Promise<number> {
  const { tryDefects } = await import('./gate.ts');
  let missed = 0;
  await tryDefects(searches, ({ name, seed, invariant, asRecorded }) => {
    if (seed === undefined) missed += 1;
    const moved = seed === undefined || asRecorded ? '' : ' (not by the seed that is recorded)';
    console.log(`  ${name.padEnd(34)}${String(seed ?? '-').padStart(6)}${moved}  ${invariant}`);
  });
  console.log(missed === 0 ? 'every defect was found' : `${missed} defects were not found`);
  return missed === 0 ? 0 : 1;
}

async function crashPoints(others: readonly string[]): Promise<number> {
  const { runCrashPoints } = await import('./crashRun.ts');
  return await runCrashPoints(others);
}

try {
  const [first, ...others] = process.argv.slice(2);
  if (first === '--crash-points') process.exitCode = await crashPoints(others);
  else if (first === '--defects' && others.length === 0) process.exitCode = await defects(true);
  else if (first === '--defects' && others.join(' ') === '--as-recorded')
    process.exitCode = await defects(false);
  else process.exitCode = await main();
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : 'the simulation failed');
  process.exitCode = 2;
}
