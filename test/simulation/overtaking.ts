/** Deliveries out of order: now and then one waits until the next has overtaken it. */
import type { Surroundings } from './parts.ts';

/** Where nothing comes after it, it waits no longer. */
const MOST_WAIT_MS = 300_000;

interface Order {
  readonly world: Pick<Surroundings, 'random' | 'scheduler' | 'rates'>;
  readonly rate: 'taskReordered' | 'webhookReordered';
  /** Told of every two that have changed places. */
  readonly swapped: () => void;
}

export class Overtaking {
  readonly #order: Order;
  #waiting: (() => void) | undefined;

  constructor(order: Order) {
    this.#order = order;
  }

  /** Delivers now, or after the next one. */
  arrived(deliver: () => void): void {
    const { random, scheduler, rates } = this.#order.world;
    const waiting = this.#waiting;
    if (waiting === undefined && random.chance(rates[this.#order.rate])) return this.#wait(deliver);
    deliver();
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#order.swapped();
    // An invocation begins within one step, so the other one has begun by then.
    scheduler.at(scheduler.nowMs + rates.stepMs, waiting);
  }

  #wait(deliver: () => void): void {
    const { scheduler } = this.#order.world;
    this.#waiting = deliver;
    scheduler.at(scheduler.nowMs + MOST_WAIT_MS, () => {
      if (this.#waiting !== deliver) return;
      this.#waiting = undefined;
      deliver();
    });
  }
}
