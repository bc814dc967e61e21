/** A crash at every point of three scenarios; `npm run simulate -- --crash-points` tries all of them, and pairs. */
import { describe, expect, it } from '@jest/globals';
import { CrashViolation, runCrash, tryScenario } from './crashPoints.ts';
import { CRASH_SCENARIOS, type CrashScenario } from './crashStories.ts';
import { DEFECTS, type Defect } from './defects.ts';

const HALF_A_MINUTE_MS = 30_000;

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
      const { points, singles } = await tryScenario(scenario(name));
      expect(points).toBeGreaterThan(30);
      expect(singles).toBe(2 * points);
    },
    HALF_A_MINUTE_MS,
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
  it.each(['no-sweep', 'no-outbox', 'held-kept'])('finds the defect %s', async (name) => {
    const tried = tryScenario(scenario('short call'), { defect: defect(name) });
    await expect(tried).rejects.toThrow(CrashViolation);
  });
});
