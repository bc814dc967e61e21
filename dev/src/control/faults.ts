/** What the local stack may do wrong on purpose. */

/** Told of each fault that was really put in. */
export type Injected<Name extends string = string> = (name: Name) => void;

/** How often each fault was really put in, by the name of its wish in `POST /faults`: `tasks.drop`, `agora.refuse`. */
export class InjectedFaults {
  readonly #counts = new Map<string, number>();

  hit(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Since the last `clear`. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  clear(): void {
    this.#counts.clear();
  }
}

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

/** Of a task: one of its wishes. */
export type TaskFault = keyof TaskFaults;

/** How long a reordered task is held back at most, if no delay is set. */
const REORDER_SEC = 5;

/** What becomes of one task under the faults in force. */
export interface Fate {
  readonly dropped: boolean;
  /** Delays of its deliveries: one, or two when it is duplicated. */
  readonly delaysMs: readonly number[];
  /** What goes wrong with it. */
  readonly faults: readonly TaskFault[];
}

/**
 * Decides the fate of a task.
 * @param random numbers in [0, 1)
 */
export function fateOf(faults: TaskFaults, random: () => number): Fate {
  if (happens(faults.drop, random)) return { dropped: true, delaysMs: [], faults: ['drop'] };
  const met = new Set<TaskFault>();
  const delayMs = () => {
    let heldSec = 0;
    if (happens(faults.reorder, random)) {
      met.add('reorder');
      heldSec = random() * Math.max(faults.delaySec, REORDER_SEC);
    }
    const lateSec = random() * faults.delaySec;
    if (lateSec > 0) met.add('delaySec');
    return Math.round(Math.max(heldSec, lateSec) * 1000);
  };
  const twice = happens(faults.duplicate, random);
  if (twice) met.add('duplicate');
  return { dropped: false, delaysMs: twice ? [delayMs(), delayMs()] : [delayMs()], faults: [...met] };
}

/** @returns whether the queues are to misbehave at all */
export function anyFault(faults: TaskFaults): boolean {
  return Object.values(faults).some((value) => Number(value) > 0);
}

/** @param random numbers in [0, 1) */
export function happens(probability: number, random: () => number): boolean {
  return probability > 0 && random() < probability;
}
