/** Two things at once, or one thing twice: whoever wins, everybody hears the same and the books are right. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CallsAcceptOutput, CallsStartOutput } from '../../client/src/index.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import {
  acceptedCall,
  books,
  connectedCall,
  expectClosed,
  expectEnded,
  expectRefusal,
  hangUp,
  readDocument,
  startedCall,
  useStack,
  type Pair,
  type SignedIn,
  agoraOf,
} from './support.ts';

const stack = useStack();

async function start(
  caller: Phone,
  callee: Phone,
  requestId: string = randomUUID(),
): Promise<CallsStartOutput> {
  return caller.earshot.calls.start({ calleeId: callee.uid, type: 'audio', requestId });
}

/** Where the media of an accept meets. */
function channelOf(accepted: CallsAcceptOutput | undefined): string {
  if (accepted === undefined) throw new Error('nobody has accepted');
  return agoraOf(accepted.media).channel;
}

/** Splits what was done in parallel. */
async function settle<T>(attempts: readonly Promise<T>[]): Promise<{ done: T[]; refused: Promise<T>[] }> {
  const outcomes = await Promise.allSettled(attempts);
  return {
    done: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    refused: attempts.filter((_attempt, index) => outcomes[index]?.status === 'rejected'),
  };
}

async function fund(uid: string, coins: number): Promise<void> {
  const operator = await stack.operator();
  const input = { userId: uid, coins, note: 'for a scenario', requestId: randomUUID() };
  await operator.earshot.wallet.adjust(input);
}

/** Two listeners who can both pay. */
async function twoListeners(): Promise<Pair> {
  const [caller, callee] = await stack.people({ listeners: 2, callers: 0, coins: 0 });
  if (caller === undefined || callee === undefined) throw new Error('the seed made nobody');
  await Promise.all([fund(caller.uid, 500), fund(callee.uid, 500)]);
  return { caller, callee };
}

describe('one start twice', () => {
  it('a double tap rings once and answers twice the same', async () => {
    const { caller, callee } = await stack.pair();
    const requestId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(async () => start(caller, callee, requestId)));
    const [first] = answers;
    if (first === undefined) throw new Error('there is no answer');
    expect(answers).toEqual([first, first, first]);
    expect(await stack.pushesOf(callee.uid, 'incoming_call')).toHaveLength(1);
    expect((await books(caller)).coins).toMatchObject({ available: 400, held: 100 });
    await hangUp(caller, first.callId);
    await expectEnded({ caller, callee, callId: first.callId, started: first }, 500, {
      endReason: 'cancelled',
    });
  });

  it('a start that is said again after the end answers as before and rings nobody', async () => {
    const { caller, callee } = await stack.pair();
    const requestId = randomUUID();
    const started = await start(caller, callee, requestId);
    const { callId } = started;
    expect(await start(caller, callee, requestId)).toEqual(started);
    await hangUp(caller, callId);
    await fund(caller.uid, 100);
    expect(await start(caller, callee, requestId)).toEqual(started);
    expect(await stack.pushesOf(callee.uid, 'incoming_call')).toHaveLength(1);
    await expectEnded({ caller, callee, callId, started }, 600, { endReason: 'cancelled' });
  });

  it('the same requestId with other input is refused, while it rings and afterwards', async () => {
    const { caller, callee } = await stack.pair();
    const input = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
    const started = await caller.earshot.calls.start(input);
    const others = [
      { ...input, type: 'video' as const },
      { ...input, estimatedMinutes: 3 },
      { ...input, calleeId: caller.uid },
    ];
    for (const other of others)
      await expectRefusal(caller.earshot.calls.start(other), 'IDEMPOTENCY_MISMATCH');
    await hangUp(caller, started.callId);
    for (const other of others)
      await expectRefusal(caller.earshot.calls.start(other), 'IDEMPOTENCY_MISMATCH');
    const call = { caller, callee, callId: started.callId, started };
    await expectEnded(call, 500, { endReason: 'cancelled' });
  });

  it('a requestId belongs to one person: another one makes another call with it', async () => {
    const one = await stack.pair();
    const two = await stack.pair();
    const requestId = randomUUID();
    const first = await start(one.caller, one.callee, requestId);
    const second = await start(two.caller, two.callee, requestId);
    expect(second.callId).not.toBe(first.callId);
    await hangUp(one.caller, first.callId);
    await hangUp(two.caller, second.callId);
    await expectEnded({ ...one, callId: first.callId, started: first }, 500, { endReason: 'cancelled' });
    await expectEnded({ ...two, callId: second.callId, started: second }, 500, { endReason: 'cancelled' });
  });

  it('a refused start can be tried again with the same requestId', async () => {
    const { caller, callee } = await stack.pair(0);
    const requestId = randomUUID();
    await expectRefusal(start(caller, callee, requestId), 'INSUFFICIENT_COINS', {
      requiredCoins: 10,
      availableCoins: 0,
    });
    await fund(caller.uid, 30);
    const started = await start(caller, callee, requestId);
    expect(started).toMatchObject({ heldCoins: 30 });
    await hangUp(caller, started.callId);
    await expectEnded({ caller, callee, callId: started.callId, started }, 30, { endReason: 'cancelled' });
  });
});

