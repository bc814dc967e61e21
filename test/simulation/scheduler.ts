/**
 * Virtual time and cooperative scheduling. Everything that waits lies in one heap, ordered by virtual time; one entry is
 * resumed, and all that follows from it runs until nothing moves any more, before the next one is taken. Which of the
 * concurrent invocations goes on first follows from the random delays, and so from the seed.
 */

import type { Settings } from '../../functions/src/settings.ts';

/** A run of a use case: one process that can die, taking everything it was about to do with it. */
export interface Invocation {
  readonly id: number;
  readonly name: string;
  readonly startedMs: number;
  /** Of the version that serves it. */
  readonly settings: Settings;
  dead: boolean;
  /** Tells whoever asked that there will be no answer. */
  readonly died: () => void;
  /** Dies at this many pauses from now; 0 when it lives. */
  crashIn: number;
  /** A commit of it was not acknowledged, so its answer may be one to a state of its own making. */
  lostAck: boolean;
  /** It will take longer than whoever asked waits. */
  late: boolean;
  /** Whoever asked has an answer, or knows that none will come. */
  answered: boolean;
  /** What it has read last. */
  reading: readonly string[];
  /** What it has committed. */
  readonly wrote: string[];
}

/** What was resumed has set nothing off, so nothing has to settle before the next one is taken. */
export const IDLE = Symbol('idle');

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly owner: Invocation | undefined;
  readonly resume: () => typeof IDLE | void;
}

export class Scheduler {
  nowMs: number;
  /** Whose code runs now; undefined for clients and the machinery. */
  current: Invocation | undefined;
  readonly #heap: Waiting[] = [];
  #order = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /**
   * Resumes at a virtual time, unless the owner has died by then.
   * @param resume may answer `IDLE`
   */
  at(atMs: number, resume: Waiting['resume'], owner?: Invocation): void {
    this.#push({ atMs, order: this.#order++, owner, resume });
  }

  async sleep(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => this.at(this.nowMs + Math.max(0, seconds) * 1000, resolve));
  }

  /** Runs until nothing waits any more, or until `stopped`. */
  async run(stopped: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      // A tick asked for by a promise job comes only when no other job is left: then everyone waits again.
      const whenSettled = (): void => process.nextTick(step);
      const step = (): void => {
        try {
          for (;;) {
            this.current = undefined;
            const next = stopped() ? undefined : this.#popLiving();
            if (next === undefined) return resolve();
            if (next.atMs > this.nowMs) this.nowMs = next.atMs;
            this.current = next.owner;
            if (next.resume() !== IDLE) return queueMicrotask(whenSettled);
          }
        } catch (fault) {
          reject(fault);
        }
      };
      step();
    });
  }

  #popLiving(): Waiting | undefined {
    for (;;) {
      const next = this.#pop();
      if (next?.owner?.dead !== true) return next;
    }
  }

  #push(entry: Waiting): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || before(parent, entry)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): Waiting | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const takesRight = right !== undefined && before(right, left);
      const child = takesRight ? right : left;
      if (before(last, child)) break;
      heap[at] = child;
      at = 2 * at + (takesRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Waiting, b: Waiting): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
