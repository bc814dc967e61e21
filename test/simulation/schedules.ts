/** What the platform runs by itself: the sweep every minute, and the poll of the orders. Now and then they fail to run. */
import type { Order } from '../../functions/src/payments/documents.ts';
import { pollOrders } from '../../functions/src/payments/pollOrders.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Settings } from '../../functions/src/settings.ts';
import { sweepAll } from '../../functions/src/sweeps.ts';
import type { Beats } from './beats.ts';
import { leaseLapses } from './listeners.ts';
import type { Surroundings } from './parts.ts';
import { IDLE } from './scheduler.ts';

const HOUR_MS = 3_600_000;
const SWEEP_MS = 60_000;
const POLL_MS = 15 * 60_000;
/** The last of them. Every call has ended long before, and every payment was asked for. */
const LENGTH_MS = 7 * HOUR_MS;
const ORDERS = 'orders/';
/** How many of the sweeps that have nothing to find run all the same; more where their points are tried too. */
const IDLE_SWEEPS = 0.002;
const TRIED_IDLE_SWEEPS = 0.01;

/** Also what tells whether there is anything to sweep. */
interface Swept extends Surroundings {
  readonly beats: Beats;
  readonly settings: Settings;
  readonly everyPoint: boolean;
  readonly ports: Pick<AppPorts, 'clock'>;
}

export class Schedules {
  readonly #world: Swept;
  readonly #endMs: number;
  /** When the sweep takes up what lies in the outbox, by path. */
  readonly #outbox = new Map<string, number>();
  /** When the poll takes up an order, by path. */
  readonly #polls = new Map<string, number>();
  #skipUntilMs = 0;

  constructor(world: Swept) {
    this.#world = world;
    this.#endMs = world.scheduler.nowMs + LENGTH_MS;
  }

  begin(): void {
    const { nowMs } = this.#world.scheduler;
    this.#sweepAt(nowMs + SWEEP_MS);
    this.#pollAt(nowMs + POLL_MS);
  }

  /** A commit has touched a document. */
  written(path: string): void {
    const { store, scheduler } = this.#world;
    if (path.startsWith('outbox/')) {
      const notBefore = store.read(path)?.['notBefore'];
      if (notBefore instanceof Date) this.#outbox.set(path, notBefore.getTime());
      else if (this.#outbox.delete(path) && scheduler.current?.name === 'sweep')
        this.#world.hit('outbox swept');
    } else if (path.startsWith(ORDERS)) {
      const order = store.read(path) as Order | undefined;
      if (order?.nextPollAt == null) this.#polls.delete(path);
      else this.#polls.set(path, order.nextPollAt.getTime());
    }
  }

  #sweepAt(atMs: number): void {
    const { scheduler, random, rates, everyPoint } = this.#world;
    const idleSweeps = everyPoint ? TRIED_IDLE_SWEEPS : IDLE_SWEEPS;
    scheduler.at(atMs, () => {
      if (atMs + SWEEP_MS <= this.#endMs) this.#sweepAt(atMs + SWEEP_MS);
      if (atMs < this.#skipUntilMs) {
        this.#world.hit('sweep skipped');
        return IDLE;
      }
      if (random.chance(rates.sweepSkipped)) this.#skipUntilMs = atMs + random.between(1, 15) * SWEEP_MS;
      // A sweep that finds nothing changes nothing; a few run all the same.
      if (!this.#sweepMatters() && !random.chance(idleSweeps)) return IDLE;
      void this.#world.invoke('sweep', sweepAll);
      return undefined;
    });
  }

  /** Whether a sweep that begins now can find anything before it ends. */
  #sweepMatters(): boolean {
    const { scheduler, rates, auditor, beats } = this.#world;
    const endMs = scheduler.nowMs + 3 * rates.stepMs;
    if (leaseLapses(this.#world, endMs)) return true;
    for (const notBeforeMs of this.#outbox.values()) if (notBeforeMs <= endMs) return true;
    for (const [callId, call] of auditor.open) {
      if ((call.deadlineAt?.getTime() ?? 0) <= endMs) return true;
      if (beats.mayBeStale(callId, call, endMs)) return true;
    }
    return false;
  }

  #pollAt(atMs: number): void {
    const { scheduler } = this.#world;
    scheduler.at(atMs, () => {
      if (atMs + POLL_MS <= this.#endMs) this.#pollAt(atMs + POLL_MS);
      const due = [...this.#polls.values()].some((nextMs) => nextMs <= scheduler.nowMs);
      if (!due) return IDLE;
      void this.#world.invoke('orderPoll', pollOrders);
      return undefined;
    });
  }
}
