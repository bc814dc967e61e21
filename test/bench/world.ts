/** The real use cases of a call, step by step, on whatever store; tasks, pushes and kicks go nowhere. */
import { randomUUID } from 'node:crypto';
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { hangUp } from '../../functions/src/calls/endCall.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import { buildRtcCredentials } from '../../functions/src/gateways/agora/token.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import { systemClock, type Clock } from '../../functions/src/platform/clock.ts';
import { systemIds } from '../../functions/src/platform/ids.ts';
import type { Store } from '../../functions/src/platform/store/port.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { defaultSettings, type Settings } from '../../functions/src/settings.ts';
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import { RecordingStore, type Io } from './recorder.ts';

const project = { appId: 'a'.repeat(32), appCertificate: 'b'.repeat(32) };

/** The default settings, but for the limits of calls: a pair calls each other more often than people may. */
function benchSettings(): Settings {
  const defaults = defaultSettings();
  return { ...defaults, limits: { ...defaults.limits, callsPerHour: 1000, callsPerHourToOne: 1000 } };
}

/**
 * Ports whose providers take everything and do nothing.
 * @param others what is to be otherwise
 */
export function benchPorts(
  store: Store,
  clock: Clock = systemClock,
  others: Partial<Pick<AppPorts, 'tasks'>> = {},
): AppPorts {
  const settings = benchSettings();
  const ports: AppPorts = {
    store,
    clock,
    ids: systemIds,
    log: { write: () => undefined },
    ...silentGateways(),
    media: {
      credentials: async (request) => buildRtcCredentials(project, request),
      closeChannel: async () => undefined,
    },
    settings: async () => settings,
    deliver: async (effect) => deliverEffect(ports, effect),
    ...others,
  };
  return ports;
}

/** Somebody who has just signed in. */
export function actorOf(uid: string, clock: Clock = systemClock): Actor {
  return new Actor({ uid, authTimeSec: clock.authSec(), admin: false, phone: null }, 'registered', clock);
}

/** One pair of people who call each other once a round. */
export interface Pair {
  readonly callerId: string;
  readonly calleeId: string;
}

/** `joined` is the first party's, `connected` the second's: with it the paid time begins. */
export const STEPS = ['start', 'accept', 'joined', 'connected', 'end'] as const;
export type Step = (typeof STEPS)[number];

/** One call of a pair; its steps are to be run in order. */
export interface Playing {
  /** Runs the use case. @returns the I/O it made */
  run(step: Step): Promise<readonly Io[]>;
}

/** @param makeStore the store of one invocation */
export function playCall(
  makeStore: () => Store,
  { callerId, calleeId }: Pair,
  clock: Clock = systemClock,
): Playing {
  let callId = '';
  const caller = actorOf(callerId, clock);
  const callee = actorOf(calleeId, clock);
  const steps: Readonly<Record<Step, (ports: AppPorts) => Promise<unknown>>> = {
    start: async (ports) => {
      const input = { calleeId, type: 'audio', requestId: randomUUID() } as const;
      ({ callId } = await startCall(ports, caller, input));
    },
    accept: (ports) => acceptCall(ports, callee, { callId, requestId: randomUUID() }),
    joined: (ports) => joinCall(ports, caller, { callId }),
    connected: (ports) => joinCall(ports, callee, { callId }),
    end: (ports) => hangUp(ports, caller, { callId }),
  };
  return {
    run: async (step) => {
      const store = new RecordingStore(makeStore());
      await steps[step](benchPorts(store, clock));
      return store.log;
    },
  };
}
