/** The client: every operation, what can be followed live, presence, and calls. */
import type { CallsStartInput, Operations } from './api/index.ts';
import { ActiveCall } from './call/activeCall.ts';
import type { MediaAdapter } from './call/media.ts';
import type { CallPorts, CallTarget } from './call/ports.ts';
import { Live, type OnError } from './live/live.ts';
import { operationsOver } from './operations.ts';
import { realTimers, type Documents, type Session, type Stop, type Timers, type Transport } from './ports.ts';
import { keepPresence } from './presence.ts';
import { seatOf, seatOfThisTab, seatText, type SeatMemory } from './seatMemory.ts';
import { ServerClock } from './serverClock.ts';

export interface CallOptions {
  /** Media SDKs for this call, instead of those of the client. */
  readonly media?: readonly MediaAdapter[];
  /** Join again: this person was in the call on this device, e.g. before the page was loaded anew. */
  readonly resume?: boolean;
}

export interface ResumeOptions extends Pick<CallOptions, 'media'> {
  /** Join also a connected call that another device is in, which then leaves: ask the person first. */
  readonly takeOver?: boolean;
}

/** Presence, with beats. */
export type KeptPresence = Operations['presence'] & {
  /** Stays online until it is stopped or the person leaves: beats every 30 s, also across calls. */
  keep(onError?: OnError): Stop;
};

type LiveMethods = Pick<
  Live,
  | 'watchCall'
  | 'watchCard'
  | 'watchFeed'
  | 'watchHistory'
  | 'watchIncoming'
  | 'watchProfile'
  | 'watchTransactions'
  | 'watchWallet'
>;

/** One method for each operation, e.g. `earshot.calls.history()`, and what lies beyond single operations. */
export type Earshot = Omit<Operations, 'presence'> &
  LiveMethods & {
    readonly presence: KeptPresence;
    /**
     * A call as one object: starts one, or takes up one by its id.
     * @example const call = earshot.call({ calleeId, type: 'audio' }); await call.until('ongoing');
     */
    call(target: string | CallsStartInput, options?: CallOptions): ActiveCall;
    /**
     * After the app was loaded anew: the call that this device was in, joined again, or the one that rings. Undefined if
     * there is none, and also if another device or tab is in it: `calls.ongoing()` tells of that one. Where another one has
     * taken the place of this one since, the call that comes ends as `answeredElsewhere`.
     */
    resume(options?: ResumeOptions): Promise<ActiveCall | undefined>;
    /** The server's time, as far as it is known. */
    now(): Date;
    /** Ends whatever is followed, beaten or called, without ending calls. */
    close(): void;
  };

/** What a client is made of. */
export interface EarshotParts {
  readonly transport: Transport;
  readonly session: Session;
  /** Undefined where there is no Firestore: then calls are asked for instead of watched. */
  readonly documents?: Documents | undefined;
  readonly media?: readonly MediaAdapter[] | undefined;
  /** Takes the errors of what is followed without a callback of its own. */
  readonly onError?: OnError | undefined;
  readonly timers?: Timers | undefined;
  /** Keeps which call this device is in; the tab's session storage by default. */
  readonly seat?: SeatMemory | undefined;
}

const report: OnError = (error) => console.error(error);

/** Puts a client together from its parts; `createEarshot` does so with Firebase. */
export function earshotOf(parts: EarshotParts): Earshot {
  const { transport, session, documents, media = [], onError = report, timers = realTimers } = parts;
  const operations = operationsOver(transport, timers);
  const live = new Live({ documents, session, timers, onError });
  const { seat = seatOfThisTab() } = parts;
  const clock = new ServerClock(() => timers.nowMs());
  const open = new Set<Stop>();
  let beating = 0;

  const ports = (adapters: readonly MediaAdapter[], onOver: () => void): CallPorts => ({
    operations: operations.calls,
    watchCall: documents && ((callId, onChange, fail) => live.watchCall(callId, onChange, fail)),
    documents,
    session,
    adapters,
    timers,
    clock,
    onBeating: (on) => {
      beating += on ? 1 : -1;
    },
    keepSeat: (kept) => {
      const uid = session.uid();
      if (uid !== undefined) seat.save(uid, kept && seatText(kept));
    },
    onOver,
  });
  const take = (target: CallTarget, adapters: readonly MediaAdapter[] = media): ActiveCall => {
    const stop = (): void => made.close();
    open.add(stop);
    const onOver = (): void => void open.delete(stop);
    const made = new ActiveCall(ports(adapters, onOver), target);
    return made;
  };
  return {
    ...operations,
    presence: {
      ...operations.presence,
      keep(fail = onError) {
        const inCall = (): boolean => beating > 0;
        const stop = keepPresence(
          { operations: operations.presence, documents, session, timers, inCall },
          fail,
        );
        open.add(stop);
        return () => {
          open.delete(stop);
          stop();
        };
      },
    },
    ...liveMethodsOf(live),
    call: (target, { media: adapters, resume = false } = {}) => take({ target, resume }, adapters),
    async resume({ takeOver = false, media: adapters } = {}) {
      const found = await placeHere({ operations: operations.calls, session, seat }, takeOver);
      return found && take(found, adapters);
    },
    now: () => new Date(clock.nowMs()),
    close() {
      for (const stop of open) stop();
      open.clear();
      live.stopAll();
    },
  };
}

/** @returns the open call of this person, if this device has a place in it, and whether it is to be joined at once */
async function placeHere(
  { operations, session, seat }: Pick<CallPorts, 'operations' | 'session'> & { readonly seat: SeatMemory },
  takeOver: boolean,
): Promise<CallTarget | undefined> {
  const { call } = await operations.ongoing();
  const uid = session.uid();
  if (call === null || uid === undefined) return undefined;
  const { callId: target, role } = call;
  const rings = call.state === 'ringing';
  // A ring may be taken on any device.
  if (rings && role === 'callee') return { target, resume: false };
  if (takeOver && !rings) return { target, resume: true };
  const { callId, place } = seatOf((await seat.load(uid)) ?? '');
  return callId === target ? { target, resume: true, place } : undefined;
}

function liveMethodsOf(live: Live): LiveMethods {
  return {
    watchCall: (...args) => live.watchCall(...args),
    watchCard: (...args) => live.watchCard(...args),
    watchFeed: (...args) => live.watchFeed(...args),
    watchHistory: (...args) => live.watchHistory(...args),
    watchIncoming: (...args) => live.watchIncoming(...args),
    watchProfile: (...args) => live.watchProfile(...args),
    watchTransactions: (...args) => live.watchTransactions(...args),
    watchWallet: (...args) => live.watchWallet(...args),
  };
}
