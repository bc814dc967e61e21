/**
 * One world: the real use cases on the store in memory, with a clock, a queue and gateways that the schedule owns. Every
 * point at which an invocation waits lies in the scheduler, and there it can be slowed down, refused or killed.
 */
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import type { Call } from '../../functions/src/calls/documents.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import type { Clock } from '../../functions/src/platform/clock.ts';
import type { Access } from '../../functions/src/platform/contract.ts';
import { Refusal } from '../../functions/src/platform/errors.ts';
import {
  MemoryStore,
  type Fault,
  type Pause,
  type PausePoint,
} from '../../functions/src/platform/store/memory.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Settings } from '../../functions/src/settings.ts';
import { runTask, sweepAll } from '../../functions/src/sweeps.ts';
import { Beats } from './beats.ts';
import { countChange } from './countChange.ts';
import type { Counter, Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import { drawRates, HEALED, type FaultRates } from './faults.ts';
import { cardProblem, leaseLapses } from './listeners.ts';
import { Auditor, type AuditEvents, type Settlement } from './invariants.ts';
import { SimulatedQueue } from './queue.ts';
import { Random } from './random.ts';
import { ADMIN, drawSettings } from './scene.ts';
import { Scheduler, type Invocation } from './scheduler.ts';
import { Shop } from './shop.ts';

const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2030, 0, 1);
/** From here on nothing fails any more, and everything must come to rest. */
export const HEALED_MS = START_MS + 3 * HOUR_MS;
/** The last sweep. Every call has ended long before. */
const END_MS = START_MS + 7 * HOUR_MS;
const SWEEP_MS = 60_000;

/** What came of an invocation, as far as its client can know. */
export type Result<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** An internal error, or no answer at all: it may or may not have happened. */
  | { readonly kind: 'unknown' };

/** One line of what happened, for the report of a violation and for comparing two runs. */
export interface LogLine {
  readonly atMs: number;
  readonly run: number;
  readonly name: string;
  readonly what: string;
  readonly paths: readonly string[];
}

/** A fault that the schedule made: nobody is to blame for it. */
class Injected extends Error {
  override name = 'Injected';
}

/** Where an invocation can be stopped: in the store, and at a provider. */
type Point = PausePoint | 'port';

