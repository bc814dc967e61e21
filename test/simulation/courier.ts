/**
 * Carries what providers tell us, as they carry it: late, twice, in no order, now and then never. What is answered with
 * an error comes again a few times, and then no more.
 */
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Counter } from './counters.ts';
import { Overtaking } from './overtaking.ts';
import type { Surroundings } from './parts.ts';

const MAX_DELAY_SEC = 300;
/** Both providers retry with growing waits; Agora gives up after the third. */
const RETRY_SEC = [5, 20, 60] as const;

/** One kind of notification, with the counters of its misfortunes. */
export interface Route {
  /** The name of the invocations. */
  readonly name: string;
  readonly lost: Counter;
  readonly late: Counter;
  readonly doubled: Counter;
  readonly reordered: Counter;
}

export interface Parcel {
  /** What it is about; parcels about one thing have an order, and may lose it. */
  readonly about: string;
  readonly take: (ports: AppPorts) => Promise<void>;
}

export class Courier {
  readonly #world: Surroundings;
  readonly #route: Route;
  readonly #orders = new Map<string, Overtaking>();

  constructor(world: Surroundings, route: Route) {
    this.#world = world;
    this.#route = route;
  }

  send(parcel: Parcel): void {
    const { random, rates } = this.#world;
    if (random.chance(rates.webhookLost)) return this.#world.hit(this.#route.lost);
    let afterSec = random.between(0.1, 2);
    if (random.chance(rates.webhookLate)) {
      this.#world.hit(this.#route.late);
      afterSec += random.between(0, MAX_DELAY_SEC);
    }
    this.#plan(parcel, afterSec);
    if (!random.chance(rates.webhookDoubled)) return;
    this.#world.hit(this.#route.doubled);
    this.#plan(parcel, random.chance(0.5) ? afterSec : afterSec + random.between(0, 60));
  }

  #plan(parcel: Parcel, afterSec: number): void {
    const { scheduler } = this.#world;
    scheduler.at(scheduler.nowMs + afterSec * 1000, () =>
      this.#orderOf(parcel.about).arrived(() => void this.#deliver(parcel)),
    );
  }

  #orderOf(about: string): Overtaking {
    const known = this.#orders.get(about);
    if (known !== undefined) return known;
    const swapped = (): void => this.#world.hit(this.#route.reordered);
    const order = new Overtaking({ world: this.#world, rate: 'webhookReordered', swapped });
    this.#orders.set(about, order);
    return order;
  }

  async #deliver({ take }: Parcel): Promise<void> {
    const { scheduler } = this.#world;
    for (const waitSec of [...RETRY_SEC, 0]) {
      const result = await this.#world.invoke(this.#route.name, take);
      if (result.kind === 'ok') return;
      if (result.kind === 'refused') {
        return this.#world.violated(`I0: a notification was refused (${result.refusal.reason})`);
      }
      await scheduler.sleep(waitSec);
    }
    this.#world.hit(this.#route.lost);
  }
}
