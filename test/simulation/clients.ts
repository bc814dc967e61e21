/** What people do: they call, answer, talk, fall silent, buy coins, lose answers and try again. */
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { callHeartbeat } from '../../functions/src/calls/callHeartbeat.ts';
import { callToken } from '../../functions/src/calls/callToken.ts';
import type { Call, CallType, EndOperation, Party } from '../../functions/src/calls/documents.ts';
import {
  adminEndCall,
  cancelCall,
  emergencyEnd,
  hangUp,
  rejectCall,
} from '../../functions/src/calls/endCall.ts';
import { getCall } from '../../functions/src/calls/getCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { derivedId } from '../../functions/src/platform/ids.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { Buyers } from './buyers.ts';
import { beHere, planSayings } from './comings.ts';
import { persist } from './persist.ts';
import { ADMIN, CALLERS, LISTENERS } from './scene.ts';
import { Talkers } from './talkers.ts';
import type { Result } from './parts.ts';
import { HEALED_MS, START_MS, type World } from './world.ts';

/** Calls begin in the faulty half and for an hour after it. */
const CALLS_UNTIL_SEC = (HEALED_MS - START_MS) / 1000 + 3600;
const MAX_RENEWALS = 5;

interface StartInput {
  readonly calleeId: string;
  readonly type: CallType;
  readonly requestId: string;
}

export class Clients {
  readonly buyers: Buyers;
  readonly #world: World;
  readonly #talkers: Talkers;
  /** The input that a start's requestId stands for since it succeeded. */
  readonly #started = new Map<string, StartInput>();

  constructor(world: World) {
    this.#world = world;
    this.buyers = new Buyers(world);
    this.#talkers = new Talkers(world);
    world.onCallChanged = (callId, before, after) => this.#watch(callId, before, after);
  }

  /** Plans the whole schedule: what is not a reaction to something. */
  plan(): void {
    const { random } = this.#world;
    const calls = random.integer(4, 8);
    let atSec = 0;
    for (let count = 0; count < calls; count++) {
      // Some calls come close together: two callers of one listener, or two people who call each other.
      atSec =
        count > 0 && random.chance(0.35) ? atSec + random.between(0, 6) : random.between(60, CALLS_UNTIL_SEC);
      const crossed = random.chance(0.15);
      const callerId = crossed ? random.pick(LISTENERS) : random.pick([...CALLERS, LISTENERS[0]]);
      const calleeId = random.pick(LISTENERS.filter((uid) => uid !== callerId));
      void this.#call(atSec, callerId, calleeId);
      if (crossed && random.chance(0.5)) void this.#call(atSec + random.next(), calleeId, callerId);
    }
    this.buyers.plan();
    planSayings(this.#world);
  }

  async #call(atSec: number, callerId: string, calleeId: string): Promise<void> {
    const { random, scheduler } = this.#world;
    await scheduler.sleep(atSec);
    if (random.chance(0.95)) await beHere(this.#world, calleeId);
    const type = random.chance(0.85) ? 'audio' : 'video';
    const input: StartInput = { calleeId, type, requestId: random.hex128() };
    const other: CallType = type === 'audio' ? 'video' : 'audio';
    if (this.#world.tapsTwice()) void this.#start(callerId, input);
    // The same requestId with other input, at once or later: whoever comes second must be refused.
    if (random.chance(0.03)) void this.#start(callerId, { ...input, type: other });
    const result = await this.#start(callerId, input);
    if (random.chance(0.1)) void this.#start(callerId, { ...input, type: other });
    const reason = result.kind === 'refused' ? result.refusal.reason : '';
    if (reason === 'INSUFFICIENT_COINS' && random.chance(0.5)) {
      await this.buyers.credit(callerId);
      void this.#start(callerId, input);
    }
  }

  async #start(callerId: string, input: StartInput): Promise<Result<unknown>> {
    const world = this.#world;
    const result = await persist(
      world,
      'start',
      async (ports) => await startCall(ports, world.actor(callerId), input),
    );
    if (result.kind === 'ok') {
      const first = this.#started.get(input.requestId) ?? input;
      this.#started.set(input.requestId, first);
      if (first.type !== input.type)
        world.violated(`I12: start ${input.requestId} succeeded with two inputs`);
      this.#checkStarted(input, result.value);
    }
    if (result.kind !== 'refused') return result;
    const { reason, details } = result.refusal;
    if (reason === 'CALLER_BUSY' && details['callId'] === derivedId('calls/start', callerId, input.requestId))
      world.violated(`I12: start ${input.requestId} was refused because of the call that it has made`);
    if (reason === 'IDEMPOTENCY_MISMATCH') world.hit('idempotency mismatch');
    if (reason === 'CALLER_BUSY' && details['role'] === 'callee') world.hit('glare');
    if (reason === 'CALLEE_BUSY') world.hit('callee busy');
    if (reason === 'INSUFFICIENT_COINS') world.hit('insufficient coins');
    return result;
  }

  /** What was answered has happened, and as it was asked for. */
  #checkStarted(input: StartInput, answer: Pick<Call, 'coinsPerMinute'> & { readonly callId: string }): void {
    const { callId, coinsPerMinute } = answer;
    const call = this.#world.auditor.calls.get(callId);
    if (call === undefined) return this.#world.violated(`I9: call ${callId} was answered and never made`);
    const right =
      call.type === input.type && call.calleeId === input.calleeId && call.coinsPerMinute === coinsPerMinute;
    if (!right) this.#world.violated(`I14: call ${callId} is not what was asked for and answered`);
  }

