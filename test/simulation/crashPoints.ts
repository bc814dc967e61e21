/**
 * Crashes at every point of canonical scenarios. An invocation waits before and after every effect: at each read, before
 * and after each commit, before and after each call of a provider. A run without a crash counts these points; then the
 * scenario is run once for each of them, with the invocation dying there, and, for the shortest, for every two of them.
 * After each run everything must have healed, and every invariant holds.
 */
import { CRASH_SCENARIOS, type CrashScenario } from './crashStories.ts';
import { CALLER, CrashStory } from './crashStory.ts';
import type { Defect } from './defects.ts';
import { problemAtRest } from './rest.ts';
import { formatLine } from './simulate.ts';
import type { LogLine } from './world.ts';

/** So many of the scenarios are tried with two crashes: the shortest, and the shortest that is paid for. */
export const PAIRED = 4;
const SHOWN_EVENTS = 60;

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
  readonly problem: string;

  constructor({ scenario, deadly, asksAgain }: CrashRun, problem: string, log: readonly LogLine[]) {
    const lines = log.slice(-SHOWN_EVENTS).map(formatLine).join('\n');
    const who = asksAgain ? 'people ask again' : 'nobody asks again';
    super(`${scenario.name}, dies at ${deadly.join(' and ')}, ${who}: ${problem}\n${lines}`);
    this.problem = problem;
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
    world.violation ?? problemAtRest(world, story) ?? (asksAgain ? missed(scenario, story) : undefined);
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

/** What was tried of one scenario. */
export interface CrashReport {
  readonly name: string;
  readonly points: number;
  readonly singles: number;
  readonly pairs: number;
}

/**
 * Tries every point of a scenario, with people who ask again and with people who do not.
 * @param options.pairs also tries every two points, the second in what the first crash has led to
 * @throws CrashViolation
 */
export async function tryScenario(
  scenario: CrashScenario,
  { pairs = false, defect }: { readonly pairs?: boolean; readonly defect?: Defect } = {},
): Promise<CrashReport> {
  const { points } = await judged({ scenario, defect, deadly: [], asksAgain: true });
  let [singles, doubles] = [0, 0];
  for (let first = 0; first < points; first++) {
    await judged({ scenario, defect, deadly: [first], asksAgain: false });
    const { points: afterwards } = await judged({ scenario, defect, deadly: [first], asksAgain: true });
    singles += 2;
    if (!pairs) continue;
    for (let second = first + 1; second < afterwards; second++) {
      await judged({ scenario, defect, deadly: [first, second], asksAgain: true });
      doubles += 1;
    }
  }
  return { name: scenario.name, points, singles, pairs: doubles };
}

async function judged(run: CrashRun): Promise<CrashResult> {
  const result = await runCrash(run);
  if (result.problem !== undefined) throw new CrashViolation(run, result.problem, result.log);
  return result;
}

/**
 * Tries every scenario.
 * @param told hears of each that is done
 * @throws CrashViolation
 */
export async function tryAllScenarios(told: (report: CrashReport) => void): Promise<void> {
  for (const [index, scenario] of CRASH_SCENARIOS.entries())
    told(await tryScenario(scenario, { pairs: index < PAIRED }));
}
