/** Cloud Tasks as the local stack plays it: schedule times on the virtual clock, names, retries, two at once a queue. */
import {
  anyFault,
  fateOf,
  NO_TASK_FAULTS,
  type Injected,
  type TaskFault,
  type TaskFaults,
} from './faults.ts';

const MOST_AT_ONCE = 2;
const MOST_ATTEMPTS = 10;
const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;
/** Production keeps a name taken for about an hour after its task has ended or was deleted. */
const NAME_HELD_MS = 3_600_000;

/** A task as it was created. */
export interface Task {
  /** Full resource name: projects/P/locations/L/queues/Q/tasks/ID. */
  readonly name: string;
  readonly queue: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly scheduledMs: number;
  /** How long an attempt may take, in real time. */
  readonly deadlineSec: number;
}

/** One attempt to deliver a task. */
export interface Delivery {
  readonly task: Task;
  /** Attempts before this one. */
  readonly retryCount: number;
  /** HTTP status of the attempt before, if it was answered. */
  readonly previousStatus: number | undefined;
}

/** Delivers; resolves with the HTTP status, or 0 when there was no answer. Never rejects. */
export type Dispatch = (delivery: Delivery) => Promise<number>;

interface Queued {
  readonly task: Task;
  /** Order of creation, for ties. */
  readonly order: number;
  dueMs: number;
  attempts: number;
  previousStatus: number | undefined;
}

interface TaskServerPorts {
  readonly nowMs: () => number;
  readonly dispatch: Dispatch;
  readonly random: () => number;
  /** Deliveries of one queue at the same time. */
  readonly mostAtOnce?: number;
  readonly injected?: Injected<TaskFault>;
}

/** The queues of one stack. */
export class TaskServer {
  readonly #ports: TaskServerPorts;
  readonly #names = new Map<string, number>();
  #waiting: Queued[] = [];
  readonly #running = new Map<Queued, Promise<void>>();
  #created = 0;
  #faults: TaskFaults = NO_TASK_FAULTS;

  constructor(ports: TaskServerPorts) {
    this.#ports = ports;
  }

  /** How many deliveries are under way. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** Whether something waits whose time has come. */
  get due(): boolean {
    return (this.nextDueMs() ?? Infinity) <= this.#ports.nowMs();
  }

  get misbehaving(): boolean {
    return anyFault(this.#faults);
  }

  /** Applies to tasks created from now on. */
  misbehave(faults: TaskFaults): void {
    this.#faults = faults;
  }

  /** @returns false when the name is taken */
  create(task: Task): boolean {
    const nowMs = this.#ports.nowMs();
    if ((this.#names.get(task.name) ?? -Infinity) > nowMs) return false;
    const fate = fateOf(this.#faults, this.#ports.random);
    for (const fault of fate.faults) this.#ports.injected?.(fault);
    this.#names.set(task.name, fate.dropped ? nowMs + NAME_HELD_MS : Infinity);
    for (const delayMs of fate.delaysMs) {
      const dueMs = Math.max(task.scheduledMs, nowMs) + delayMs;
      this.#waiting.push({ task, order: this.#created++, dueMs, attempts: 0, previousStatus: undefined });
    }
    return true;
  }

  /** @returns false when there is no such task; a delivery that is under way is not called back, but not repeated */
  remove(name: string): boolean {
    const known = this.#all().some((queued) => queued.task.name === name);
    this.#waiting = this.#waiting.filter((queued) => queued.task.name !== name);
    for (const queued of this.#running.keys()) if (queued.task.name === name) queued.attempts = MOST_ATTEMPTS;
    if (known) this.#hold(name);
    return known;
  }

  /** When the next waiting task comes due, in virtual time; undefined when none waits. */
  nextDueMs(): number | undefined {
    return this.#next()?.dueMs;
  }

  /** Starts what is due, as far as the queues take more. For time that ticks. */
  startDue(): void {
    const nowMs = this.#ports.nowMs();
    const due = this.#waiting.filter((queued) => queued.dueMs <= nowMs).toSorted(byDue);
    for (const queued of due) {
      if (this.#runningIn(queued.task.queue) < (this.#ports.mostAtOnce ?? MOST_AT_ONCE))
        void this.#run(queued);
    }
  }

  /** Delivers the next task and waits until that is done. For time that is stepped. */
  async runNext(): Promise<Task | undefined> {
    const queued = this.#next();
    if (queued === undefined) return undefined;
    await this.#run(queued);
    return queued.task;
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Forgets every task, name and fault; what is under way is waited for and not repeated. */
  async reset(): Promise<void> {
    this.#faults = NO_TASK_FAULTS;
    this.#waiting = [];
    for (const queued of this.#running.keys()) queued.attempts = MOST_ATTEMPTS;
    await this.settled();
    this.#waiting = [];
    this.#names.clear();
  }

  #all(): Queued[] {
    return [...this.#waiting, ...this.#running.keys()];
  }

  #next(): Queued | undefined {
    return this.#waiting.toSorted(byDue)[0];
  }

  #runningIn(queue: string): number {
    return [...this.#running.keys()].filter((queued) => queued.task.queue === queue).length;
  }

  async #run(queued: Queued): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== queued);
    const done = this.#attempt(queued).finally(() => this.#running.delete(queued));
    this.#running.set(queued, done);
    await done;
  }

  async #attempt(queued: Queued): Promise<void> {
    const { task, attempts: retryCount, previousStatus } = queued;
    queued.attempts += 1;
    const status = await this.#ports.dispatch({ task, retryCount, previousStatus });
    const succeeded = status >= 200 && status < 300;
    if (succeeded || queued.attempts >= MOST_ATTEMPTS) {
      const again = this.#all().some((other) => other !== queued && other.task.name === task.name);
      if (!again) this.#hold(task.name);
      return;
    }
    queued.previousStatus = status === 0 ? undefined : status;
    queued.dueMs =
      this.#ports.nowMs() + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (queued.attempts - 1));
    this.#waiting.push(queued);
  }

  #hold(name: string): void {
    this.#names.set(name, this.#ports.nowMs() + NAME_HELD_MS);
  }
}

function byDue(a: Queued, b: Queued): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}
