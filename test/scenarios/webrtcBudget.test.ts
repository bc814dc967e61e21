/** What a call from app to app costs the server, beside the same call with a media server. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, expect, it } from '@jest/globals';
import type { CountersAnswer } from '../../dev/src/phone/control.ts';
import { adminOf } from './helpers.ts';
import { takenCall, hangUp, useStack } from './support.ts';

const stack = useStack();
const SIGNALS = 8;
let admin: Firestore;

beforeAll(async () => {
  admin = adminOf(stack);
  await admin.doc('config/features').set({ mediaProviders: { audio: 'webrtc' } });
  await stack.control.advance(31);
});

/** The same short call, by type; no sweep falls into it. Signals are written past it, as the apps do. */
async function costOf(type: 'audio' | 'video', signals: number): Promise<CountersAnswer> {
  const pair = await stack.pair(500);
  await stack.freeze(10);
  await stack.control.idle();
  await stack.control.resetCounters();
  const { callId, caller, callee } = await takenCall(stack, { pair, type });
  for (const phone of [callee, caller]) await phone.earshot.calls.joined({ callId });
  const written = Array.from({ length: signals }, (_, seq) =>
    admin.doc(`calls/${callId}/signals/${caller.uid}_${seq}`).set(signalOf(seq)),
  );
  await Promise.all(written);
  await stack.control.advance(30);
  await hangUp(caller, callId);
  await stack.control.idle();
  return await stack.control.counters();
}

function signalOf(seq: number) {
  const at = new Date();
  return { from: 'caller', to: 'callee', kind: 'bye', seq, gen: 0, createdAt: at, expireAt: at };
}

it('a call from app to app costs what it does with a media server, and a read and a delete for each signal', async () => {
  const withServer = await costOf('video', 0);
  const direct = await costOf('audio', SIGNALS);
  const { invocations, reads, writes, deletes, taskOps } = withServer;
  expect(direct).toMatchObject({
    invocations,
    writes,
    taskOps,
    // The closing of a channel reads one document: its name.
    reads: reads - 1 + SIGNALS,
    deletes: deletes + SIGNALS,
  });
});