  /** Both parties watch the call's document. */
  #watch(callId: string, before: Call | undefined, call: Call): void {
    if (before?.state === call.state) return;
    if (call.state === 'ringing') this.#ring(callId, call);
    else if (call.state === 'connecting') this.#connect(callId, call);
    else if (call.state === 'ongoing') this.#talk(callId, call);
    else this.#lookBack(callId, call);
  }

  #ring(callId: string, call: Call): void {
    const { random } = this.#world;
    const answer = random.weighted({ accept: 74, late: 5, reject: 6, end: 3, ignore: 8, emergency: 1 });
    const afterSec = random.between(0.5, 45);
    if (answer === 'accept') this.#accept(callId, call, afterSec);
    else if (answer === 'late') this.#accept(callId, call, random.between(55, 70));
    else if (answer === 'reject') this.#end(callId, call, { by: 'callee', operation: 'reject', afterSec });
    else if (answer === 'end') this.#end(callId, call, { by: 'callee', operation: 'end', afterSec });
    else if (answer === 'emergency')
      this.#end(callId, call, { by: 'callee', operation: 'emergencyEnd', afterSec });
    if (random.chance(0.08)) {
      const cancelSec = random.chance(0.4) ? afterSec : random.between(0.5, 62);
      const operation = random.pick(['cancel', 'end'] as const);
      this.#end(callId, call, { by: 'caller', operation, afterSec: cancelSec });
    }
  }

  #accept(callId: string, call: Call, afterSec: number): void {
    const { random } = this.#world;
    void this.#acceptOn(callId, call.calleeId, afterSec);
    if (random.chance(0.12)) void this.#acceptOn(callId, call.calleeId, afterSec + random.between(0, 2));
  }

  /** One device takes the call; a tap too many repeats its request. */
  async #acceptOn(callId: string, uid: string, afterSec: number): Promise<void> {
    const world = this.#world;
    const requestId = world.random.hex128();
    await world.scheduler.sleep(afterSec);
    const tap = async () =>
      await persist(
        world,
        'accept',
        async (ports) => await acceptCall(ports, world.actor(uid), { callId, requestId }),
      );
    if (world.tapsTwice()) void tap();
    const result = await tap();
    if (result.kind === 'refused' && result.refusal.details['answeredElsewhere'] === true) {
      world.hit('answered elsewhere');
    }
  }

  #connect(callId: string, call: Call): void {
    const { random } = this.#world;
    for (const uid of [call.callerId, call.calleeId]) {
      if (random.chance(0.3)) void this.#renew(callId, uid, random.between(0, 5));
    }
    this.#talkers.connect(callId, call);
    if (random.chance(0.04)) {
      const by = random.pick(['caller', 'callee'] as const);
      this.#end(callId, call, { by, operation: 'end', afterSec: random.between(0, 10) });
    }
  }

  #talk(callId: string, call: Call): void {
    const { random } = this.#world;
    this.#talkers.talk(callId, call);
    for (const by of ['caller', 'callee'] as const) {
      if (random.chance(0.35)) void this.#renewals(callId, call[`${by}Id`]);
      if (random.chance(0.15)) void this.#beat(callId, by, random.between(0, 300));
    }
    this.#planEnd(callId, call, this.#talkSec(call));
    for (let more = random.chance(0.45); more; more = random.chance(0.3)) {
      void this.#buyDuring(callId, call);
    }
  }

  #talkSec(call: Call): number {
    const { random } = this.#world;
    const sliceSec = call.terms.sliceMinutes * 60;
    const leftSec = ((call.deadlineAt?.getTime() ?? 0) - this.#world.scheduler.nowMs) / 1000;
    switch (random.weighted({ short: 12, brief: 22, medium: 30, deadline: 10, unending: 26 })) {
      case 'short':
        return random.between(0.5, call.terms.freeSec + 3);
      case 'brief':
        return random.between(10, 120);
      case 'medium':
        return random.between(30, 3 * sliceSec);
      case 'deadline':
        return leftSec + random.pick([0, 60, call.terms.extendBeforeSec]) + random.between(-2, 2);
      case 'unending':
        return Number.POSITIVE_INFINITY;
    }
  }

  #planEnd(callId: string, call: Call, afterSec: number): void {
    const { random } = this.#world;
    const silentSec = Number.isFinite(afterSec) ? afterSec : random.between(10, 2400);
    const silence = async (...parties: Party[]): Promise<void> => {
      await this.#world.scheduler.sleep(silentSec);
      for (const by of parties) this.#talkers.silence(callId, by, call[`${by}Id`]);
    };
    const either = (): Party => random.pick(['caller', 'callee']);
    if (!Number.isFinite(afterSec)) {
      if (random.chance(0.2)) void silence(either());
      return;
    }
    if (random.chance(this.#world.rates.bothEnd)) return this.#bothEnd(callId, call, afterSec);
    const how = random.weighted({
      caller: 45,
      callee: 30,
      silent: 10,
      gone: 4,
      emergency: 5,
      admin: 4,
    });
    if (how === 'silent') void silence(either());
    else if (how === 'gone') void silence('caller', 'callee');
    else if (how === 'admin') this.#end(callId, call, { by: 'admin', operation: 'adminEnd', afterSec });
    else if (how === 'emergency') {
      this.#end(callId, call, { by: either(), operation: 'emergencyEnd', afterSec });
    } else this.#end(callId, call, { by: how, operation: 'end', afterSec });
  }

  #bothEnd(callId: string, call: Call, afterSec: number): void {
    this.#world.hit('both ends at once');
    const laterSec = afterSec + this.#world.random.between(0, 0.3);
    this.#end(callId, call, { by: 'caller', operation: 'end', afterSec });
    this.#end(callId, call, { by: 'callee', operation: 'end', afterSec: laterSec });
  }

  /** Buys near the end of the grant, where it matters, or anywhere. */
  async #buyDuring(callId: string, call: Call): Promise<void> {
    const { random, scheduler, auditor } = this.#world;
    const leftSec = ((call.grantedUntil?.getTime() ?? 0) - scheduler.nowMs) / 1000;
    await scheduler.sleep(random.chance(0.6) ? leftSec + random.between(-90, 20) : random.between(0, 600));
    if (auditor.open.has(callId)) this.#world.hit('credit during call');
    await this.buyers.credit(random.chance(0.9) ? call.callerId : call.calleeId);
  }

  async #renewals(callId: string, uid: string): Promise<void> {
    const { random, scheduler, auditor } = this.#world;
    for (let count = 0; count < MAX_RENEWALS; count++) {
      const call = auditor.open.get(callId);
      if (call === undefined || call.grantedUntil === null) return;
      const leftSec = (call.grantedUntil.getTime() - scheduler.nowMs) / 1000 - this.#world.clockOffSec(uid);
      await this.#renew(callId, uid, Math.max(5, leftSec - random.between(-15, 90)));
    }
  }

  async #renew(callId: string, uid: string, afterSec: number): Promise<void> {
    const world = this.#world;
    await world.scheduler.sleep(afterSec);
    if (!world.auditor.open.has(callId)) return;
    await persist(world, 'token', async (ports) => await callToken(ports, world.actor(uid), { callId }));
  }

  async #beat(callId: string, by: Party, afterSec: number): Promise<void> {
    const world = this.#world;
    await world.scheduler.sleep(afterSec);
    const uid = world.auditor.calls.get(callId)?.[`${by}Id`] ?? '';
    await world.invoke(
      'heartbeat',
      async (ports) => await callHeartbeat(ports, world.actor(uid), { callId }),
    );
  }

  #end(callId: string, call: Call, how: EndPlan): void {
    void this.#endLater(callId, call, how);
    if (this.#world.tapsTwice()) void this.#endLater(callId, call, how);
  }

  async #endLater(callId: string, call: Call, { by, operation, afterSec }: EndPlan): Promise<void> {
    const world = this.#world;
    await world.scheduler.sleep(afterSec);
    const wasOpen = world.auditor.open.has(callId);
    const actor = () => (by === 'admin' ? world.actor(ADMIN, 'admin') : world.actor(call[`${by}Id`]));
    const work = END_OPERATIONS[operation];
    const result = await persist(world, operation, async (ports) =>
      world.script.end(callId, by, async () => await work(ports, actor(), callId)),
    );
    const ended = world.auditor.calls.get(callId);
    if (ended?.state !== 'ended' || result.kind === 'unknown') return;
    if (wasOpen && (ended.endedWith !== operation || ended.endedBy !== by)) world.hit('settle race');
    if (result.kind === 'ok' && by !== 'admin') this.#checkReceipt(callId, by, result.value.receipt);
  }

  /** Afterwards people look at what it came to. */
  #lookBack(callId: string, call: Call): void {
    const { random } = this.#world;
    this.#talkers.over(callId, call);
    const party = random.pick(['caller', 'callee'] as const);
    if (random.chance(0.3)) void this.#readCall(callId, party, call[`${party}Id`]);
  }

  async #readCall(callId: string, party: Party, uid: string): Promise<void> {
    const world = this.#world;
    const result = await persist(
      world,
      'get',
      async (ports) => await getCall(ports, world.actor(uid), { callId }),
    );
    if (result.kind === 'ok') this.#checkReceipt(callId, party, result.value.receipt);
  }

  /** A receipt says what was moved, whenever and by whomever it is read. */
  #checkReceipt(callId: string, party: Party, receipt: Receipt | undefined): void {
    const settlement = this.#world.auditor.settlements.get(callId);
    if (receipt === undefined || settlement === undefined) return;
    const right =
      party === 'caller'
        ? receipt.coinsSpent === settlement.chargeCoins &&
          receipt.coinsReleased === settlement.heldCoins - settlement.chargeCoins
        : receipt.earnedCoins === settlement.earnedCoins;
    if (!right) this.#world.violated(`I14: the receipt of call ${callId} for the ${party} is wrong`);
  }
}

interface EndPlan {
  readonly by: Party | 'admin';
  readonly operation: EndOperation;
  readonly afterSec: number;
}

interface Receipt {
  readonly coinsSpent?: number;
  readonly coinsReleased?: number;
  readonly earnedCoins?: number;
}

type Ending = (
  ports: AppPorts,
  actor: ReturnType<World['actor']>,
  callId: string,
) => Promise<{ readonly callId: string; readonly receipt?: Receipt }>;

const END_OPERATIONS: Readonly<Record<EndOperation, Ending>> = {
  reject: async (ports, actor, callId) => await rejectCall(ports, actor, { callId }),
  cancel: async (ports, actor, callId) => await cancelCall(ports, actor, { callId }),
  end: async (ports, actor, callId) => await hangUp(ports, actor, { callId }),
  emergencyEnd: async (ports, actor, callId) => await emergencyEnd(ports, actor, { callId, note: 'help' }),
  adminEnd: async (ports, actor, callId) =>
    await adminEndCall(ports, actor, { callId, note: 'by an operator' }),
};