describe('one open call a person', () => {
  it('a caller rings two people at once: one of them rings', async () => {
    const [one, two, caller] = await stack.people({ listeners: 2, callers: 1, coins: 500 });
    if (one === undefined || two === undefined || caller === undefined)
      throw new Error('the seed made nobody');
    const { done, refused } = await settle([start(caller, one), start(caller, two)]);
    const [started] = done;
    if (started === undefined) throw new Error('nobody rings');
    const busy = { callId: started.callId, role: 'caller' };
    expect(refused).toHaveLength(1);
    for (const attempt of refused) await expectRefusal(attempt, 'CALLER_BUSY', busy);
    const { calleeId } = await readDocument<{ calleeId: string }>(caller, `calls/${started.callId}`);
    const callee = calleeId === one.uid ? one : two;
    const idle = calleeId === one.uid ? two : one;
    await expectRefusal(start(caller, idle), 'CALLER_BUSY', busy);
    await hangUp(caller, started.callId);
    await expectEnded({ caller, callee, callId: started.callId, started }, 500, { endReason: 'cancelled' });
    expect((await readDocument<{ availability: string }>(caller, `listeners/${idle.uid}`)).availability).toBe(
      'available',
    );
  });

  it('two callers ring the same person at once: one gets through, the other hears busy', async () => {
    const [callee, ...callers] = await stack.people({ listeners: 1, callers: 2, coins: 500 });
    if (callee === undefined) throw new Error('the seed made nobody');
    const { done, refused } = await settle(callers.map(async (caller) => start(caller, callee)));
    expect(done).toHaveLength(1);
    for (const attempt of refused) await expectRefusal(attempt, 'CALLEE_BUSY');
    const [started] = done;
    const openCalls = await Promise.all(callers.map(async (caller) => caller.earshot.calls.ongoing()));
    const winner = callers[openCalls.findIndex(({ call }) => call !== null)];
    if (started === undefined || winner === undefined) throw new Error('nobody got through');
    await hangUp(winner, started.callId);
    await expectEnded({ caller: winner, callee, callId: started.callId, started }, 500, {
      endReason: 'cancelled',
    });
    for (const caller of callers) {
      expect((await books(caller)).coins).toMatchObject({ available: 500, held: 0 });
    }
  });

  it('while both are busy with others, the callee’s business is told first', async () => {
    const one = await acceptedCall(stack);
    const two = await acceptedCall(stack);
    await expectRefusal(start(one.caller, two.callee), 'CALLEE_BUSY');
    await expectRefusal(start(one.caller, one.callee), 'CALLEE_BUSY');
    for (const call of [one, two]) {
      await hangUp(call.callee, call.callId);
      await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'callee' });
    }
  });

  it('two people who call each other: the second is told to take the call of the first', async () => {
    const pair = await twoListeners();
    const call = await startedCall(stack, { pair });
    const { caller, callee, callId } = call;
    await expectRefusal(start(callee, caller), 'CALLER_BUSY', { callId, role: 'callee' });
    const taken = await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    expect(taken).toMatchObject({ state: 'connecting' });
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'caller' });
  });

  it('two people who call each other in the same moment get one call', async () => {
    const { caller: anna, callee: ben } = await twoListeners();
    const { done, refused } = await settle([start(anna, ben), start(ben, anna)]);
    const [started] = done;
    if (started === undefined || done.length > 1) throw new Error(`${done.length} calls were made`);
    const { callId } = started;
    for (const attempt of refused) await expectRefusal(attempt, 'CALLER_BUSY', { callId, role: 'callee' });
    const { callerId } = await readDocument<{ callerId: string }>(anna, `calls/${callId}`);
    const pair = callerId === anna.uid ? { caller: anna, callee: ben } : { caller: ben, callee: anna };
    await pair.callee.earshot.calls.reject({ callId });
    await expectEnded({ ...pair, callId, started }, 500, { endReason: 'rejected' });
    expect((await books(pair.callee)).coins).toMatchObject({ available: 500, held: 0 });
  });
});

