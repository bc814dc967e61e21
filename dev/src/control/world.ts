/** Everything the control API holds for one stack, put together. */
import { Beats } from './beats.ts';
import { deliverTask, deliverWebhook, fireSchedule, type Backend, type Triggers } from './backend.ts';
import { saveToFile, VirtualClock } from './clock.ts';
import { Driver } from './driver.ts';
import { InjectedFaults } from './faults.ts';
import { waitUntilIdle, type Busy } from './idle.ts';
import { Killer } from './killer.ts';
import { callDeadlineMs, outboxDueMs, presenceLeftMs } from './pending.ts';
import { inOrder } from './queues.ts';
import { Recorders } from './recorders.ts';
import { AgoraSandbox } from './sandbox/agora.ts';
import { NO_MESSAGE_FAULTS } from './sandbox/messages.ts';
import { Razorpay } from './sandbox/razorpay.ts';
import { Messaging } from './sandbox/sandbox.ts';
import { webhookQueue } from './sandbox/webhooks.ts';
import { agoraAccount } from '../stack/settings.ts';
import { ScheduleBook } from './schedules.ts';
import { Seeder } from './seed.ts';
import { TaskServer } from './tasks.ts';
import { LOCAL_ACCOUNTS, PROVIDER_SECRETS, WEBHOOK_SECRETS } from '../stack/settings.ts';
import { unhandledChanges } from './triggers.ts';
import { busyWorkers, countersSince, readWorkers, sumCounters, type Counters } from './workers.ts';

/** One stack's time, queues, recorders and people. */
export class World {
  readonly backend: Backend;
  readonly clock: VirtualClock;
  readonly tasks: TaskServer;
  /** What the sandbox has to tell the functions. */
  readonly webhooks: TaskServer;
  readonly agora: AgoraSandbox;
  readonly messaging: Messaging;
  readonly razorpay: Razorpay;
  readonly recorders: Recorders;
  /** What has really gone wrong on purpose since the faults were last cleared. */
  readonly injected = new InjectedFaults();
  readonly beats: Beats;
  readonly killer: Killer;
  readonly driver: Driver;
  readonly seeder: Seeder;
  readonly #dir: string;
  readonly #schedules: ScheduleBook;
  readonly #watched: readonly string[];
  #baseline: Counters = sumCounters([]);
  #emptiedMs = 0;
  #furnish: () => Promise<void> = async () => undefined;

  /**
   * @param dir the stack's folder
   * @param triggers what the bundle exports for the stack to call
   */
  constructor(dir: string, backend: Backend, clock: VirtualClock, triggers: Triggers) {
    this.#dir = dir;
    this.#watched = triggers.documents;
    this.backend = backend;
    this.clock = clock;
    const counting = (prefix: string) => ({
      injected: (fault: string) => this.injected.hit(`${prefix}.${fault}`),
    });
    this.tasks = new TaskServer({
      nowMs: () => clock.nowMs(),
      dispatch: (delivery) => deliverTask(backend, delivery),
      random: Math.random,
      ...counting('tasks'),
    });
    const nowMs = () => clock.nowMs();
    this.recorders = new Recorders(nowMs, counting('pushes').injected);
    this.webhooks = webhookQueue({
      nowMs,
      random: Math.random,
      dispatch: (delivery) => deliverWebhook(backend, delivery),
      ...counting('webhooks'),
    });
    this.agora = new AgoraSandbox({
      nowMs,
      random: Math.random,
      webhooks: this.webhooks,
      ...agoraAccount(),
      ...counting('agora'),
    });
    this.messaging = new Messaging({
      nowMs,
      random: Math.random,
      ...counting('messages'),
      record: (message) => this.recorders.addMessage(message),
      webhooks: this.webhooks,
    });
    this.razorpay = new Razorpay({
      nowMs,
      random: Math.random,
      webhooks: this.webhooks,
      account: {
        accountId: LOCAL_ACCOUNTS.razorpayAccountId,
        keyId: LOCAL_ACCOUNTS.razorpayKeyId,
        keySecret: PROVIDER_SECRETS.razorpayKey,
        webhookSecret: WEBHOOK_SECRETS.razorpayWebhook,
      },
      ...counting('razorpay'),
    });
    this.beats = new Beats(backend.db);
    this.killer = new Killer(() => busyWorkers(dir));
    this.seeder = new Seeder(backend, () => new Date(clock.nowMs()));
    this.#schedules = new ScheduleBook(triggers.schedules, clock.nowMs());
    this.driver = new Driver({
      clock,
      tasks: inOrder(this.tasks, this.webhooks),
      schedules: this.#schedules,
      fire: (name, atMs) => fireSchedule(backend, name, atMs),
      shiftSilent: (deltaMs) => this.beats.shift(deltaMs),
      workFromMs: () => this.#workFromMs(),
    });
  }

