/** What an app sees of a call, and whoever is told when it changes. */
import type { Stop } from '../ports.ts';
import { endedEarly, hasReached, IDLE, type CallPhase, type CallState } from './state.ts';

export class Shown {
  readonly #listeners = new Set<(state: CallState) => void>();
  #state: CallState = IDLE;

  get state(): CallState {
    return this.#state;
  }

  /** Calls back now and at each change. */
  onChange(listener: (state: CallState) => void): Stop {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a phase; one that has passed counts. @throws EarshotError when it has ended before */
  async until(phase: CallPhase): Promise<CallState> {
    return await new Promise((resolve, reject) => {
      let stop: Stop | undefined;
      const look = (state: CallState): void => {
        if (state.phase === 'ended' && phase !== 'ended') reject(state.error ?? endedEarly(state));
        else if (hasReached(state.phase, phase)) resolve(state);
        else return;
        stop?.();
      };
      stop = this.onChange(look);
      look(this.#state);
    });
  }

  /** Tells of a change, if it is one. */
  update(change: Partial<CallState>): void {
    const fields = Object.entries(change) as [keyof CallState, unknown][];
    if (fields.every(([field, value]) => this.#state[field] === value)) return;
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }
}
