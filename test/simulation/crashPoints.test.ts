/** A crash at every point of three scenarios; `npm run simulate -- --crash-points` tries all of them, and pairs. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CrashViolation, runCrash, tryScenario } from './crashPoints.ts';
import { CRASH_SCENARIOS, type CrashScenario } from './crashStories.ts';
import { DEFECTS, type Defect } from './defects.ts';

const ROOT = resolve(__dirname, '../..');
const MINUTE_MS = 60_000;

function simulate(...args: string[]) {
  const run = ['test/simulation/run.ts', '--crash-points', ...args];
  return spawnSync(process.execPath, run, { cwd: ROOT, encoding: 'utf8' });
}

function scenario(name: string): CrashScenario {
  const found = CRASH_SCENARIOS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario "${name}"`);
  return found;
}

function defect(name: string): Defect {
  const found = DEFECTS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no defect "${name}"`);
  return found;
}

describe('crash points', () => {
  it.each(['short call', 'top-up in the middle of a call', 'payment by confirmation and webhook'])(
    'heals after a crash at any point: %s',
    async (name) => {
      expect(await tryScenario(scenario(name))).toBeGreaterThan(100);
    },
    MINUTE_MS,
  );

  it('has eight scenarios, of which each comes to its end without a crash', async () => {
    expect(CRASH_SCENARIOS.length).toBeGreaterThanOrEqual(8);
    for (const one of CRASH_SCENARIOS) {
      const { problem } = await runCrash({ scenario: one, deadly: [], asksAgain: true });
      expect([one.name, problem]).toEqual([one.name, undefined]);
    }
  });

  it('kills what it is told to kill, once', async () => {
    const { log } = await runCrash({ scenario: scenario('declined'), deadly: [7], asksAgain: true });
    expect(log.filter(({ what }) => what === 'dies')).toHaveLength(1);
  });

  // Without the sweep, or without what the outbox keeps, a crash between a commit and its effects heals nowhere.
  it.each(['no-sweep', 'no-outbox', 'held-kept'])(
    'finds the defect %s, and tells how to see it again',
    async (name) => {
      const tried = tryScenario(scenario('short call'), { defect: defect(name) });
      const found: unknown = await tried.catch((fault: unknown) => fault);
      expect(found).toBeInstanceOf(CrashViolation);
      const lines = (found as CrashViolation).message.split('\n');
      expect(lines[0]).toMatch(/^short call, dies at (\d+|no point), (people ask|nobody asks) again: \w/u);
      expect(lines.at(-1)).toMatch(/--crash-points --scenario "short call" --dies "\d*"( --once)?$/u);
      expect(lines.slice(1, -1)).toHaveLength(40);
    },
  );

  it('shows one run again, and refuses what is no run', () => {
    const again = simulate('--scenario', 'declined', '--dies', '7');
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toMatch(/: dies$/mu);
    for (const args of [['--scenario', 'none'], ['--scenario', 'declined', '--dies', 'x'], ['7']]) {
      const { status, stderr } = simulate(...args);
      expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
    }
  });
});
