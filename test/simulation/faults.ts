/** Which misfortunes a schedule has, and how often. Drawn anew for each: a uniform mix would hide the rare pairs. */
import type { Random } from './random.ts';

/** A fault that the schedule made: nobody is to blame for it. */
export class Injected extends Error {
  override name = 'Injected';
}

/** Probabilities, all 0 once the world has healed. */
export interface FaultRates {
  readonly taskDuplicated: number;
  readonly taskDelayed: number;
  /** The next delivery overtakes it. */
  readonly taskReordered: number;
  readonly taskLost: number;
  readonly tasksRefused: number;
  readonly crash: number;
  /** A process that dies in a transaction leaves its locks behind. */
  readonly lockHeld: number;
  /** A handler runs on after whoever asked has given up. */
  readonly hang: number;
  readonly aborted: number;
  /** The commit was applied, and is answered with an error or not at all. */
  readonly lostAck: number;
  /** The commit was not applied, and is answered with an error. */
  readonly commitFailed: number;
  readonly slow: number;
  readonly slowRead: number;
  readonly webhookLost: number;
  readonly webhookLate: number;
  readonly webhookDoubled: number;
  readonly webhookReordered: number;
  /** People whose clock is wrong. */
  readonly clockOff: number;
  /** The answer is lost on its way, and whoever asked asks again. */
  readonly answerLost: number;
  readonly doubleTap: number;
  readonly bothEnd: number;
  /** Two versions of the functions run at once for a while. */
  readonly deploy: number;
  readonly pushRefused: number;
  readonly mediaRefused: number;
  readonly tokenFailed: number;
  readonly sweepSkipped: number;
  readonly gatewaySilent: number;
  /** Longest ordinary delay of one step, in milliseconds. */
  readonly stepMs: number;
}

const HEALED_STEP_MS = 100;

export const HEALED: FaultRates = {
  taskDuplicated: 0,
  taskDelayed: 0,
  taskReordered: 0,
  taskLost: 0,
  tasksRefused: 0,
  crash: 0,
  lockHeld: 0,
  hang: 0,
  aborted: 0,
  lostAck: 0,
  commitFailed: 0,
  slow: 0,
  slowRead: 0,
  webhookLost: 0,
  webhookLate: 0,
  webhookDoubled: 0,
  webhookReordered: 0,
  clockOff: 0,
  answerLost: 0,
  doubleTap: 0,
  bothEnd: 0,
  deploy: 0,
  pushRefused: 0,
  mediaRefused: 0,
  tokenFailed: 0,
  sweepSkipped: 0,
  gatewaySilent: 0,
  stepMs: HEALED_STEP_MS,
};

/** How often each can come at most. Those of single steps are rare: a call has hundreds of them. */
const MOST: Omit<FaultRates, 'stepMs'> = {
  taskDuplicated: 0.5,
  taskDelayed: 0.8,
  taskReordered: 0.5,
  taskLost: 0.5,
  tasksRefused: 0.5,
  crash: 0.4,
  lockHeld: 1,
  hang: 0.02,
  aborted: 0.3,
  lostAck: 0.3,
  commitFailed: 0.2,
  slow: 0.05,
  slowRead: 0.2,
  webhookLost: 0.6,
  webhookLate: 0.8,
  webhookDoubled: 0.5,
  webhookReordered: 0.5,
  clockOff: 1,
  answerLost: 0.2,
  doubleTap: 0.5,
  bothEnd: 0.5,
  deploy: 1,
  pushRefused: 0.5,
  mediaRefused: 0.5,
  tokenFailed: 0.3,
  sweepSkipped: 0.2,
  gatewaySilent: 0.5,
};

export type Rate = keyof typeof MOST;
const RATES = Object.keys(MOST) as Rate[];
const STEPS_MS = [20, 100, 1000, 4000] as const;

/**
 * Half of the kinds are off, the others lie anywhere from rare to constant.
 * @param only these alone are on, all of them often: to look at one kind by itself
 */
export function drawRates(random: Random, only?: readonly Rate[]): FaultRates {
  const drawn: Partial<Record<Rate, number>> = {};
  for (const name of RATES) {
    const rate = random.chance(0.5) ? 0 : MOST[name] * random.next() ** 2;
    drawn[name] = only === undefined ? rate : only.includes(name) ? MOST[name] : 0;
  }
  return { ...HEALED, ...drawn, stepMs: random.pick(STEPS_MS) };
}
