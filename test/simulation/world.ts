/**
 * One world: the real use cases on the store in memory, with a clock, a queue and gateways that the schedule owns. Every
 * point at which an invocation waits lies in the scheduler, and there it can be slowed down, refused or killed.
 */
import type { Call } from '../../functions/src/calls/documents.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import type { Clock } from '../../functions/src/platform/clock.ts';
import type { Access } from '../../functions/src/platform/contract.ts';
import { Refusal } from '../../functions/src/platform/errors.ts';
import { MemoryStore, type Fault, type Pause } from '../../functions/src/platform/store/memory.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Settings } from '../../functions/src/settings.ts';
import { Agora } from './agora.ts';
import { Beats } from './beats.ts';
import { countChange } from './countChange.ts';
import type { Counter, Counters } from './counters.ts';
import { isMeant, type Defect } from './defects.ts';
import { drawRates, HEALED, type FaultRates, type Rate } from './faults.ts';
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
import { Steps } from './steps.ts';
import { changedTerms, termsProblem } from './terms.ts';
import { Versions } from './versions.ts';

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

const NO_FAULT: Promise<Fault | undefined> = Promise.resolve(undefined);
/** The canary fails one schedule in so many. */
const CANARY_SEEDS = 100;

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
  /** Only these faults, and all of them often. */
  readonly only?: readonly Rate[] | undefined;
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
  readonly #defect: Defect | undefined;
  readonly #schedules: Schedules;
  readonly #steps: Steps;
  readonly #versions: Versions;
  readonly #clocksOff = new Map<string, number>();
  #runs = 0;
  /** The first invariant that did not hold. */
  violation: string | undefined;
  /** Clients watch the documents of their calls. */
  onCallChanged: AuditEvents['callChanged'] = () => undefined;

  constructor({ seed, counters, defect, fixed, dies, only, everyPoint = false }: WorldOptions) {
    this.seed = seed;
    this.everyPoint = everyPoint;
    this.#dies = dies;
    this.#defect = defect;
    this.counters = counters;
    this.random = new Random(seed);
    this.#rates = fixed?.rates ?? drawRates(this.random, only);
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
    const note = this.#note.bind(this);
    this.#steps = new Steps({ world: this, note, dies });
    this.ports = makeWorldPorts(this, this.#clock, defect);
    this.#versions = new Versions(this, this.ports);
    if (defect?.noSweep !== true) this.#schedules.begin();
    if (defect?.canary === true && seed % CANARY_SEEDS === 0)
      this.scheduler.at(START_MS + HOUR_MS, () => this.violated('I0: the canary was asked to be found'));
  }

  get rates(): FaultRates {
    return this.scheduler.nowMs < HEALED_MS ? this.#rates : HEALED;
  }

  hit(counter: Counter): void {
    this.counters.hit(counter);
  }

  /** Whether somebody asks for the same twice at once. */
  tapsTwice(): boolean {
    const twice = this.random.chance(this.rates.doubleTap);
    if (twice) this.hit('double tap');
    return twice;
  }

  /** How much somebody's clock is ahead, in seconds. */
  clockOffSec(uid: string): number {
    if (!this.random.chance(this.rates.clockOff)) return 0;
    let offSec = this.#clocksOff.get(uid);
    if (offSec === undefined) this.#clocksOff.set(uid, (offSec = this.random.between(-600, 600)));
    this.hit('client clock off');
    return offSec;
  }

  violated(invariant: string): void {
    if (this.counts(invariant)) this.violation ??= invariant;
  }

  /** Whether a violation is one: with a defect only what is meant to find it. */
  counts(invariant: string): boolean {
    return isMeant(this.#defect, invariant);
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
        run.answered = true;
        const heard = this.#heard(result);
        this.scheduler.at(this.scheduler.nowMs + this.#steps.ordinaryMs(), () => resolve(heard));
      };
      const { ports, settings } = this.#versions.serving();
      const run = this.#newRun({ name, settings, died: () => answer({ kind: 'unknown' }) });
      const fail = (fault: unknown): void => answer(this.#failure(run, fault));
      const begin = (): void => void work(ports).then((value) => answer({ kind: 'ok', value }), fail);
      this.scheduler.at(this.scheduler.nowMs + this.#steps.ordinaryMs(), begin, run);
    });
  }

  /** What arrives of an answer. */
  #heard<T>(result: Result<T>): Result<T> {
    if (result.kind === 'unknown' || !this.random.chance(this.rates.answerLost)) return result;
    this.hit('answer lost');
    return { kind: 'unknown' };
  }

  #newRun(asked: Pick<Invocation, 'name' | 'settings' | 'died'>): Invocation {
    const crashIn = this.random.chance(this.rates.crash) ? this.random.integer(1, 9) : 0;
    const begun = { ...asked, id: ++this.#runs, startedMs: this.scheduler.nowMs, crashIn };
    return { ...begun, dead: false, late: false, answered: false, lostAck: false, reading: [], wrote: [] };
  }

  #failure(run: Invocation, fault: unknown): Result<never> {
    if (fault instanceof Refusal) {
      const problem = refusalProblem(this, run, fault);
      if (problem !== undefined) this.violated(problem);
      return { kind: 'refused', refusal: fault };
    }
    this.#suspectFault(fault);
    return { kind: 'unknown' };
  }

  #suspectFault(fault: unknown): void {
    if (fault instanceof AggregateError) for (const one of fault.errors) this.#suspectFault(one);
    else this.#suspect(fault instanceof Error ? `${fault.name}: ${fault.message}` : 'something was thrown');
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
    return this.#steps.suspend(run, point, paths);
  };

  #applied(run: Invocation | undefined, paths: readonly string[]): void {
    run?.wrote.push(...paths);
    for (const path of paths) {
      this.#schedules.written(path);
      if (path.includes('/beats/')) this.#beatStored(path);
      const lost = this.#versions.written(path);
      if (lost !== undefined) this.violated(lost);
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
    this.#agreed(callId, before, after, run);
    this.#follow(callId, before, after);
    if (after.state === 'ended' && run?.name === 'sweep') {
      this.hit('sweep settle');
      const paidFor =
        before?.state === 'ongoing' ? this.beats.overpaid(callId, after, run.startedMs) : undefined;
      if (paidFor !== undefined) this.violated(`I15: call ${callId} ${paidFor}`);
    }
    this.onCallChanged(callId, before, after);
  }

  /** I14: a call costs what was in force when it began, to its end. */
  #agreed(callId: string, before: Call | undefined, after: Call, run: Invocation | undefined): void {
    const settings = run?.settings ?? this.settings;
    const problem = before === undefined ? termsProblem(after, settings) : changedTerms(before, after);
    if (problem !== undefined) this.violated(`I14: call ${callId} ${problem}`);
  }

  /** I14: what a call came to follows from what happened around it. */
  #follow(callId: string, before: Call | undefined, after: Call): void {
    if (before?.state === 'connecting' && after.state === 'ongoing') {
      this.script.connected(callId);
      if (after.evidence.at(-1)?.source === 'media') this.hit('connected by media');
    }
    if (after.state !== 'ended') return;
    this.#versions.ended(after);
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
    if (run !== undefined) await this.#steps.suspend(run, 'port', []);
  }

  /** Where every point is tried for a crash, also the one between what a provider does and its answer. */
  async answerPause(): Promise<void> {
    const run = this.scheduler.current;
    if (run !== undefined && this.#dies !== undefined) await this.#steps.suspend(run, 'answer', []);
  }

  #note(run: Invocation, what: string, paths: readonly string[] = []): void {
    this.log.push({ atMs: this.scheduler.nowMs, run: run.id, name: run.name, what, paths });
  }
}
