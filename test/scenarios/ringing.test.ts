/** From the first ring to an answer, or to none. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  acceptedCall,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  readDocument,
  startedCall,
  useStack,
} from './support.ts';

const stack = useStack();
const ENDED = { state: 'ended' };

describe('ringing', () => {
  it('the callee sees the incoming call live and by push, and the coins are held', async () => {
    const call = await startedCall(stack, { coins: 125 });
    const { callId, caller, callee, started } = call;
    expect(started).toMatchObject({
      state: 'ringing',
      coinsPerMinute: 10,
      heldCoins: 100,
      affordableMinutes: 12,
      estimatedCoins: null,
    });
    const [push, ...others] = await stack.pushesOf(callee.uid, 'incoming_call');
    const { username } = await readDocument<{ username: string }>(caller, `users/${caller.uid}`);
    expect(others).toEqual([]);
    expect(push?.notification).toBeUndefined();
    expect(push?.data).toEqual({
      type: 'incoming_call',
      callId,
      callType: 'audio',
      callerName: username,
      callerImageUrl: '',
      ringExpiresAt: started.ringExpiresAt,
    });
    expect(await callee.earshot.calls.ongoing()).toMatchObject({
      call: { callId, role: 'callee', state: 'ringing', acceptedAt: null, connectedAt: null },
    });
    expect(await caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 25, held: 100 } });
    await hangUp(caller, callId);
    await expectEnded(call, 125, { endReason: 'cancelled' });
  });

  it('the callee accepts: the devices stop ringing, and the answer says how to join', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee, media } = call;
    expect(media).toMatchObject({ provider: 'agora', channel: expect.stringMatching(/^[\w-]{22,63}$/u) });
    expect((await stack.pushesOf(callee.uid, 'call_taken')).map(({ data }) => data)).toEqual([
      { type: 'call_taken', callId },
    ]);
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({ state: 'connecting' });
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'caller' });
  });

  it('the callee rejects', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const answer = { callId, ...ENDED, endReason: 'rejected' };
    expect(await callee.earshot.calls.reject({ callId, note: 'not now' })).toEqual(answer);
    // The same person's same operation has the same answer.
    expect(await callee.earshot.calls.reject({ callId })).toEqual(answer);
    expect((await stack.pushesOf(caller.uid, 'call_ended')).map(({ data }) => data)).toEqual([
      { type: 'call_ended', callId, endReason: 'rejected', durationSec: '0' },
    ]);
    await expectEnded(call, 500, { endReason: 'rejected', endedBy: 'callee' });
  });

  it('the callee hangs up while it rings', async () => {
    const call = await startedCall(stack);
    expect(await hangUp(call.callee, call.callId)).toMatchObject({
      ...ENDED,
      endReason: 'rejected',
      receipt: { connectedAt: null, durationSec: 0, billedMinutes: 0, endedBy: 'callee', earnedCoins: 0 },
    });
    await expectEnded(call, 500, { endReason: 'rejected', endedBy: 'callee' });
  });

  it('the caller cancels: the callee stops ringing', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    expect(await caller.earshot.calls.cancel({ callId })).toEqual({
      callId,
      ...ENDED,
      endReason: 'cancelled',
    });
    expect((await stack.pushesOf(callee.uid, 'call_cancelled')).map(({ data }) => data)).toEqual([
      { type: 'call_cancelled', callId, endReason: 'cancelled' },
    ]);
    expect(await stack.pushesOf(caller.uid, 'call_ended')).toEqual([]);
    await expectRefusal(
      callee.earshot.calls.accept({ callId, requestId: randomUUID() }),
      'INVALID_TRANSITION',
      {
        ...ENDED,
        endReason: 'cancelled',
      },
    );
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'caller' });
  });

  it('the caller hangs up while it rings', async () => {
    const call = await startedCall(stack);
    expect(await hangUp(call.caller, call.callId)).toMatchObject({
      ...ENDED,
      endReason: 'cancelled',
      receipt: { coinsSpent: 0, coinsReleased: 100, coinsPerMinute: 10 },
    });
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'caller' });
  });

  it('nobody answers: the callee has missed a call, the caller is told', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee, started } = call;
    await stack.control.advance(61);
    const [missed, ...others] = await stack.pushesOf(callee.uid, 'missed_call');
    expect(others).toEqual([]);
    const { username } = await readDocument<{ username: string }>(caller, `users/${caller.uid}`);
    expect(missed?.data).toEqual({
      type: 'missed_call',
      callId,
      callerName: username,
      at: started.ringExpiresAt,
    });
    expect(missed?.notification).toEqual({ title: expect.any(String), body: username });
    expect(await stack.pushesOf(callee.uid, 'call_cancelled')).toEqual([]);
    expect((await stack.pushesOf(caller.uid, 'call_ended')).map(({ data }) => data)).toEqual([
      { type: 'call_ended', callId, endReason: 'no_answer', durationSec: '0' },
    ]);
    await expectEnded(call, 500, {
      endReason: 'no_answer',
      endedBy: 'system',
      endedAt: new Date(started.ringExpiresAt),
    });
  });

  it.each([
    ['at the very moment at which the ringing ends', 0],
    ['after the ringing has ended', 5],
  ])('an accept %s ends the call as unanswered, when no timer did', async (_when, lateSec) => {
    await stack.freeze(10);
    // No task comes, and no sweep runs before second 0 of the next minute but one.
    await stack.control.faults({ tasks: { drop: 1 } });
    const call = await startedCall(stack);
    const { callId, callee, started } = call;
    await stack.control.advance(60 + lateSec);
    const accept = { callId, requestId: randomUUID() };
    const refused = { ...ENDED, endReason: 'no_answer' };
    expect(await readDocument(callee, `calls/${callId}`)).toMatchObject({ state: 'ringing' });
    await expectRefusal(callee.earshot.calls.accept(accept), 'INVALID_TRANSITION', refused);
    await expectRefusal(callee.earshot.calls.accept(accept), 'INVALID_TRANSITION', refused);
    expect(await stack.pushesOf(callee.uid, 'missed_call')).toHaveLength(1);
    await expectEnded(call, 500, {
      endReason: 'no_answer',
      endedBy: 'system',
      endedAt: new Date(started.ringExpiresAt),
    });
  });

  it('an accept in the last millisecond of ringing still counts', async () => {
    await stack.freeze(10);
    const call = await startedCall(stack);
    const { callId, caller, callee, started } = call;
    await stack.control.advance(59.999);
    expect(await callee.earshot.calls.accept({ callId, requestId: randomUUID() })).toMatchObject({
      state: 'connecting',
    });
    const { acceptedAt } = (await caller.earshot.calls.get({ callId })).call;
    expect(new Date(acceptedAt ?? Number.NaN)).toEqual(plusSec(new Date(started.ringExpiresAt), -0.001));
    await hangUp(callee, callId);
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'callee' });
  });

  it.each(['caller', 'callee'] as const)('the %s ends it in an emergency', async (party) => {
    const call = await startedCall(stack);
    const { callId } = call;
    const phone = call[party];
    const answer = await phone.earshot.calls.emergencyEnd({ callId, note: 'help' });
    expect(answer).toMatchObject({ ...ENDED, endReason: 'emergency', receipt: { endedBy: party } });
    expect(await phone.earshot.calls.emergencyEnd({ callId })).toEqual(answer);
    await expectEnded(call, 500, { endReason: 'emergency', endedBy: party });
  });

  it('an operator ends it', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const operator = await stack.operator();
    const answer = { callId, ...ENDED, endReason: 'admin_ended' };
    await expectRefusal(caller.earshot.calls.adminEnd({ callId, note: 'no' }), 'NOT_ALLOWED');
    expect(await operator.earshot.calls.adminEnd({ callId, note: 'abuse' })).toEqual(answer);
    expect(await operator.earshot.calls.adminEnd({ callId, note: 'abuse' })).toEqual(answer);
    expect(await stack.pushesOf(caller.uid, 'call_ended')).toHaveLength(1);
    expect(await stack.pushesOf(callee.uid, 'call_cancelled')).toHaveLength(1);
    await expectEnded(call, 500, { endReason: 'admin_ended', endedBy: 'admin' });
  });

  it('the caller may not answer, the callee may not cancel, and nobody may talk yet', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const ringing = { state: 'ringing' };
    const accept = { callId, requestId: randomUUID() };
    await expectRefusal(caller.earshot.calls.accept(accept), 'INVALID_TRANSITION', ringing);
    await expectRefusal(caller.earshot.calls.reject({ callId }), 'INVALID_TRANSITION', ringing);
    await expectRefusal(callee.earshot.calls.cancel({ callId }), 'INVALID_TRANSITION', ringing);
    for (const operation of ['calls/token', 'calls/joined', 'calls/heartbeat']) {
      for (const phone of [caller, callee]) {
        await expectRefusal(phone.call(operation, { callId }), 'INVALID_TRANSITION', ringing);
      }
    }
    await hangUp(callee, callId);
    await expectEnded(call, 500, { endReason: 'rejected' });
  });

  it('a stranger finds nothing', async () => {
    const call = await startedCall(stack);
    const { callId } = call;
    const { caller: stranger } = await stack.pair();
    const notes = ['reject', 'cancel', 'end', 'emergencyEnd', 'joined', 'token', 'heartbeat', 'get'];
    for (const name of notes) await expectRefusal(stranger.call(`calls/${name}`, { callId }), 'NOT_FOUND');
    await expectRefusal(stranger.earshot.calls.accept({ callId, requestId: randomUUID() }), 'NOT_FOUND');
    await expectRefusal(stranger.earshot.calls.get({ callId: 'no-such-call' }), 'NOT_FOUND');
    await expect(readDocument(stranger, `calls/${callId}`)).rejects.toMatchObject({
      code: 'permission-denied',
    });
    expect(await stranger.earshot.calls.ongoing()).toEqual({ call: null });
    await hangUp(call.caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled' });
  });

  it('a call that ends before it is accepted locks no channel', async () => {
    const before = await stack.control.request<{ items: unknown[] }>('GET', '/agora/rules');
    const call = await startedCall(stack);
    await call.callee.earshot.calls.reject({ callId: call.callId });
    await stack.control.idle();
    expect(await stack.control.request('GET', '/agora/rules')).toEqual(before);
    await expectEnded(call, 500, { endReason: 'rejected' });
  });
});
