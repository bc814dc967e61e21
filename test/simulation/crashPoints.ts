/**
 * Crashes at every point of canonical scenarios. An invocation waits before and after every effect: at each read, before
 * and after each commit, before and after each call of a provider. A run without a crash counts these points; then the
 * scenario is run for each of them, with the invocation dying there, and, for the shortest, for every two of them.
 * After each run everything must have healed, and every invariant holds.
 */
import type { CrashScenario } from './crashStories.ts';
import { CALLER, CrashStory } from './crashStory.ts';
import type { Defect } from './defects.ts';
import { problemsAtRest } from './rest.ts';
import { lastEvents } from './simulate.ts';
import type { LogLine } from './world.ts';

/** One run: which points are deadly, counted from 0. */
export interface CrashRun {
  readonly scenario: CrashScenario;
  readonly deadly: readonly number[];
  /** Whether people ask again when they get no answer. Without, only the healing is judged, not the outcome. */
  readonly asksAgain: boolean;
  readonly defect?: Defect | undefined;
}

/** What came of a run. */
export interface CrashResult {
  /** How many points it had. */
  readonly points: number;
  readonly problem: string | undefined;
  readonly log: readonly LogLine[];
}

/** A crash after which something did not heal. The message has all that is needed to see it again. */
export class CrashViolation extends Error {
  override name = 'CrashViolation';

  static of(
    { scenario, deadly, asksAgain }: CrashRun,
    problem: string,
    log: readonly LogLine[],
  ): CrashViolation {
    const who = asksAgain ? 'people ask again' : 'nobody asks again';
    const told = `${scenario.name}, dies at ${deadly.join(' and ') || 'no point'}, ${who}: ${problem}`;
    const which = `--scenario "${scenario.name}" --dies "${deadly.join(',')}"${asksAgain ? '' : ' --once'}`;
    const replay = `replay: npm run simulate -- --crash-points ${which}`;
    return new CrashViolation([told, lastEvents(log), replay].join('\n'));
  }
}

/** Runs a scenario once. */
export async function runCrash({ scenario, deadly, asksAgain, defect }: CrashRun): Promise<CrashResult> {
  let points = 0;
  const dies = (): boolean => deadly.includes(points++);
  const story = new CrashStory({ coins: scenario.coins, asksAgain, dies, defect });
  const { world } = story;
  await story.run(scenario.play);
  const problem =
    world.violation ??
    problemsAtRest(world, story).find((one) => world.counts(one)) ??
    (asksAgain ? missed(scenario, story) : undefined);
  return { points, problem, log: world.log };
}

/** Whoever asks again gets what they wanted. */
function missed({ outcome }: CrashScenario, { world, callId }: CrashStory): string | undefined {
  const endReason = world.auditor.calls.get(callId)?.endReason ?? null;
  const purchased = world.auditor.wallets.get(CALLER)?.coins.purchased ?? 0;
  if (endReason !== outcome.endReason) return `it ended as ${endReason}, not as ${outcome.endReason}`;
  if (purchased === outcome.purchasedCoins) return undefined;
  return `${purchased} coins were bought, not ${outcome.purchasedCoins}`;
}

/** How many runs with one crash and with two. */
export interface Tried {
  readonly singles: number;
  readonly pairs: number;
}

/** What a crash is tried with, beside its point. */
export interface TriedWith {
  /** Also every second crash, in what the first has led to. */
  readonly pairs?: boolean;
  readonly defect?: Defect | undefined;
}

/** @returns how many points a scenario has without a crash; @throws CrashViolation when it does not come to its end */
export async function countPoints(scenario: CrashScenario, defect?: Defect): Promise<number> {
  const { points } = await judgeCrash({ scenario, defect, deadly: [], asksAgain: true });
  return points;
}

/**
 * Tries a crash at one point, with people who ask again and with people who do not.
 * @throws CrashViolation
 */
export async function tryPoint(
  scenario: CrashScenario,
  first: number,
  { pairs = false, defect }: TriedWith = {},
): Promise<Tried> {
  await judgeCrash({ scenario, defect, deadly: [first], asksAgain: false });
  const { points } = await judgeCrash({ scenario, defect, deadly: [first], asksAgain: true });
  if (!pairs) return { singles: 2, pairs: 0 };
  for (let second = first + 1; second < points; second++)
    await judgeCrash({ scenario, defect, deadly: [first, second], asksAgain: true });
  return { singles: 2, pairs: points - first - 1 };
}

/**
 * Tries every point of a scenario, one after the other.
 * @returns how many there are
 * @throws CrashViolation
 */
export async function tryScenario(scenario: CrashScenario, tried: TriedWith = {}): Promise<number> {
  const points = await countPoints(scenario, tried.defect);
  for (let first = 0; first < points; first++) await tryPoint(scenario, first, tried);
  return points;
}

/** Runs a scenario once. @throws CrashViolation when something has not healed */
export async function judgeCrash(run: CrashRun): Promise<CrashResult> {
  const result = await runCrash(run);
  if (result.problem !== undefined) throw CrashViolation.of(run, result.problem, result.log);
  return result;
}