const NO_FAULT: Promise<Fault | undefined> = Promise.resolve(undefined);
/** What an operation may write although it refuses: a token is counted also when what follows fails. */
const COUNTED: Readonly<Record<string, RegExp>> = { token: /^calls\/[^/]+\/beats\//u };
/** The one refusal that tells somebody: a listener learns who called while they were offline. */
const MISSED_ATTEMPT = /^(limits\/caller-\d|limits\/listener-\d|outbox\/missed-[\w-]+)$/u;

export interface WorldOptions {
  readonly seed: number;
  readonly counters: Counters;
  readonly defect?: Defect | undefined;
  /** For a story of its own: what is not drawn. */
  readonly fixed?: { readonly rates: FaultRates; readonly settings: Settings };
  /** Asked at every point at which an invocation waits: whether it dies there. */
  readonly dies?: (run: Invocation) => boolean;
}

export class World {
  readonly seed: number;
  readonly counters: Counters;
  readonly random: Random;
  readonly scheduler = new Scheduler(START_MS);
  readonly settings: Settings;
  readonly store: MemoryStore;
  readonly auditor: Auditor;
  readonly beats: Beats;
  readonly shop = new Shop();
  readonly ports: AppPorts;
  readonly log: LogLine[] = [];
  /** Channels that the media provider was told to close. */
  readonly closedChannels = new Set<string>();
  readonly #rates: FaultRates;
  /** When the sweep takes up what lies in the outbox, by path. */
  readonly #outbox = new Map<string, number>();
  readonly #clock: Clock;
  readonly #dies: WorldOptions['dies'];
  #runs = 0;
  #skipSweepUntilMs = 0;
  /** The first invariant that did not hold. */
  violation: string | undefined;
  /** Clients watch the documents of their calls. */
  onCallChanged: AuditEvents['callChanged'] = () => undefined;

  constructor({ seed, counters, defect, fixed, dies }: WorldOptions) {
    this.seed = seed;
    this.#dies = dies;
    this.counters = counters;
    this.random = new Random(seed);
    this.#rates = fixed?.rates ?? drawRates(this.random);
    this.settings = fixed?.settings ?? drawSettings(this.random);
    this.store = new MemoryStore({ pause: this.#pause });
    this.beats = new Beats(this.store, this.settings.limits.callBeatLostSec);
    this.auditor = new Auditor(this.store, {
      violated: (invariant) => this.violated(invariant),
      callChanged: (callId, before, after) => this.#callChanged(callId, before, after),
      settled: (settlement) => this.#settled(settlement),
    });
    this.#clock = {
      now: () => new Date(this.scheduler.nowMs),
      fromServerTime: (at) => at,
      toServerTime: (at) => at,
      authSec: () => 0,
    };
    this.ports = this.#makePorts(defect);
    if (defect?.noSweep !== true) this.#sweepAt(START_MS + SWEEP_MS);
  }

  get rates(): FaultRates {
    return this.scheduler.nowMs < HEALED_MS ? this.#rates : HEALED;
  }

  hit(counter: Counter): void {
    this.counters.hit(counter);
  }

  violated(invariant: string): void {
    this.violation ??= invariant;
  }

  /** Someone who asks. */
  actor(uid: string, access: Access = 'registered'): Actor {
    return new Actor({ uid, authTimeSec: 0, admin: uid === ADMIN, phone: null }, access, this.#clock);
  }

  /** Runs a use case as an invocation of its own; the answer takes its time too. */
  async invoke<T>(name: string, work: (ports: AppPorts) => Promise<T>): Promise<Result<T>> {
    return await new Promise((resolve) => {
      const answer = (result: Result<T>): void => {
        this.#note(run, result.kind === 'refused' ? result.refusal.reason : result.kind);
        this.scheduler.at(this.scheduler.nowMs + this.#stepMs(), () => resolve(result));
      };
      const run = this.#newRun(name, () => answer({ kind: 'unknown' }));
      const fail = (fault: unknown): void => answer(this.#failure(run, fault));
      const begin = (): void => void work(this.ports).then((value) => answer({ kind: 'ok', value }), fail);
      this.scheduler.at(this.scheduler.nowMs + this.#stepMs(), begin, run);
    });
  }

  #newRun(name: string, died: () => void): Invocation {
    const crashIn = this.random.chance(this.rates.crash) ? this.random.integer(1, 9) : 0;
    const startedMs = this.scheduler.nowMs;
    return { id: ++this.#runs, name, startedMs, dead: false, died, crashIn, lostAck: false, wrote: [] };
  }

  #failure(run: Invocation, fault: unknown): Result<never> {
    if (fault instanceof Refusal) {
      this.#checkRefusal(run, fault);
      return { kind: 'refused', refusal: fault };
    }
    this.#suspect(fault instanceof Error ? `${fault.name}: ${fault.message}` : 'something was thrown');
    return { kind: 'unknown' };
  }

  /** The code's own assertions are invariants too. */
  #suspect(fault: string): void {
    const expected =
      /^Injected|^StoreError: the transaction found|^StoreError: the commit was not|makes no token/u;
    if (!expected.test(fault)) this.violated(`I0: the code met what it rules out: ${fault}`);
  }

  /** I9: what is refused has changed nothing, except that a deadline which had passed was carried out first. */
  #checkRefusal(run: Invocation, refusal: Refusal): void {
    if (run.wrote.length === 0) this.hit('refused without a write');
    // An answer that was lost on the way in makes the work meet its own change.
    if (run.lostAck) return;
    const wrote = run.wrote.filter((path) => COUNTED[run.name]?.test(path) !== true);
    if (wrote.length === 0) return;
    const told = run.name === 'start' && refusal.reason === 'CALLEE_OFFLINE';
    if (told && isMissedAttempt(wrote)) return this.hit('missed attempt told');
    const ended = wrote.some((path) => {
      const call = path.startsWith('calls/')
        ? this.auditor.calls.get(path.slice('calls/'.length))
        : undefined;
      return call?.endedBy === 'system';
    });
    if (refusal.reason === 'INVALID_TRANSITION' && ended) return;
    this.violated(`I9: ${run.name} was refused (${refusal.reason}) and wrote ${wrote.join(', ')}`);
  }

  readonly #pause: Pause = (point, paths) => {
    const run = this.scheduler.current;
    if (point === 'afterCommit') this.#applied(run, paths);
    if (run === undefined) return NO_FAULT;
    if (paths.some((path) => path.includes('beats'))) {
      this.beats.refresh(this.auditor.open, this.scheduler.nowMs);
    }
    return this.#suspend(run, point, paths);
  };

  #suspend(run: Invocation, point: Point, paths: readonly string[]): Promise<Fault | undefined> {
    this.#note(run, point, paths);
    const dies = (run.crashIn > 0 && --run.crashIn === 0) || this.#dies?.(run) === true;
    if (dies) this.#kill(run, point, paths.length > 0);
    const fault = run.dead || paths.length === 0 ? undefined : this.#faultAt(run, point);
    // The dead never go on: their promise stays open, and whoever waited for it is gone with them.
    return new Promise((resolve) => {
      if (!run.dead) this.scheduler.at(this.scheduler.nowMs + this.#stepMs(), () => resolve(fault), run);
    });
  }

  #kill(run: Invocation, point: Point, writes: boolean): void {
    run.dead = true;
    if (point === 'commit' && writes) this.hit('crash before commit');
    else if (point === 'afterCommit' && writes) this.hit('crash after commit');
    else this.hit('crash elsewhere');
    this.#note(run, 'dies');
    run.died();
  }

  #faultAt(run: Invocation, point: Point): Fault | undefined {
    if (point === 'commit' && this.random.chance(this.rates.aborted)) {
      this.hit('commit aborted');
      return 'abort';
    }
    if (point === 'afterCommit' && this.random.chance(this.rates.lostAck)) {
      this.hit('acknowledgement lost');
      run.lostAck = true;
      return 'lostAck';
    }
    return undefined;
  }

  #stepMs(): number {
    if (this.random.chance(this.rates.slow)) {
      this.hit('slow step');
      return this.random.between(1000, 90_000);
    }
    return Math.floor(this.random.next() * this.rates.stepMs);
  }

  #applied(run: Invocation | undefined, paths: readonly string[]): void {
    run?.wrote.push(...paths);
    for (const path of paths) {
      if (path.startsWith('outbox/')) this.#outboxChanged(path);
      else if (path.includes('/beats/')) this.beats.written(path);
    }
    this.auditor.committed(paths, this.scheduler.nowMs);
    const problem = cardProblem(this, paths);
    if (problem !== undefined) this.violated(problem);
  }

  #outboxChanged(path: string): void {
    const notBefore = this.store.read(path)?.['notBefore'];
    if (notBefore instanceof Date) this.#outbox.set(path, notBefore.getTime());
    else if (this.#outbox.delete(path) && this.scheduler.current?.name === 'sweep') this.hit('outbox swept');
  }

  #callChanged(callId: string, before: Call | undefined, after: Call): void {
    countChange(this.counters, before, after);
    const run = this.scheduler.current;
    if (after.state === 'ended' && run?.name === 'sweep') {
      this.hit('sweep settle');
      const paidFor =
        before?.state === 'ongoing' ? this.beats.overpaid(callId, after, run.startedMs) : undefined;
      if (paidFor !== undefined) this.violated(`I15: call ${callId} ${paidFor}`);
    }
    this.onCallChanged(callId, before, after);
  }

  #settled({ call, heldCoins, chargeCoins, promotionalCoins }: Settlement): void {
    if (chargeCoins < heldCoins) this.hit('surplus release');
    if (call.connectedAt !== null && heldCoins > 0 && chargeCoins === 0) this.hit('free call settled');
    if (promotionalCoins > 0) this.hit('bonus charged');
  }

  #sweepAt(atMs: number): void {
    this.scheduler.at(atMs, () => {
      if (atMs + SWEEP_MS <= END_MS) this.#sweepAt(atMs + SWEEP_MS);
      if (atMs < this.#skipSweepUntilMs) return this.hit('sweep skipped');
      if (this.random.chance(this.rates.sweepSkipped)) {
        this.#skipSweepUntilMs = atMs + this.random.between(1, 15) * SWEEP_MS;
      }
      // A sweep that finds nothing changes nothing; a few run all the same.
      if (this.#sweepMatters() || this.random.chance(0.01)) void this.invoke('sweep', sweepAll);
    });
  }

  /** Whether a sweep that begins now can find anything before it ends. */
  #sweepMatters(): boolean {
    const endMs = this.scheduler.nowMs + 3 * this.rates.stepMs;
    if (leaseLapses(this, endMs)) return true;
    for (const notBeforeMs of this.#outbox.values()) if (notBeforeMs <= endMs) return true;
    for (const [callId, call] of this.auditor.open) {
      if ((call.deadlineAt?.getTime() ?? 0) <= endMs) return true;
      if (this.beats.mayBeStale(callId, call, endMs)) return true;
    }
    return false;
  }

  #makePorts(defect: Defect | undefined): AppPorts {
    const { scheduler, random, counters, store } = this;
    const push = async () => {
      await this.#portStep('pushRefused', 'push refused');
      return { gone: [] };
    };
    const tasks = new SimulatedQueue({
      scheduler,
      random,
      counters,
      rates: () => this.rates,
      deliver: async (payload) => {
        const result = await this.invoke('deadline', async (ports) => await runTask(ports, payload));
        return result.kind === 'ok';
      },
      step: async (effect) => await this.#portStep('tasksRefused', 'tasks refused', effect),
    });
    const ports: AppPorts = {
      store: defect?.store?.(store) ?? store,
      clock: this.#clock,
      log: { write: (severity, message, fields) => this.#logged(severity, fields?.fault ?? message) },
      ids: { random128: () => random.hex128(), integer: (max) => random.integer(1, max) },
      ...silentGateways(),
      tasks,
      payments: {
        razorpay: this.shop.gateway(async () => await this.#portStep('mediaRefused', 'gateway silent')),
      },
      push: { send: push },
      media: {
        credentials: async (request) => await Promise.resolve(this.#credentials(request)),
        closeChannel: async ({ channel }) => {
          await this.#portStep('mediaRefused', 'media refused', () => this.closedChannels.add(channel));
        },
      },
      settings: async () => await Promise.resolve(this.settings),
      deliver: async (effect) => await deliverEffect(ports, effect),
    };
    return ports;
  }

  #logged(severity: string, text: string): void {
    if (severity === 'ERROR' || text.includes('invariant broken')) this.#suspect(text);
  }

  #credentials(request: { channel: string; uid: number; expiresAt: Date }) {
    if (this.random.chance(this.rates.tokenFailed)) {
      this.hit('failed token');
      return undefined;
    }
    const { channel, uid, expiresAt } = request;
    return { provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt } as const;
  }

  /** A call of a provider: it may refuse, and it may do what was asked and then not say so. */
  async #portStep(
    fault: 'tasksRefused' | 'pushRefused' | 'mediaRefused',
    counter: Counter,
    effect: () => unknown = () => undefined,
  ): Promise<void> {
    const run = this.scheduler.current;
    if (run !== undefined) await this.#suspend(run, 'port', []);
    const refused = this.random.chance(this.rates[fault]);
    const done = !refused || this.random.chance(0.3);
    if (done) effect();
    // Where every point is tried, also the one between what a provider does and its answer.
    if (run !== undefined && this.#dies !== undefined) await this.#suspend(run, 'port', []);
    if (!refused) return;
    this.hit(done ? 'port answer lost' : counter);
    throw new Injected(counter);
  }

  #note(run: Invocation, what: string, paths: readonly string[] = []): void {
    this.log.push({ atMs: this.scheduler.nowMs, run: run.id, name: run.name, what, paths });
  }
}

/** Whether no more was written than one push, posted and delivered, and the count of it. */
function isMissedAttempt(paths: readonly string[]): boolean {
  const documents = new Set(paths);
  return documents.size === 2 && [...documents].every((path) => MISSED_ATTEMPT.test(path));
}
