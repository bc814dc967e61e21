/** What the local stack may do wrong on purpose. */

/** Misbehaviour of the task queues, and of the webhooks, which are queued likewise. Probabilities are 0–1. */
export interface TaskFaults {
  /** The task is delivered a second time. */
  readonly duplicate: number;
  /** Longest random delay of a delivery. */
  readonly delaySec: number;
  /** The task is held back for a while, so that later ones pass it. */
  readonly reorder: number;
  /** The task is accepted and never delivered. */
  readonly drop: number;
}

export const NO_TASK_FAULTS: TaskFaults = { duplicate: 0, delaySec: 0, reorder: 0, drop: 0 };

/** Misbehaviour of the push provider. */
export interface PushFaults {
  /** Devices whose app is gone: their pushes are refused as FCM refuses an unregistered token. */
  readonly unregistered: readonly string[];
  /** Probability 0–1 with which a push to any other device is refused, so that it is tried again. */
  readonly refuse: number;
}

export const NO_PUSH_FAULTS: PushFaults = { unregistered: [], refuse: 0 };

/**
 * The status that the provider answers to one push.
 * @param random numbers in [0, 1)
 */
export function pushStatus(faults: PushFaults, deviceId: string, random: () => number): 200 | 404 | 503 {
  if (faults.unregistered.includes(deviceId)) return 404;
  return happens(faults.refuse, random) ? 503 : 200;
}

/** How long a reordered task is held back at most, if no delay is set. */
const REORDER_SEC = 5;

/** What becomes of one task under the faults in force. */
export interface Fate {
  readonly dropped: boolean;
  /** Delays of its deliveries: one, or two when it is duplicated. */
  readonly delaysMs: readonly number[];
}

/**
 * Decides the fate of a task.
 * @param random numbers in [0, 1)
 */
export function fateOf(faults: TaskFaults, random: () => number): Fate {
  if (happens(faults.drop, random)) return { dropped: true, delaysMs: [] };
  const delayMs = () => {
    const held = happens(faults.reorder, random) ? random() * Math.max(faults.delaySec, REORDER_SEC) : 0;
    return Math.round(Math.max(held, random() * faults.delaySec) * 1000);
  };
  return {
    dropped: false,
    delaysMs: happens(faults.duplicate, random) ? [delayMs(), delayMs()] : [delayMs()],
  };
}

/** @returns whether the queues are to misbehave at all */
export function anyFault(faults: TaskFaults): boolean {
  return Object.values(faults).some((value) => Number(value) > 0);
}

function happens(probability: number, random: () => number): boolean {
  return probability > 0 && random() < probability;
}
