/** One process with the real use cases on the Firestore emulator; tasks and pushes go nowhere. */
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import { randomUUID } from 'node:crypto';
import type { Firestore } from '@google-cloud/firestore';
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { hangUp } from '../../functions/src/calls/endCall.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import { buildRtcCredentials } from '../../functions/src/gateways/agora/token.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import { systemClock } from '../../functions/src/platform/clock.ts';
import { systemIds } from '../../functions/src/platform/ids.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { defaultSettings } from '../../functions/src/settings.ts';
import { RecordingStore } from './recorder.ts';

const project = { appId: 'a'.repeat(32), appCertificate: 'b'.repeat(32) };

/** The ports of one invocation, and the store that remembers its I/O. */
export function benchPorts(db: Firestore): { ports: AppPorts; store: RecordingStore } {
  const store = new RecordingStore(new FirestoreStore(db, new Meter()));
  const defaults = defaultSettings();
  // A pair calls each other once a round, more often than people may.
  const settings = {
    ...defaults,
    limits: { ...defaults.limits, callsPerHour: 1000, callsPerHourToOne: 1000 },
  };
  const ports: AppPorts = {
    store,
    clock: systemClock,
    ids: systemIds,
    log: { write: () => undefined },
    ...silentGateways(),
    media: {
      credentials: async (request) => buildRtcCredentials(project, request),
      closeChannel: async () => undefined,
    },
    settings: async () => settings,
    deliver: async (effect) => deliverEffect(ports, effect),
  };
  return { ports, store };
}

const actorOf = (uid: string): Actor =>
  new Actor(
    { uid, authTimeSec: systemClock.authSec(), admin: false, phone: null },
    'registered',
    systemClock,
  );

/** One pair of people who call each other once. */
export interface Pair {
  readonly callerId: string;
  readonly calleeId: string;
}

export type Step = 'start' | 'accept' | 'joined' | 'end';
export const STEPS: readonly Step[] = ['start', 'accept', 'joined', 'end'];

/** Plays one call; `step` runs each use case and may time it. */
export async function playCall(
  db: Firestore,
  { callerId, calleeId }: Pair,
  step: (name: Step, run: () => Promise<unknown>, store: RecordingStore) => Promise<void>,
): Promise<void> {
  let callId = '';
  const timed = async (name: Step, run: (ports: AppPorts) => Promise<unknown>): Promise<void> => {
    const { ports, store } = benchPorts(db);
    await step(name, async () => run(ports), store);
  };
  await timed('start', async (ports) => {
    const started = await startCall(ports, actorOf(callerId), {
      calleeId,
      type: 'audio',
      requestId: randomUUID(),
    });
    callId = started.callId;
  });
  await timed('accept', (ports) => acceptCall(ports, actorOf(calleeId), { callId, requestId: randomUUID() }));
  await timed('joined', (ports) => joinCall(ports, actorOf(callerId), { callId }));
  const { ports } = benchPorts(db);
  await joinCall(ports, actorOf(calleeId), { callId });
  await timed('end', (endPorts) => hangUp(endPorts, actorOf(callerId), { callId }));
}
