/**
 * One world: the real use cases on the store in memory, with a clock, a queue and gateways that the schedule owns. Every
 * point at which an invocation waits lies in the scheduler, and there it can be slowed down, refused or killed.
 */
import type { Call } from '../../functions/src/calls/documents.ts';
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
import { Agora } from './agora.ts';
import { Beats } from './beats.ts';
import { countChange } from './countChange.ts';
import type { Counter, Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import { drawRates, HEALED, type FaultRates } from './faults.ts';
import { makeWorldPorts } from './gateways.ts';
import { cardProblem } from './listeners.ts';
import { Auditor, type AuditEvents, type Settlement } from './invariants.ts';
import type { Result, Surroundings } from './parts.ts';
import { Random } from './random.ts';
import { timingProblem } from './reference.ts';
import { refusalProblem } from './refusals.ts';
import { ADMIN, drawSettings } from './scene.ts';
import { Scheduler, type Invocation } from './scheduler.ts';
import { Schedules } from './schedules.ts';
import { Script } from './script.ts';
import { Shop } from './shop.ts';

const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2030, 0, 1);
/** From here on nothing fails any more, and everything must come to rest. */
export const HEALED_MS = START_MS + 3 * HOUR_MS;

/** One line of what happened, for the report of a violation and for comparing two runs. */
export interface LogLine {
  readonly atMs: number;
  readonly run: number;
  readonly name: string;
  readonly what: string;
  readonly paths: readonly string[];
}

/** Where an invocation can be stopped: in the store, at a provider, and before an answer arrives. */
type Point = PausePoint | 'port' | 'answer';

const NO_FAULT: Promise<Fault | undefined> = Promise.resolve(undefined);
export interface WorldOptions {
  readonly seed: number;
  readonly counters: Counters;
  readonly defect?: Defect | undefined;
  /** For a story of its own: what is not drawn. */
  readonly fixed?: { readonly rates: FaultRates; readonly settings: Settings };
  /** Asked at every point at which an invocation waits: whether it dies there. */
  readonly dies?: (run: Invocation) => boolean;
  /** Whether none of these points may be left out, not even those with no effect before them. */
  readonly everyPoint?: boolean;
}

export class World implements Surroundings {
  readonly seed: number;
  readonly counters: Counters;
  readonly random: Random;
  readonly scheduler = new Scheduler(START_MS);
  readonly settings: Settings;
  readonly store: MemoryStore;
  readonly auditor: Auditor;
  readonly beats: Beats;
  readonly shop: Shop;
  readonly agora: Agora;
  readonly script: Script;
  readonly ports: AppPorts;
  readonly log: LogLine[] = [];
  readonly everyPoint: boolean;
  readonly #rates: FaultRates;
  readonly #clock: Clock;
  readonly #dies: WorldOptions['dies'];
  readonly #schedules: Schedules;
  #runs = 0;
  /** The first invariant that did not hold. */
  violation: string | undefined;
  /** Clients watch the documents of their calls. */
  onCallChanged: AuditEvents['callChanged'] = () => undefined;

  constructor({ seed, counters, defect, fixed, dies, everyPoint = false }: WorldOptions) {
    this.seed = seed;
    this.everyPoint = everyPoint;
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
    this.script = new Script(() => this.scheduler.nowMs);
    this.shop = new Shop(this);
    // Where nobody has switched the notices on, the apps alone say who has come.
    this.agora = new Agora(this, fixed !== undefined || this.random.chance(0.85));
    this.#schedules = new Schedules(this);
    this.ports = makeWorldPorts(this, this.#clock, defect);
    if (defect?.noSweep !== true) this.#schedules.begin();
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
      const problem = refusalProblem(this, run, fault);
      if (problem !== undefined) this.violated(problem);
      return { kind: 'refused', refusal: fault };
    }
    this.#suspect(fault instanceof Error ? `${fault.name}: ${fault.message}` : 'something was thrown');
    return { kind: 'unknown' };
  }

  /** The code's own assertions are invariants too. */
  #suspect(fault: string): void {
    const expected =
      /^Injected|^PaymentGatewayFault|^StoreError: the transaction found|^StoreError: the commit was not|makes no token|is not what was ordered|of another account/u;
    if (!expected.test(fault)) this.violated(`I0: the code met what it rules out: ${fault}`);
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
      this.#schedules.written(path);
      if (path.includes('/beats/')) this.#beatStored(path);
    }
    this.auditor.committed(paths, this.scheduler.nowMs);
    const problem = cardProblem(this, paths);
    if (problem !== undefined) this.violated(problem);
  }

  #beatStored(path: string): void {
    this.beats.written(path);
    const [, callId = '', , uid] = path.split('/');
    const call = this.auditor.open.get(callId);
    if (call !== undefined) this.script.beatStored(callId, call.callerId === uid ? 'caller' : 'callee');
  }

  #callChanged(callId: string, before: Call | undefined, after: Call): void {
    countChange(this.counters, before, after);
    const run = this.scheduler.current;
    this.#follow(callId, before, after);
    if (after.state === 'ended' && run?.name === 'sweep') {
      this.hit('sweep settle');
      const paidFor =
        before?.state === 'ongoing' ? this.beats.overpaid(callId, after, run.startedMs) : undefined;
      if (paidFor !== undefined) this.violated(`I15: call ${callId} ${paidFor}`);
    }
    this.onCallChanged(callId, before, after);
  }

  /** I14: what a call came to follows from what happened around it. */
  #follow(callId: string, before: Call | undefined, after: Call): void {
    if (before?.state === 'connecting' && after.state === 'ongoing') {
      this.script.connected(callId);
      if (after.evidence.at(-1)?.source === 'media') this.hit('connected by media');
    }
    if (after.state !== 'ended') return;
    this.script.ended(callId);
    if (
      after.endReason === 'connection_lost' &&
      before?.mediaTracks.caller.leftAt !== before?.mediaTracks.callee.leftAt
    )
      this.hit('lost by media');
    const problem = timingProblem(after, this.script.of(callId));
    if (problem !== undefined) this.violated(`I14: call ${callId} (${after.endReason ?? ''}) ${problem}`);
  }

  #settled({ call, heldCoins, chargeCoins, promotionalCoins }: Settlement): void {
    if (chargeCoins < heldCoins) this.hit('surplus release');
    if (call.connectedAt !== null && heldCoins > 0 && chargeCoins === 0) this.hit('free call settled');
    if (promotionalCoins > 0) this.hit('bonus charged');
  }

  /** What the code has logged: an ERROR is a finding, unless the schedule has caused it on purpose. */
  logged(severity: string, text: string): void {
    if (severity === 'ERROR' || text.includes('invariant broken')) this.#suspect(text);
  }

  /** A call of a provider takes its time, and whoever makes it may die of it. */
  async portPause(): Promise<void> {
    const run = this.scheduler.current;
    if (run !== undefined) await this.#suspend(run, 'port', []);
  }

  /** Where every point is tried for a crash, also the one between what a provider does and its answer. */
  async answerPause(): Promise<void> {
    const run = this.scheduler.current;
    if (run !== undefined && this.#dies !== undefined) await this.#suspend(run, 'answer', []);
  }

  #note(run: Invocation, what: string, paths: readonly string[] = []): void {
    this.log.push({ atMs: this.scheduler.nowMs, run: run.id, name: run.name, what, paths });
  }
}
