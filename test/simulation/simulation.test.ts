/** The simulation as part of the suite: it must find nothing in the code, and everything that is put in on purpose. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Counters } from './counters.ts';
import { DEFECTS } from './defects.ts';
import { Random } from './random.ts';
import { fingerprint, runSchedule, runSuite, Violation } from './simulate.ts';

const ROOT = resolve(__dirname, '../..');
const SCHEDULES = 2000;
/** How many schedules may pass before a defect is found. */
const DEFECT_SCHEDULES = 200;
const MINUTE_MS = 60_000;

function simulate(...args: string[]) {
  return spawnSync(process.execPath, ['test/simulation/run.ts', ...args], { cwd: ROOT, encoding: 'utf8' });
}

describe('simulation', () => {
  it(
    `holds every invariant in ${SCHEDULES} schedules, and meets every fault and outcome`,
    () => {
      // In a process of its own: the test runner's global objects make every look at the clock several times as dear.
      const { status, stdout, stderr } = simulate('--schedules', String(SCHEDULES), '--seed', '1');
      expect(stderr).toBe('');
      expect(stdout).toContain(`${SCHEDULES} schedules in`);
      expect(stdout).not.toContain('never met');
      expect(status).toBe(0);
    },
    5 * MINUTE_MS,
  );

  it('replays one seed, and ends with 1 when it finds something', () => {
    const replayed = simulate('--seed', '1');
    expect([replayed.status, replayed.stderr]).toEqual([0, '']);
    const found = simulate('--seed', '1', '--defect', 'held-kept');
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^seed \d+: I\d/mu);
  });

  it.each([['--speed', '1'], ['--seed', 'x'], ['--defect', 'none'], ['7']])(
    'refuses %s %s in one line',
    (...args) => {
      const { status, stderr } = simulate(...args);
      expect(status).toBe(2);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    },
  );

  // Each of these has found a mistake once; regressions.test.ts tells them without the generator.
  it.each([37, 1441, 5283])('holds every invariant with seed %i', async (seed) => {
    await expect(runSchedule(seed)).resolves.toBeDefined();
  });

  it('runs the same schedule again from its seed alone', async () => {
    for (const seed of [7, 8, 9]) {
      const first = fingerprint(await runSchedule(seed));
      // Another schedule in between must leave no trace.
      expect(fingerprint(await runSchedule(seed + 100))).not.toBe(first);
      expect(fingerprint(await runSchedule(seed))).toBe(first);
    }
  });

  it.each(DEFECTS)(
    'finds the defect $name',
    async (defect) => {
      const suite = runSuite({ firstSeed: 1, schedules: DEFECT_SCHEDULES, counters: new Counters(), defect });
      await expect(suite).rejects.toThrow(Violation);
    },
    MINUTE_MS,
  );

  it('tells the seed, the invariant and the last events', async () => {
    const defect = DEFECTS.find(({ name }) => name === 'held-kept');
    const found: unknown = await runSuite({
      firstSeed: 1,
      schedules: DEFECT_SCHEDULES,
      counters: new Counters(),
      defect,
    }).catch((fault: unknown) => fault);
    const { seed, invariant, message } = found as Violation;
    expect(invariant).toMatch(/^I\d/u);
    expect(message).toContain(`--seed ${seed}`);
    const lines = message.split('\n');
    expect(lines.slice(1, -1)).toHaveLength(40);
    // The same seed finds the same again.
    await expect(runSchedule(seed, { defect })).rejects.toThrow(invariant);
  });
});

describe('random', () => {
  it('repeats for a seed, differs between neighbours, and is spread evenly', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 1000 }, () => random.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)[0]).not.toBe(draw(2)[0]);
    const mean = draw(3).reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
    expect(draw(4).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
