/** The virtual clock: real time plus an offset, shared with the function workers through a file. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the workers read at every `now()`. */
export interface ClockState {
  /** Grows when workers have to drop what they cached (a seed or a reset). */
  readonly epoch: number;
  readonly offsetMs: number;
  /** While set, the clock stands there. */
  readonly frozenAtMs: number | null;
}

/** Time as the local stack sees it. */
export class VirtualClock {
  readonly #realMs: () => number;
  readonly #save: (state: ClockState) => void;
  #state: ClockState = { epoch: 1, offsetMs: 0, frozenAtMs: null };

  /**
   * @param realMs the machine's time
   * @param save makes a state known to the workers; it has reached them when it returns
   */
  constructor(realMs: () => number, save: (state: ClockState) => void) {
    this.#realMs = realMs;
    this.#save = save;
    save(this.#state);
  }

  /** Virtual now. */
  nowMs(): number {
    return this.#state.frozenAtMs ?? this.#realMs() + this.#state.offsetMs;
  }

  /** How far virtual now is ahead of the machine, also while the clock stands. */
  leadMs(): number {
    return this.nowMs() - this.#realMs();
  }

  get frozen(): boolean {
    return this.#state.frozenAtMs !== null;
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  /** Stops the clock at an instant; by default where it is. */
  freeze(atMs = this.nowMs()): void {
    this.#set({ offsetMs: atMs - this.#realMs(), frozenAtMs: atMs });
  }

  /** Lets the clock run on from where it stands. */
  resume(): void {
    this.#set({ offsetMs: this.nowMs() - this.#realMs(), frozenAtMs: null });
  }

  /** Makes the workers drop their caches. */
  nextEpoch(): void {
    this.#set({ epoch: this.#state.epoch + 1 });
  }

  /** Back to real time. */
  reset(): void {
    this.#set({ epoch: this.#state.epoch + 1, offsetMs: 0, frozenAtMs: null });
  }

  #set(change: Partial<ClockState>): void {
    this.#state = { ...this.#state, ...change };
    this.#save(this.#state);
  }
}

/**
 * Writes the state where the workers read it. The rename makes it atomic: a reader sees the old one or the new one.
 * @param dir the stack's folder
 */
export function saveToFile(dir: string): (state: ClockState) => void {
  const path = join(dir, 'state.json');
  return (state) => {
    writeFileSync(`${path}.tmp`, JSON.stringify(state));
    renameSync(`${path}.tmp`, path);
  };
}
