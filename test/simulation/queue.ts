/**
 * The task queue as its provider describes it: at least once, not before its time, in no order, and a name that was
 * used once is not taken again. On top of that a schedule may lose tasks for good.
 */
import type { TaskQueue, TaskRequest } from '../../functions/src/platform/tasks.ts';
import type { Counters } from './counters.ts';
import { Overtaking } from './overtaking.ts';
import type { Surroundings } from './parts.ts';

const MAX_DELAY_SEC = 300;
const MAX_ATTEMPTS = 10;
const MAX_BACKOFF_SEC = 60;

type Payload = TaskRequest['payload'];

interface QueueOptions {
  readonly world: Pick<Surroundings, 'random' | 'scheduler' | 'rates'>;
  readonly counters: Counters;
  /** One delivery. @returns false when it failed and has to come again */
  readonly deliver: (payload: Payload) => Promise<boolean>;
  /** A step of the caller, which may refuse or die. */
  readonly step: (effect: () => void) => Promise<void>;
}

export class SimulatedQueue implements TaskQueue {
  readonly #options: QueueOptions;
  /** Names that were ever used. */
  readonly #names = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #order: Overtaking;

  constructor(options: QueueOptions) {
    this.#options = options;
    const { world, counters } = options;
    this.#order = new Overtaking({
      world,
      rate: 'taskReordered',
      swapped: () => counters.hit('task reordered'),
    });
  }

  async enqueue(task: Parameters<TaskQueue['enqueue']>[0]): Promise<void> {
    await this.#options.step(() => {
      if (this.#names.has(task.id)) return;
      this.#names.add(task.id);
      this.#plan(task.id, task.payload, task.at.getTime());
    });
  }

  async remove({ id }: { readonly id: string }): Promise<void> {
    await this.#options.step(() => {
      // Removing what is not there yet leaves no mark: a late creation queues the task all the same.
      if (this.#names.has(id)) this.#removed.add(id);
    });
  }

  #plan(id: string, payload: Payload, atMs: number): void {
    const { counters, world } = this.#options;
    const { random, scheduler, rates } = world;
    if (random.chance(rates.taskLost)) {
      counters.hit('task lost');
      return;
    }
    let dueMs = Math.max(atMs, scheduler.nowMs) + random.between(0, 500);
    if (random.chance(rates.taskDelayed)) {
      counters.hit('task delayed');
      dueMs += random.between(0, MAX_DELAY_SEC * 1000);
    }
    this.#arrive(id, payload, dueMs);
    if (!random.chance(rates.taskDuplicated)) return;
    counters.hit('task duplicated');
    this.#arrive(id, payload, dueMs + random.between(0, 30_000));
  }

  #arrive(id: string, payload: Payload, dueMs: number): void {
    this.#options.world.scheduler.at(dueMs, () => {
      if (this.#removed.has(id)) return;
      this.#order.arrived(() => void this.#deliver(payload));
    });
  }

  async #deliver(payload: Payload): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (await this.#options.deliver(payload)) return;
      this.#options.counters.hit('handler retried');
      await this.#options.world.scheduler.sleep(Math.min(MAX_BACKOFF_SEC, 2 ** (attempt - 1)));
    }
  }
}
