/** People vanish, workers die, timers get lost, come twice or late: the same end and the same money as without. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FirebaseError } from 'firebase/app';
import { doc, serverTimestamp, updateDoc } from 'firebase/firestore';
import {
  acceptedCall,
  books,
  connectedCall,
  expectClosed,
  expectEnded,
  hangUp,
  plusSec,
  readDocument,
  startedCall,
  useStack,
  type ConnectedCall,
  agoraOf,
} from './support.ts';

const stack = useStack();

beforeEach(async () => stack.freeze(10));

const cardOf = async ({ caller, callee }: ConnectedCall) =>
  readDocument<{ availability: string }>(caller, `listeners/${callee.uid}`);

describe('a person who vanishes', () => {
  /** Real time that may pass between a beat and the moment from which nobody beats any more. */
  const SLACK_SEC = 15;

  /** Both are there for `seconds`, with a beat of each at the end; then those in `silent` are gone. */
  async function vanish(call: ConnectedCall, seconds: number, silent: readonly ('caller' | 'callee')[]) {
    await stack.control.advance(seconds);
    for (const phone of [call.caller, call.callee]) {
      await updateDoc(doc(phone.db, `calls/${call.callId}/beats/${phone.uid}`), { at: serverTimestamp() });
    }
    const uids = silent.map((party) => call[party].uid);
    await stack.control.advance(120, uids);
    const { receipt } = await hangUp(call.caller, call.callId);
    const lastBeat = plusSec(call.connectedAt, seconds);
    const endedAt = new Date(receipt.endedAt);
    expect(endedAt.getTime()).toBeLessThanOrEqual(lastBeat.getTime());
    expect(endedAt.getTime()).toBeGreaterThan(plusSec(lastBeat, -SLACK_SEC).getTime());
    return { receipt, endedAt };
  }

  it.each([
    ['callee', 'offline'],
    ['caller', 'available'],
  ] as const)(
    'the %s: the call ends when both were last there, and is paid until then',
    async (party, card) => {
      const call = await connectedCall(stack);
      const { caller, callee, callId } = call;
      const { receipt, endedAt } = await vanish(call, 100, [party]);
      expect(receipt.evidence.at(-1)).toMatchObject({ at: receipt.endedAt, party, event: 'left' });
      await expectEnded(call, 500, {
        endReason: 'connection_lost',
        endedBy: 'system',
        endedAt,
        durationSec: receipt.durationSec,
        billedMinutes: 2,
        spent: 20,
        earned: 30,
      });
      const news = {
        type: 'call_ended',
        callId,
        endReason: 'connection_lost',
        durationSec: String(receipt.durationSec),
      };
      for (const { uid } of [caller, callee]) {
        expect((await stack.pushesOf(uid, 'call_ended')).map(({ data }) => data)).toEqual([news]);
      }
      expect(await cardOf(call)).toMatchObject({ availability: card });
      expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
    },
  );

  it('both: nobody pays for the time it takes to notice', async () => {
    const call = await connectedCall(stack);
    const { receipt, endedAt } = await vanish(call, 60, ['caller', 'callee']);
    await expectEnded(call, 500, {
      endReason: 'connection_lost',
      endedAt,
      durationSec: receipt.durationSec,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
    expect(await cardOf(call)).toMatchObject({ availability: 'offline' });
  });

  it('within the free seconds costs nothing', async () => {
    const call = await connectedCall(stack);
    const { receipt } = await vanish(call, 9, ['callee']);
    await expectEnded(call, 500, { endReason: 'connection_lost', durationSec: receipt.durationSec });
  });

  it('who comes back within a minute goes on talking', async () => {
    const call = await connectedCall(stack);
    const { caller, callee, callId, connectedAt } = call;
    await stack.control.advance(45, [callee.uid]);
    await updateDoc(doc(callee.db, `calls/${callId}/beats/${callee.uid}`), { at: serverTimestamp() });
    await stack.control.advance(120);
    await hangUp(caller, callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      endedAt: plusSec(connectedAt, 165),
      durationSec: 165,
      billedMinutes: 3,
      spent: 30,
      earned: 45,
    });
  });
});

