/** Lets virtual time pass: by itself as the machine's time does, or in steps from one due event to the next. */
import type { VirtualClock } from './clock.ts';
import type { ScheduleBook } from './schedules.ts';
import type { Task, TaskServer } from './tasks.ts';

const TICK_MS = 50;

/** Something that ran because its time came. */
export interface Ran {
  readonly kind: 'task' | 'schedule';
  readonly name: string;
  /** Virtual instant, ISO-8601. */
  readonly at: string;
}

interface DriverPorts {
  readonly clock: VirtualClock;
  readonly tasks: Pick<TaskServer, 'startDue' | 'runNext' | 'nextDueMs' | 'settled'>;
  readonly schedules: ScheduleBook;
  /** Runs a scheduled function and waits for it. */
  readonly fire: (name: string, atMs: number) => Promise<number>;
  /** Ages the silent by a step of the clock. */
  readonly shiftSilent: (deltaMs: number) => Promise<void>;
  /** The earliest virtual instant at which a schedule could find work; Infinity when none is in sight. */
  readonly workFromMs: () => Promise<number>;
}

/** Moves one stack through time. */
export class Driver {
  readonly #ports: DriverPorts;
  #timer: NodeJS.Timeout | undefined;
  #stepping = false;
  #firing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: DriverPorts) {
    this.#ports = ports;
  }

  /** Whether a scheduled function runs because real time passed. */
  get firing(): boolean {
    return this.#firing !== undefined;
  }

  /** Lets events come due as real time passes. */
  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Moves the clock and runs what comes due within the step, in order of time, tasks before schedules.
   * Advances wait for each other.
   * @param prepare runs first, when the advance before has ended
   * @returns what ran
   */
  async advance(seconds: number, prepare: () => Promise<void> = async () => undefined): Promise<Ran[]> {
    return this.exclusively(async () => {
      await prepare();
      return this.#advance(seconds);
    });
  }

  /**
   * Moves the clock and waits for nothing: what has come due begins by itself, all at once, as after a pause of the
   * machine.
   * @param prepare runs first, when the advance before has ended
   */
  async skip(seconds: number, prepare: () => Promise<void>): Promise<void> {
    const { clock } = this.#ports;
    return this.#inTurn(async () => {
      const wasFrozen = clock.frozen;
      try {
        await prepare();
        await this.#moveTo(clock.nowMs() + seconds * 1000);
      } finally {
        if (!wasFrozen) clock.resume();
      }
    });
  }

  /** Runs `work` while nothing comes due by itself, and after any advance that is under way. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#firing;
      await this.#ports.tasks.settled();
      return await work();
    });
  }

  /** Whoever moves the clock or needs it to stand waits for each other, and meanwhile no tick starts anything. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(async () => {
      this.#stepping = true;
      try {
        return await work();
      } finally {
        this.#stepping = false;
      }
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #tick(): void {
    if (this.#stepping) return;
    this.#ports.tasks.startDue();
    const { schedules, clock, fire } = this.#ports;
    const nowMs = clock.nowMs();
    // All boundaries but the last are skipped: nothing but the machine's sleep can have put several into one tick.
    const due = this.#firing === undefined ? schedules.next(nowMs, nowMs) : undefined;
    if (due === undefined) return;
    schedules.served(due);
    this.#firing = fire(due.schedule.name, due.atMs).then(() => (this.#firing = undefined));
  }

  async #advance(seconds: number): Promise<Ran[]> {
    const { clock } = this.#ports;
    const wasFrozen = clock.frozen;
    const targetMs = clock.nowMs() + seconds * 1000;
    clock.freeze();
    try {
      const ran: Ran[] = [];
      // What the database says of pending work holds until something runs.
      let workFromMs: number | undefined;
      for (;;) {
        workFromMs ??= await this.#ports.workFromMs();
        const next = await this.#step(targetMs, workFromMs);
        if (next === undefined) break;
        ran.push(next);
        workFromMs = undefined;
      }
      await this.#moveTo(targetMs);
      return ran;
    } finally {
      if (!wasFrozen) clock.resume();
    }
  }

  async #step(targetMs: number, workFromMs: number): Promise<Ran | undefined> {
    const { clock, tasks, schedules, fire } = this.#ports;
    const firing = schedules.next(targetMs, workFromMs);
    const taskMs = tasks.nextDueMs() ?? Infinity;
    if (taskMs <= Math.min(targetMs, firing?.atMs ?? Infinity)) {
      await this.#moveTo(Math.max(taskMs, clock.nowMs()));
      const at = new Date(clock.nowMs()).toISOString();
      const task = await tasks.runNext();
      return { kind: 'task', name: nameOf(task), at };
    }
    if (firing === undefined) return undefined;
    await this.#moveTo(Math.max(firing.atMs, clock.nowMs()));
    schedules.served(firing);
    await fire(firing.schedule.name, firing.atMs);
    return { kind: 'schedule', name: firing.schedule.name, at: new Date(firing.atMs).toISOString() };
  }

  /** Silent people have aged before anything runs at the new instant. */
  async #moveTo(atMs: number): Promise<void> {
    const leadBeforeMs = this.#ports.clock.leadMs();
    this.#ports.clock.freeze(atMs);
    await this.#ports.shiftSilent(this.#ports.clock.leadMs() - leadBeforeMs);
  }
}

function nameOf(task: Task | undefined): string {
  return task === undefined ? '' : `${task.queue}/${task.name.split('/').at(-1) ?? ''}`;
}
