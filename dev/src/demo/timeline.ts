/** What happened, when, to whom, and how long it took: recorded step by step and told as it happens. */

/** One step of the demo. */
export interface Step {
  readonly name: string;
  /** Real time from the request, or from what caused it, to the answer. */
  readonly ms: number;
}

/** What is told of a step. */
export interface Told<T> {
  /** Names it in the report. */
  readonly name: string;
  /** Who did it or saw it. */
  readonly who: string;
  /** What happened, in words, from its result. */
  readonly what: string | ((result: T) => string);
  /** What its latency is counted from, if it began before now (performance.now()). */
  readonly sinceMs?: number;
}

interface TimelinePorts {
  /** Hears each line. */
  readonly tell: (line: string) => void;
  /** Virtual now. */
  readonly now: () => Promise<Date>;
}

/** After so long without a line the person at the terminal is told what is waited for. */
const PATIENCE_MS = 4000;

/** Records steps. */
export class Timeline {
  readonly #ports: TimelinePorts;
  readonly #steps: Step[] = [];
  /** Virtual instant that the printed times count from: when the call was connected. */
  #connectedAt: Date | undefined;

  constructor(ports: TimelinePorts) {
    this.#ports = ports;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** From now on lines show the time of the call. */
  connected(at: Date): void {
    this.#connectedAt = at;
  }

  /** The next lines belong to no call. */
  hungUp(): void {
    this.#connectedAt = undefined;
  }

  /** A headline. */
  chapter(title: string): void {
    this.#ports.tell(`\n${title}`);
  }

  /** A line that is no step. */
  note(who: string, what: string): void {
    this.#ports.tell(lineOf({ at: undefined, ms: undefined, who, what }));
  }

  /**
   * Runs a step, records its latency and tells of it.
   * @throws what the step throws, with the step's name in front
   */
  async step<T>(told: Told<T>, work: () => Promise<T>): Promise<T> {
    const { name, who } = told;
    const startedMs = told.sinceMs ?? performance.now();
    const waiting = setInterval(
      () =>
        this.#ports.tell(lineOf({ at: undefined, ms: undefined, who, what: `… (${name} is still at work)` })),
      PATIENCE_MS,
    );
    try {
      const result = await work();
      const ms = Math.round(performance.now() - startedMs);
      this.#steps.push({ name, ms });
      const what = typeof told.what === 'string' ? told.what : told.what(result);
      const at = this.#connectedAt && callTime(this.#connectedAt, await this.#ports.now());
      this.#ports.tell(lineOf({ at, ms, who, what }));
      return result;
    } catch (fault) {
      throw new Error(`${name}: ${fault instanceof Error ? fault.message : String(fault)}`, { cause: fault });
    } finally {
      clearInterval(waiting);
    }
  }
}

/** @returns minutes and seconds since the call was connected, e.g. `2:30` */
export function callTime(connectedAt: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - connectedAt.getTime()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The columns of the timeline. */
export const HEADER = `${'call'.padStart(6)}${'real'.padStart(10)}  ${'who'.padEnd(8)}what`;

interface Line {
  readonly at: string | undefined;
  readonly ms: number | undefined;
  readonly who: string;
  readonly what: string;
}

/** One line under `HEADER`. */
export function lineOf({ at = '', ms, who, what }: Line): string {
  const real = ms === undefined ? '' : `${ms} ms`;
  return `${at.padStart(6)}${real.padStart(10)}  ${who.padEnd(8)}${what}`;
}