describe('timers', () => {
  const LATE = { delaySec: 120, reorder: 1 };
  const kinds = [
    ['are lost', { drop: 1 }],
    ['come twice', { duplicate: 1 }],
    ['come late and out of order', LATE],
    ['do all of this', { drop: 0.3, duplicate: 0.5, ...LATE }],
  ] as const;

  it.each(kinds)('that %s: an unanswered call ends on time, and is missed once', async (_kind, tasks) => {
    await stack.control.faults({ tasks });
    const call = await startedCall(stack);
    await stack.control.advance(240);
    expect(await stack.pushesOf(call.callee.uid, 'missed_call')).toHaveLength(1);
    expect(await stack.pushesOf(call.caller.uid, 'call_ended')).toHaveLength(1);
    await expectEnded(call, 500, {
      endReason: 'no_answer',
      endedBy: 'system',
      endedAt: new Date(call.started.ringExpiresAt),
    });
  });

  it.each(kinds)('that %s: a call that does not connect ends on time', async (_kind, tasks) => {
    await stack.control.faults({ tasks });
    const call = await acceptedCall(stack);
    const acceptedAt = await stack.control.now();
    await stack.control.advance(240);
    await expectEnded(call, 500, {
      endReason: 'connect_timeout',
      endedBy: 'system',
      endedAt: plusSec(acceptedAt, 30),
    });
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
  });

  it.each(kinds)(
    'that %s: a long call is extended and cut as if nothing were wrong',
    async (_kind, tasks) => {
      await stack.control.faults({ tasks });
      const call = await connectedCall(stack, { coins: 255 });
      const { caller, callId, connectedAt } = call;
      // The sweep looks every minute, and the grant is extended a minute before its end.
      await stack.control.advance(600);
      expect(await caller.earshot.calls.ongoing()).toMatchObject({
        call: { state: 'ongoing', grantedUntil: plusSec(connectedAt, 1200).toISOString() },
      });
      expect((await books(caller)).coins).toMatchObject({ available: 55, held: 200 });
      await stack.control.advance(1200);
      const pushes = await stack.pushesOf(caller.uid, 'low_balance');
      expect(pushes.length).toBe(1);
      expect(pushes[0]?.data).toMatchObject({ callId });
      const { receipt } = await hangUp(caller, callId);
      expect(receipt.evidence.filter(({ event }) => event === 'extended')).toHaveLength(2);
      await expectEnded(call, 255, {
        endReason: 'coins_exhausted',
        endedAt: plusSec(connectedAt, 1500),
        durationSec: 1500,
        billedMinutes: 25,
        spent: 250,
        earned: 375,
      });
      expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
    },
  );
});

