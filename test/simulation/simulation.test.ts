/** The simulation as part of the suite: it must find nothing in the code, and everything that is put in on purpose. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Counters } from './counters.ts';
import { DEFECTS, isMeant } from './defects.ts';
import { FAULT_KINDS } from './faultKinds.ts';
import { HEALED } from './faults.ts';
import { FIRST_SEEDS } from './firstSeeds.ts';
import { Random } from './random.ts';
import { fingerprint, runSchedule, runSuite, Violation } from './simulate.ts';

const ROOT = resolve(__dirname, '../..');
const SCHEDULES = 5000;
/** Enough for every counter of one kind of fault, where that kind alone is on. */
const KIND_SCHEDULES = 60;
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
    8 * MINUTE_MS,
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

  it('runs the same schedule again from its seed alone', async () => {
    for (const seed of [7, 8, 9]) {
      const first = fingerprint(await runSchedule(seed));
      // Another schedule in between must leave no trace.
      expect(fingerprint(await runSchedule(seed + 100))).not.toBe(first);
      expect(fingerprint(await runSchedule(seed))).toBe(first);
    }
  });

  it(
    'finds every mistake that is put in on purpose, by the seed that is recorded and for the reason that is meant',
    () => {
      const { status, stdout, stderr } = simulate('--defects', '--as-recorded');
      expect(stderr).toBe('');
      const found = stdout.split('\n').filter((line) => / {2}I\d+/u.test(line));
      expect(found).toHaveLength(DEFECTS.length);
      expect([status, stdout.includes('every defect was found')]).toEqual([0, true]);
    },
    5 * MINUTE_MS,
  );

  it('has at least fifteen of them, each with the seed that found it first', () => {
    const names = DEFECTS.filter(({ canary }) => canary !== true).map(({ name }) => name);
    expect(new Set(names).size).toBeGreaterThanOrEqual(15);
    for (const { name } of DEFECTS) expect([name, FIRST_SEEDS[name]]).toEqual([name, expect.any(Number)]);
    expect(Object.keys(FIRST_SEEDS).toSorted()).toEqual(DEFECTS.map(({ name }) => name).toSorted());
    expect(Math.max(...Object.values(FIRST_SEEDS))).toBeLessThanOrEqual(4000);
  });

  it('has an invariant for each of them that is meant to find it, and counts no other', async () => {
    for (const { name, foundBy = [], canary = false } of DEFECTS) {
      const known = foundBy.filter((begin) =>
        (canary ? /^I0: the canary/u : /^I([1-9]|1[0-7])(: |$)/u).test(begin),
      );
      expect([name, known]).toEqual([name, foundBy.length > 0 ? foundBy : ['an invariant']]);
    }
    const defect = {
      ...DEFECTS.find(({ name }) => name === 'held-kept'),
      name: 'found by another',
      foundBy: ['I16'],
    };
    await expect(runSchedule(FIRST_SEEDS['held-kept'] ?? 0, { defect })).resolves.toBeDefined();
    expect([
      isMeant({ name: '', foundBy: ['I1'] }, 'I1: it is'),
      isMeant({ name: '', foundBy: ['I1'] }, 'I14: it is not'),
    ]).toEqual([true, false]);
  });

  it('ends with 0 when a mistake was not found, and with 1 when the schedules took too long', () => {
    const missed = simulate('--defect', 'canary', '--seed', '1', '--schedules', '5');
    expect([missed.status, missed.stdout.includes('the defect canary was not found')]).toEqual([0, true]);
    const late = simulate('--schedules', '5', '--seed', '1', '--within', '0');
    expect([late.status, late.stdout.includes('and may take 0 s')]).toEqual([1, true]);
  });

  it('reports what a canary has seen, on one thread and on many', () => {
    for (const schedules of ['200', '1200']) {
      const { status, stdout } = simulate('--defect', 'canary', '--seed', '1', '--schedules', schedules);
      expect([status, stdout.includes('seed 100: I0: the canary')]).toEqual([1, true]);
    }
  });

  it('tells the seed, the invariant and the last events', async () => {
    const defect = DEFECTS.find(({ name }) => name === 'held-kept');
    const suite = { firstSeed: 1, schedules: 200, counters: new Counters(), defect };
    const found: unknown = await runSuite(suite).catch((fault: unknown) => fault);
    const { seed, invariant, message } = found as Violation;
    expect(invariant).toMatch(/^I\d/u);
    expect(message).toContain(`--seed ${seed}`);
    const lines = message.split('\n');
    expect(lines.slice(1, -1)).toHaveLength(40);
    // The same seed finds the same again.
    await expect(runSchedule(seed, { defect })).rejects.toThrow(invariant);
  });
});

describe('faults', () => {
  it('are of sixteen kinds, each with counters of its own', () => {
    expect(FAULT_KINDS).toHaveLength(16);
    const counters = FAULT_KINDS.flatMap((kind) => kind.counters);
    expect(new Set(counters).size).toBe(counters.length);
  });

  it.each(FAULT_KINDS)(
    'are met where they alone are on: $name',
    async ({ rates, counters: own }) => {
      const counters = new Counters();
      const missing = () => own.filter((counter) => counters.get(counter) === 0);
      for (let seed = 1; seed <= KIND_SCHEDULES && missing().length > 0; seed++)
        await runSchedule(seed, { counters, only: rates });
      expect(missing()).toEqual([]);
    },
    MINUTE_MS,
  );

  it('are never met where all are off, nor once the world has healed', async () => {
    const counters = new Counters();
    for (let seed = 1; seed <= 20; seed++) await runSchedule(seed, { counters, only: [] });
    const met = FAULT_KINDS.flatMap((kind) => kind.counters).filter((counter) => counters.get(counter) > 0);
    expect(met).toEqual([]);
    expect(Object.entries(HEALED).filter(([name, rate]) => name !== 'stepMs' && rate !== 0)).toEqual([]);
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
