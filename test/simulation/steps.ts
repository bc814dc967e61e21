/** What can happen to an invocation wherever it waits: it is slow, hangs, dies, meets a lock, or its commit fails. */
import type { Fault, PausePoint } from '../../functions/src/platform/store/memory.ts';
import { Injected } from './faults.ts';
import type { Surroundings } from './parts.ts';
import type { Invocation } from './scheduler.ts';

/** Where an invocation can be stopped: in the store, at a provider, and before an answer arrives. */
export type Point = PausePoint | 'port' | 'answer';

/** Whoever asked gives up after this, while the handler may go on: callables and tasks alike. */
const TIMEOUT_MS = 60_000;
const MAX_HANG_MS = 600_000;
const MAX_SLOW_MS = 90_000;
const MAX_SLOW_READ_MS = 20_000;
/** The database keeps the locks of a process that died in a transaction until they have been idle for so long. */
const LOCK_MS = 60_000;

/** `fails`: the store answers with an error, before or after the commit. */
type Happening = Fault | 'fails' | undefined;

export interface StepsOptions {
  readonly world: Surroundings;
  readonly note: (run: Invocation, what: string, paths?: readonly string[]) => void;
  /** Asked at every point: whether the invocation dies there. */
  readonly dies: ((run: Invocation) => boolean) | undefined;
}

export class Steps {
  readonly #options: StepsOptions;
  readonly #world: Surroundings;
  /** Documents that nobody can write, and until when. */
  readonly #locks = new Map<string, number>();

  constructor(options: StepsOptions) {
    this.#options = options;
    this.#world = options.world;
  }

  /** The dead never go on: their promise stays open, and whoever waited for it is gone with them. */
  suspend(run: Invocation, point: Point, paths: readonly string[]): Promise<Fault | undefined> {
    const { note, dies } = this.#options;
    note(run, point, paths);
    if (point === 'read') run.reading = paths;
    if ((run.crashIn > 0 && --run.crashIn === 0) || dies?.(run) === true) this.#kill(run, point, paths);
    if (run.dead) return new Promise(() => undefined);
    const lockedMs = point === 'commit' ? this.#lockedMs(paths) : 0;
    const happening = lockedMs > 0 ? 'abort' : paths.length === 0 ? undefined : this.#happens(run, point);
    const { scheduler } = this.#world;
    const waitMs = lockedMs + this.#waitMs(point);
    this.#giveUp(run, waitMs);
    return new Promise((resolve, reject) => {
      const goOn = (): void =>
        happening === 'fails' ? reject(new Injected('the commit failed')) : resolve(happening);
      scheduler.at(scheduler.nowMs + waitMs, goOn, run);
    });
  }

  /** An ordinary step, in milliseconds. */
  ordinaryMs(): number {
    return Math.floor(this.#world.random.next() * this.#world.rates.stepMs);
  }

  #kill(run: Invocation, point: Point, paths: readonly string[]): void {
    const { random, rates, scheduler } = this.#world;
    const writes = paths.length > 0;
    run.dead = true;
    if (point === 'commit' && writes) this.#world.hit('crash before commit');
    else if (point === 'afterCommit' && writes) this.#world.hit('crash after commit');
    else this.#world.hit('crash elsewhere');
    if (point === 'commit' && writes && random.chance(rates.lockHeld)) {
      this.#world.hit('lock left behind');
      for (const path of run.reading) this.#locks.set(path, scheduler.nowMs + LOCK_MS);
    }
    this.#options.note(run, 'dies');
    run.died();
  }

  #happens(run: Invocation, point: Point): Happening {
    const { random, rates } = this.#world;
    if (point === 'afterCommit') return this.#afterCommit(run);
    if (point !== 'commit') return undefined;
    if (random.chance(rates.aborted)) {
      this.#world.hit('commit aborted');
      return 'abort';
    }
    if (!random.chance(rates.commitFailed)) return undefined;
    this.#world.hit('commit failed');
    return 'fails';
  }

  /** It has happened, and whoever wrote it does not learn so: the library tries again, or gives up with an error. */
  #afterCommit(run: Invocation): Happening {
    const { random, rates } = this.#world;
    if (!random.chance(rates.lostAck)) return undefined;
    run.lostAck = true;
    const givesUp = random.chance(0.3);
    this.#world.hit(givesUp ? 'commit answered with an error' : 'acknowledgement lost');
    return givesUp ? 'fails' : 'lostAck';
  }

  /** How long a commit waits for the locks of the dead before it is aborted; 0 where there are none. */
  #lockedMs(paths: readonly string[]): number {
    if (this.#locks.size === 0) return 0;
    const { nowMs } = this.#world.scheduler;
    const untilMs = Math.max(...paths.map((path) => this.#locks.get(path) ?? 0), nowMs);
    if (untilMs > nowMs) this.#world.hit('lock met');
    return untilMs - nowMs;
  }

  #waitMs(point: Point): number {
    const { random, rates } = this.#world;
    if (random.chance(rates.hang)) {
      this.#world.hit('handler hung');
      return random.between(TIMEOUT_MS, MAX_HANG_MS);
    }
    if (point === 'read' && random.chance(rates.slowRead)) {
      this.#world.hit('slow read');
      return random.between(1000, MAX_SLOW_READ_MS);
    }
    if (random.chance(rates.slow)) {
      this.#world.hit('slow step');
      return random.between(1000, MAX_SLOW_MS);
    }
    return this.ordinaryMs();
  }

  /** Whoever asked asks again, while this one goes on: two copies of a handler run at once. */
  #giveUp(run: Invocation, waitMs: number): void {
    const { scheduler } = this.#world;
    const lateMs = run.startedMs + TIMEOUT_MS;
    if (run.late || scheduler.nowMs + waitMs < lateMs) return;
    run.late = true;
    scheduler.at(Math.max(scheduler.nowMs, lateMs), () => {
      if (run.dead || run.answered) return;
      this.#world.hit('late handler goes on');
      this.#options.note(run, 'is given up');
      run.died();
    });
  }
}