describe('a worker that dies in the middle of', () => {
  /** Beyond the emulator's patience with the locks of a transaction whose client is gone. */
  const PATIENCE_MS = 120_000;
  const LIMIT_MS = 180_000;
  const NO_ANSWER = new Set(['functions/internal', 'functions/unavailable', 'functions/deadline-exceeded']);

  /** Says it again, as an app does that got no answer. */
  async function untilAnswered<T>(attempt: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (fault) {
        const again = fault instanceof FirebaseError && NO_ANSWER.has(fault.code);
        if (!again || performance.now() > deadlineMs) throw fault;
      }
    }
  }

  /** Kills the worker at work on it; it may have been answered before the blow, so it is said until one has fallen. */
  async function strike(attempt: () => Promise<unknown>): Promise<void> {
    await stack.control.faults({ kill: 'calls' });
    const killed = async () => (await stack.control.request<{ killed: number }>('GET', '/faults')).killed;
    for (let tries = 0; tries < 5 && (await killed()) === 0; tries += 1)
      await attempt().catch(() => undefined);
    expect(await killed()).toBeGreaterThan(0);
    await stack.control.clearFaults();
  }

  it(
    'a start: said again, it rings once',
    async () => {
      const { caller, callee } = await stack.pair();
      const input = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
      const start = async () => caller.earshot.calls.start(input);
      await strike(start);
      const started = await untilAnswered(start);
      expect((await books(caller)).coins).toMatchObject({ available: 400, held: 100 });
      // What the dead worker left undone is done by the sweep, while it still rings.
      await stack.control.advance(50);
      expect((await stack.pushesOf(callee.uid, 'incoming_call')).length).toBeGreaterThanOrEqual(1);
      const { callId } = started;
      await stack.control.advance(60);
      await expectEnded({ caller, callee, callId, started }, 500, { endReason: 'no_answer' });
    },
    LIMIT_MS,
  );

  it(
    'a start that nobody says again: nothing stays held',
    async () => {
      const { caller, callee } = await stack.pair();
      const input = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
      await strike(async () => caller.earshot.calls.start(input));
      await stack.control.advance(180);
      expect(await untilAnswered(async () => caller.earshot.calls.ongoing())).toEqual({ call: null });
      expect((await books(caller)).coins).toMatchObject({ available: 500, held: 0 });
      expect(await callee.earshot.calls.ongoing()).toEqual({ call: null });
    },
    LIMIT_MS,
  );

  it(
    'an accept: said again, it gives one channel',
    async () => {
      const call = await startedCall(stack);
      const { callId, callee, caller } = call;
      const input = { callId, requestId: randomUUID() };
      const accept = async () => callee.earshot.calls.accept(input);
      await strike(accept);
      const { media } = await untilAnswered(accept);
      expect(agoraOf((await accept()).media).channel).toBe(agoraOf(media).channel);
      await hangUp(caller, callId);
      await expectEnded(call, 500, { endReason: 'cancelled' });
      await expectClosed(stack, agoraOf(media).channel, 60);
    },
    LIMIT_MS,
  );

  it.each([
    ['a timer: the queue tries again', 'deadlines', {}],
    ['a sweep: the next one does its work', 'sweeper', { drop: 1 }],
  ] as const)(
    '%s',
    async (_story, service, tasks) => {
      const call = await connectedCall(stack, { coins: 25 });
      // Beats stand still, too, while the emulator holds the locks of the dead: nobody is to be lost by that.
      await stack.writeAsAdmin('config/limits', { callBeatLostSec: { integerValue: '86400' } });
      await stack.control.faults({ kill: service, tasks });
      await stack.control.advance(200);
      expect(await stack.control.request('GET', '/faults')).toMatchObject({ killed: 1, armed: false });
      await stack.control.advance(120);
      await expectEnded(call, 25, {
        endReason: 'coins_exhausted',
        endedAt: call.grantedUntil,
        durationSec: 120,
        billedMinutes: 2,
        spent: 20,
        earned: 30,
      });
      expect((await stack.rulesOf(call.media.channel)).length).toBeGreaterThanOrEqual(1);
    },
    LIMIT_MS,
  );

  it(
    'an end: said again, it answers with the one receipt, and the channel is closed',
    async () => {
      const call = await connectedCall(stack);
      const { callId, caller, callee, media } = call;
      await stack.control.advance(70);
      const end = async () => caller.earshot.calls.end({ callId, requestId: randomUUID() });
      await strike(end);
      expect(await untilAnswered(end)).toMatchObject({
        endReason: 'completed',
        receipt: { durationSec: 70, coinsSpent: 20, coinsReleased: 80 },
      });
      await stack.control.advance(60);
      expect((await stack.pushesOf(callee.uid, 'call_ended')).length).toBeGreaterThanOrEqual(1);
      expect((await stack.rulesOf(media.channel)).length).toBeGreaterThanOrEqual(1);
      await expectEnded(call, 500, {
        endReason: 'completed',
        endedBy: 'caller',
        durationSec: 70,
        billedMinutes: 2,
        spent: 20,
        earned: 30,
      });
    },
    LIMIT_MS,
  );
});
