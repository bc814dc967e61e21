/** Which misfortunes a schedule has, and how often. Drawn anew for each: a uniform mix would hide the rare pairs. */
import type { Random } from './random.ts';

/** Probabilities, all 0 once the world has healed. */
export interface FaultRates {
  readonly taskDuplicated: number;
  readonly taskDelayed: number;
  readonly taskLost: number;
  readonly crash: number;
  readonly lostAck: number;
  readonly aborted: number;
  readonly slow: number;
  readonly tasksRefused: number;
  readonly pushRefused: number;
  readonly mediaRefused: number;
  readonly tokenFailed: number;
  readonly sweepSkipped: number;
  readonly webhookLost: number;
  readonly webhookLate: number;
  readonly webhookDoubled: number;
  readonly gatewaySilent: number;
  /** Longest ordinary delay of one step, in milliseconds. */
  readonly stepMs: number;
}

const HEALED_STEP_MS = 100;

export const HEALED: FaultRates = {
  taskDuplicated: 0,
  taskDelayed: 0,
  taskLost: 0,
  crash: 0,
  lostAck: 0,
  aborted: 0,
  slow: 0,
  tasksRefused: 0,
  pushRefused: 0,
  mediaRefused: 0,
  tokenFailed: 0,
  sweepSkipped: 0,
  webhookLost: 0,
  webhookLate: 0,
  webhookDoubled: 0,
  gatewaySilent: 0,
  stepMs: HEALED_STEP_MS,
};

/** Half of the kinds are off, the others lie anywhere from rare to constant. */
export function drawRates(random: Random): FaultRates {
  const rate = (most: number): number => (random.chance(0.5) ? 0 : most * random.next() ** 2);
  return {
    taskDuplicated: rate(0.5),
    taskDelayed: rate(0.8),
    taskLost: rate(0.5),
    crash: rate(0.4),
    lostAck: rate(0.3),
    aborted: rate(0.3),
    slow: rate(0.05),
    tasksRefused: rate(0.5),
    pushRefused: rate(0.5),
    mediaRefused: rate(0.5),
    tokenFailed: rate(0.3),
    sweepSkipped: rate(0.2),
    webhookLost: rate(0.6),
    webhookLate: rate(0.8),
    webhookDoubled: rate(0.5),
    gatewaySilent: rate(0.5),
    stepMs: random.pick([20, 100, 1000, 4000]),
  };
}