describe('two devices of the callee', () => {
  const accept = async (phone: Phone, callId: string, requestId: string = randomUUID()) =>
    phone.earshot.calls.accept({ callId, requestId });

  async function withTablet(): Promise<{ call: Awaited<ReturnType<typeof startedCall>>; tablet: SignedIn }> {
    const call = await startedCall(stack);
    const tablet = await stack.secondPhoneOf(call.callee);
    return { call, tablet: { ...tablet, customToken: call.callee.customToken } };
  }

  it('accept at once: one of them talks, the other hears that it was answered elsewhere', async () => {
    const { call, tablet } = await withTablet();
    const { callId, callee, caller } = call;
    const { done, refused } = await settle([accept(callee, callId), accept(tablet, callId)]);
    expect(done).toHaveLength(1);
    for (const attempt of refused) {
      await expectRefusal(attempt, 'INVALID_TRANSITION', { state: 'connecting', answeredElsewhere: true });
    }
    expect(await stack.pushesOf(callee.uid, 'call_taken')).toHaveLength(1);
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled' });
    expect(await stack.rulesOf(channelOf(done[0]))).toHaveLength(1);
  });

  it('an accept said again on the same device gives the same channel, also while they talk', async () => {
    const { call, tablet } = await withTablet();
    const { callId, callee, caller } = call;
    const requestId = randomUUID();
    const first = await accept(callee, callId, requestId);
    const again = await Promise.all([accept(callee, callId, requestId), accept(callee, callId, requestId)]);
    await callee.earshot.calls.joined({ callId });
    await caller.earshot.calls.joined({ callId });
    const { channel, uid } = agoraOf(first.media);
    for (const { media } of [...again, await accept(callee, callId, requestId)]) {
      expect(media).toMatchObject({ channel, uid });
    }
    await expectRefusal(accept(tablet, callId), 'INVALID_TRANSITION', {
      state: 'ongoing',
      answeredElsewhere: true,
    });
    await hangUp(tablet, callId);
    await expectEnded(call, 500, { endReason: 'completed', endedBy: 'callee' });
  });
});

describe('two ends at once', () => {
  it('both hang up: one settlement, a receipt for each', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee, media } = call;
    await stack.control.advance(20);
    const [mine, theirs] = await Promise.all([hangUp(caller, callId), hangUp(callee, callId)]);
    const { coinsSpent, coinsReleased, coinsPerMinute, ...common } = mine.receipt;
    expect({ coinsSpent, coinsReleased, coinsPerMinute }).toEqual({
      coinsSpent: 10,
      coinsReleased: 90,
      coinsPerMinute: 10,
    });
    expect(theirs.receipt).toEqual({ ...common, earnedCoins: 15 });
    const told = [caller, callee].map(async ({ uid }) => stack.pushesOf(uid, 'call_ended'));
    expect((await Promise.all(told)).flat()).toHaveLength(1);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: mine.receipt.durationSec,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
    expect(await stack.rulesOf(media.channel)).toHaveLength(1);
  });

  it('a cancel meets an accept: the call is cancelled either way', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const accept = callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    const [cancelled, accepted] = await Promise.allSettled([caller.earshot.calls.cancel({ callId }), accept]);
    expect(cancelled).toMatchObject({ status: 'fulfilled', value: { endReason: 'cancelled' } });
    if (accepted.status === 'rejected') {
      await expectRefusal(accept, 'INVALID_TRANSITION', { state: 'ended', endReason: 'cancelled' });
    } else {
      await stack.control.idle();
      expect(await stack.rulesOf(channelOf(accepted.value))).toHaveLength(1);
    }
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'caller' });
  });

  it('a reject meets a cancel: one of them it was, and the other is told which', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const { done, refused } = await settle([
      callee.earshot.calls.reject({ callId }),
      caller.earshot.calls.cancel({ callId }),
    ]);
    expect(done).toHaveLength(1);
    const endReason = done[0]?.endReason ?? '';
    for (const attempt of refused) {
      await expectRefusal(attempt, 'INVALID_TRANSITION', { state: 'ended', endReason });
    }
    await expectEnded(call, 500, { endReason });
  });

  it('a hang-up meets the cut: one of them it was, and ten minutes are paid', async () => {
    await stack.freeze(10);
    const call = await connectedCall(stack, { coins: 100 });
    const { callId, caller, callee, media } = call;
    await stack.control.advance(595);
    const [, answer] = await Promise.all([stack.control.advance(5), hangUp(callee, callId)]);
    expect(['completed', 'coins_exhausted']).toContain(answer.endReason);
    expect(await hangUp(caller, callId)).toMatchObject({ endReason: answer.endReason });
    await expectEnded(call, 100, {
      endReason: answer.endReason,
      durationSec: answer.receipt.durationSec,
      billedMinutes: 10,
      spent: 100,
      earned: 150,
    });
    expect(await stack.rulesOf(media.channel)).toHaveLength(1);
  });

  it('both join at once: the call is connected once', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee, media } = call;
    await stack.freeze();
    const joins = await Promise.all(
      [caller, callee].map(async (phone) => phone.earshot.calls.joined({ callId })),
    );
    expect(joins.filter(({ state }) => state === 'ongoing').length).toBeGreaterThanOrEqual(1);
    expect(await caller.earshot.calls.joined({ callId })).toMatchObject({ state: 'ongoing' });
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'completed' });
    await expectClosed(stack, media.channel, 630);
  });
});
