/** Ends a service's worker in the middle of its work. */
import type { Worker } from './workers.ts';

const LOOK_EVERY_MS = 4;

/** Waits for a worker of a service to be at work and kills it without warning. */
export class Killer {
  readonly #busy: () => Worker[];
  #timer: NodeJS.Timeout | undefined;
  #killed = 0;

  /** @param busy the workers that are at work now */
  constructor(busy: () => Worker[]) {
    this.#busy = busy;
  }

  get armed(): boolean {
    return this.#timer !== undefined;
  }

  /** How many workers were killed since the last reset. */
  get killed(): number {
    return this.#killed;
  }

  /** Kills now if the service is at work, else as soon as it is. @returns whether it was at work */
  kill(service: string): boolean {
    this.disarm();
    if (this.#strike(service)) return true;
    this.#timer = setInterval(() => {
      if (this.#strike(service)) this.disarm();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
    return false;
  }

  /** Calls the kill off. */
  disarm(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  reset(): void {
    this.disarm();
    this.#killed = 0;
  }

  #strike(service: string): boolean {
    const hit = this.#busy().find((worker) => worker.service === service);
    if (hit === undefined) return false;
    process.kill(hit.pid, 'SIGKILL');
    this.#killed += 1;
    return true;
  }
}
