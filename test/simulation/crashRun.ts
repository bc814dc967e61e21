/**
 * `npm run simulate -- --crash-points`: all of them. `--crash-points --scenario NAME --dies N[,N] [--once]`: one run
 * again, with all its events; `--once` is for people who do not ask again.
 */
import { parseArgs } from 'node:util';
import { CrashViolation, judgeCrash, type CrashRun } from './crashPoints.ts';
import { CRASH_SCENARIOS } from './crashStories.ts';
import { tryAllScenarios } from './crashThreads.ts';
import { lastEvents } from './simulate.ts';

/**
 * @param args what follows `--crash-points`
 * @returns 1 when something did not heal
 * @throws Error for arguments that mean nothing
 */
export async function runCrashPoints(args: readonly string[]): Promise<number> {
  const one = readRun(args);
  const started = performance.now();
  try {
    if (one === undefined) await tellAll();
    else console.log(lastEvents((await judgeCrash(one)).log, Number.POSITIVE_INFINITY));
    console.log(`no violation, ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return 0;
  } catch (fault) {
    if (!(fault instanceof CrashViolation)) throw fault;
    console.log(fault.message);
    return 1;
  }
}

async function tellAll(): Promise<void> {
  for (const { name, points, singles, pairs } of await tryAllScenarios()) {
    const tried = `${singles} runs with one crash${pairs > 0 ? `, ${pairs} with two` : ''}`;
    console.log(`  ${name.padEnd(40)}${String(points).padStart(4)} points, ${tried}`);
  }
}

function readRun(args: readonly string[]): CrashRun | undefined {
  const option = { type: 'string' } as const;
  const options = { scenario: option, dies: option, once: { type: 'boolean' } } as const;
  const { scenario: name, dies = '', once = false } = parseArgs({ args: [...args], options }).values;
  if (args.length === 0) return undefined;
  const scenario = CRASH_SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) {
    throw new Error(`--scenario is one of ${CRASH_SCENARIOS.map((one) => one.name).join(', ')}`);
  }
  const deadly = dies === '' ? [] : dies.split(',').map(Number);
  if (deadly.some((point) => !Number.isSafeInteger(point) || point < 0)) {
    throw new Error(`--dies takes numbers of points, not "${dies}"`);
  }
  return { scenario, deadly, asksAgain: !once };
}
