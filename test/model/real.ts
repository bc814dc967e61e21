/** The real use cases on the store in memory, with a clock that moves when it is told and timers that run when due. */
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { callToken } from '../../functions/src/calls/callToken.ts';
import { calls, type Call, type Party } from '../../functions/src/calls/documents.ts';
import {
  adminEndCall,
  cancelCall,
  emergencyEnd,
  hangUp,
  rejectCall,
} from '../../functions/src/calls/endCall.ts';
import { runDeadline } from '../../functions/src/calls/events.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { sweepCalls } from '../../functions/src/calls/sweepCalls.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import { adjustCoins } from '../../functions/src/ledger/adjustCoins.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import type { Wallet } from '../../functions/src/ledger/documents.ts';
import { emptyWallet } from '../../functions/src/ledger/domain/wallet.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import { addSec } from '../../functions/src/platform/clock.ts';
import { Refusal } from '../../functions/src/platform/errors.ts';
import { derivedId } from '../../functions/src/platform/ids.ts';
import { deliverPosted } from '../../functions/src/platform/outbox.ts';
import { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { presences } from '../../functions/src/presence/documents.ts';
import { defaultSettings, type Settings } from '../../functions/src/settings.ts';
import { at, START } from '../../functions/src/testing/calls.ts';
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import { cardOf, personOf } from '../../functions/src/testing/people.ts';
import { users } from '../../functions/src/users/documents.ts';
import { RULES, type Answer, type Ending } from './model.ts';

export const LISTENERS = ['listener-1', 'listener-2'] as const;
/** A listener may call another one. */
export const CALLERS = ['caller-1', 'caller-2', LISTENERS[0]] as const;
export const PEOPLE: readonly string[] = [...new Set<string>([...CALLERS, ...LISTENERS])];
const ADMIN = 'admin';
const PLENTY = 100_000;
const DEFAULTS = defaultSettings();
/** Parsing the settings' schema anew for each sequence would be most of the work. */
const LIMITS: Settings['limits'] = {
  ...DEFAULTS.limits,
  ringSec: RULES.ringSec,
  connectSec: RULES.connectSec,
  sliceMinutes: RULES.sliceMinutes,
  maxCallMinutes: RULES.longestMinutes,
  tokenGraceSec: RULES.graceSec,
  callsPerHour: PLENTY,
  callsPerHourToOne: PLENTY,
  mediaTokensPerMinute: PLENTY,
};

export class Real {
  nowSec = 0;
  readonly store = new MemoryStore();
  readonly ports: AppPorts;
  /** What the code says it has met and rules out. */
  readonly errors: string[] = [];
  readonly #callIds: string[] = [];
  #settings: Settings = { ...DEFAULTS, limits: LIMITS };
  #drawn = 0;

  constructor() {
    const clock: AppPorts['clock'] = {
      now: () => at(this.nowSec),
      fromServerTime: (instant) => instant,
      toServerTime: (instant) => instant,
      authSec: () => 0,
    };
    const ports: AppPorts = {
      store: this.store,
      clock,
      log: { write: (severity, message) => severity === 'ERROR' && this.errors.push(message) },
      ids: {
        random128: () => String((this.#drawn += 1)).padStart(32, '0'),
        integer: () => (this.#drawn += 1),
      },
      ...silentGateways(),
      media: {
        credentials: ({ channel, uid, expiresAt }) =>
          Promise.resolve({ provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt }),
        closeChannel: () => Promise.resolve(),
      },
      settings: () => Promise.resolve(this.#settings),
      deliver: async (effect) => await deliverEffect(ports, effect),
    };
    this.ports = ports;
    for (const uid of PEOPLE) this.store.write(users.doc(uid).path, personOf(START));
    this.store.write(users.doc(ADMIN).path, personOf(START, { roles: ['user', 'admin'] }));
    for (const uid of LISTENERS) {
      const roles = { roles: ['user', 'listener'], listenerStatus: 'approved' } as const;
      this.store.write(users.doc(uid).path, personOf(START, { ...roles, roles: [...roles.roles] }));
      this.store.write(listenerCards.doc(uid).path, cardOf(uid));
    }
  }

  price(rate: number, earnedPerMinute: number): void {
    const audio = { coinsPerMinute: rate, minimumCoins: rate, earnedPerMinute };
    const pricing = { ...DEFAULTS.pricing, audio, freeSeconds: RULES.freeSec };
    this.#settings = { ...this.#settings, pricing };
  }

  async credit(uid: string, source: 'purchase' | 'bonus', coins: number, key: string): Promise<Answer> {
    const credit = { key, source, coins, description: '', ref: { kind: 'payment', id: key } } as const;
    return await answer(async () => {
      const { posted } = await creditCoins(this.store, uid, credit, this.ports.clock.now());
      await deliverPosted(this.ports, posted, this.ports.deliver);
    });
  }

  async adjust(uid: string, coins: number, requestId: string): Promise<Answer> {
    const asked = { userId: uid, coins, source: 'adjust', note: 'corrected', requestId } as const;
    return await answer(async () => await adjustCoins(this.ports, this.#admin(), asked));
  }

  async start(caller: string, callee: string, requestId: string): Promise<Answer> {
    const lease = { at: at(this.nowSec), online: true, willing: true, busyUntil: null, hasCard: true };
    this.store.write(presences.doc(callee).path, lease);
    const callId = derivedId('calls/start', caller, requestId);
    const input = { calleeId: callee, type: 'audio', requestId } as const;
    const said = await answer(async () => await startCall(this.ports, this.#actor(caller), input));
    if (said === 'done' && !this.#callIds.includes(callId)) this.#callIds.push(callId);
    return said;
  }

  /** On a device that has not asked before. */
  async accept(index: number): Promise<Answer> {
    const requestId = this.ports.ids.random128();
    const callId = this.#id(index);
    const callee = this.#actor(this.call(index).calleeId);
    return await answer(async () => await acceptCall(this.ports, callee, { callId, requestId }));
  }

  async join(index: number, party: Party): Promise<Answer> {
    return await this.#asParty(index, party, joinCall);
  }

  async token(index: number, party: Party): Promise<Answer> {
    return await this.#asParty(index, party, callToken);
  }

  async end(index: number, how: Ending, party: Party): Promise<Answer> {
    const callId = this.#id(index);
    if (how === 'adminEnd')
      return await answer(
        async () => await adminEndCall(this.ports, this.#admin(), { callId, note: 'ended' }),
      );
    return await this.#asParty(index, party, ENDINGS[how]);
  }

  /** The task of a deadline, as it was armed. */
  async deadline(index: number): Promise<void> {
    const { slice, callerId } = this.call(index);
    await runDeadline(this.ports, { callId: this.#id(index), callerId, slice });
  }

  /** Everybody beats now, except one party of one call, whose last beat was at `sec`. Then the sweep looks. */
  async sweepLost(index: number, party: Party, sec: number): Promise<void> {
    const silent = `${calls.doc(this.#id(index)).path}/beats/${this.call(index)[`${party}Id`]}`;
    for (const { path, data } of this.store.all('beats'))
      this.store.write(path, { ...data, at: at(path === silent ? sec : this.nowSec) });
    await sweepCalls(this.ports);
  }

  call(index: number): Call {
    return this.store.read(`calls/${this.#id(index)}`) as Call;
  }

  /** Seconds from the beginning to the next deadline of a call; none when it has ended. */
  deadlineSec(index: number): number {
    const { deadlineAt } = this.call(index);
    return deadlineAt === null
      ? Number.POSITIVE_INFINITY
      : (deadlineAt.getTime() - addSec(START, 0).getTime()) / 1000;
  }

  wallet(uid: string): Wallet {
    return (this.store.read(`wallets/${uid}`) as Wallet | undefined) ?? emptyWallet();
  }

  get callCount(): number {
    return this.#callIds.length;
  }

  #id(index: number): string {
    return this.#callIds[index] ?? 'none';
  }

  #actor(uid: string): Actor {
    return new Actor({ uid, authTimeSec: 1, admin: false, phone: null }, 'registered', this.ports.clock);
  }

  #admin(): Actor {
    return new Actor({ uid: ADMIN, authTimeSec: 1, admin: true, phone: null }, 'admin', this.ports.clock);
  }

  async #asParty(
    index: number,
    party: Party,
    operation: (ports: AppPorts, actor: Actor, input: { callId: string }) => Promise<unknown>,
  ): Promise<Answer> {
    const actor = this.#actor(this.call(index)[`${party}Id`]);
    return await answer(async () => await operation(this.ports, actor, { callId: this.#id(index) }));
  }
}

const ENDINGS = { reject: rejectCall, cancel: cancelCall, end: hangUp, emergencyEnd } as const;

/** @returns `done`, or the reason of the refusal; anything else is thrown */
async function answer(work: () => Promise<unknown>): Promise<Answer> {
  try {
    await work();
    return 'done';
  } catch (fault) {
    if (fault instanceof Refusal) return fault.reason;
    throw fault;
  }
}