  /** What is at work: workers, deliveries, schedules, triggers and, if asked for, due entries of the outbox. */
  async busy(withOutbox: boolean): Promise<Busy> {
    const busy = busyWorkers(this.#dir).map((worker) => `${worker.service} (${worker.inFlight} in flight)`);
    if (this.tasks.inFlight > 0) busy.push(`${this.tasks.inFlight} task deliveries`);
    if (this.webhooks.inFlight > 0 || this.webhooks.due) busy.push('webhooks');
    if (this.driver.firing) busy.push('a scheduled function');
    const changes = { workers: readWorkers(this.#dir), sinceMs: this.#emptiedMs };
    const unhandled = await unhandledChanges(this.backend.db, this.#watched, changes);
    busy.push(...unhandled.map((path) => `the trigger of ${path}`));
    if (!withOutbox) return busy;
    const dueMs = await outboxDueMs(this.backend.db);
    if (dueMs !== undefined && dueMs <= this.clock.nowMs()) busy.push('due outbox entries');
    return busy;
  }

  /** @returns what was still at work when time ran out */
  async idle(limitMs: number, withOutbox = true): Promise<Busy> {
    return waitUntilIdle(() => this.busy(withOutbox), limitMs);
  }

  /** Counts since the last `resetCounters`. */
  counters(): Counters {
    return countersSince(sumCounters(readWorkers(this.#dir)), this.#baseline);
  }

  resetCounters(): void {
    this.#baseline = sumCounters(readWorkers(this.#dir));
  }

  /** Real time of the last reset; 0 before the first. */
  get emptiedMs(): number {
    return this.#emptiedMs;
  }

  /** Empties the world and sets its clock to real time. */
  async reset(): Promise<void> {
    this.killer.reset();
    this.injected.clear();
    this.messaging.misbehave(NO_MESSAGE_FAULTS);
    await this.tasks.reset();
    await this.webhooks.reset();
    this.razorpay.reset();
    await this.beats.reset();
    await this.backend.clear();
    this.#emptiedMs = Date.now();
    this.recorders.clear();
    this.agora.clear();
    this.clock.reset();
    this.#schedules.restart(this.clock.nowMs());
    await this.#furnish();
    this.resetCounters();
  }

  /** What an emptied world is to have from then on. */
  afterReset(furnish: () => Promise<void>): void {
    this.#furnish = furnish;
  }

  /** Whether the stack misbehaves on purpose. */
  get misbehaving(): boolean {
    return this.tasks.misbehaving || this.killer.armed || this.killer.killed > 0;
  }

  stop(): void {
    this.driver.stop();
    this.beats.stop();
    this.killer.disarm();
  }

  /** A sweep finds something when somebody is silent, something was broken, or the database says so. */
  async #workFromMs(): Promise<number> {
    if (this.misbehaving || (await this.beats.silentInCalls())) return -Infinity;
    const { db } = this.backend;
    const [outboxMs, callMs, presenceMs] = await Promise.all([
      outboxDueMs(db),
      callDeadlineMs(db),
      this.#presenceDueMs(),
    ]);
    return Math.min(outboxMs ?? Infinity, callMs ?? Infinity, presenceMs);
  }

  /**
   * When the sweep has a lease to note. Moving the clock ages only the silent; the leases of all others run out in real
   * time, so they count when they have.
   */
  async #presenceDueMs(): Promise<number> {
    const { db } = this.backend;
    const nowMs = this.clock.nowMs();
    const realMs = nowMs - this.clock.leadMs();
    const [anyMs = Infinity, silentMs = Infinity] = await Promise.all([
      presenceLeftMs(db, realMs),
      presenceLeftMs(db, realMs, this.beats.silent),
    ]);
    return nowMs + Math.min(silentMs, anyMs < 0 ? anyMs : Infinity);
  }
}

/** The clock of a new stack; its state file exists when this returns. */
export function startClock(dir: string): VirtualClock {
  return new VirtualClock(() => Date.now(), saveToFile(dir));
}
