/** What clients claim of a call that only the server can know: who calls, where they talk, how long, and for how much. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CallsStartOutput } from '../../client/src/index.ts';
import { dump, sendJson } from './helpers.ts';
import {
  acceptedCall,
  books,
  connectedCall,
  expectEnded,
  expectRefusal,
  hangUp,
  readDocument,
  startedCall,
  useStack,
  type AgoraMedia,
  agoraOf,
} from './support.ts';

const stack = useStack();

describe('a caller', () => {
  it('who names somebody as the caller, chooses the channel or says who the callee is, is refused', async () => {
    const { caller, callee } = await stack.pair();
    const input = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
    const untouched = await dump(stack);
    for (const claim of [
      { callerId: callee.uid },
      { callerId: caller.uid },
      { channelName: 'mine' },
      { channel: 'mine' },
      { calleeType: 'user' },
      { callerType: 'admin' },
      { uid: 1 },
      { coinsPerMinute: 0 },
    ]) {
      const issues = [expect.objectContaining({ path: Object.keys(claim)[0] })];
      await expectRefusal(caller.call('calls/start', { ...input, ...claim }), 'INVALID_INPUT', { issues });
    }
    expect(await dump(stack)).toEqual(untouched);
    const { callId } = await caller.earshot.calls.start(input);
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({
      callerId: caller.uid,
      calleeId: callee.uid,
      coinsPerMinute: 10,
    });
    await hangUp(caller, callId);
  });

  it('gets no more time by a longer estimate, which is from 1 to 120 whole minutes', async () => {
    const { caller, callee } = await stack.pair(20);
    const start = async (estimatedMinutes: unknown) =>
      caller.call<CallsStartOutput>('calls/start', {
        calleeId: callee.uid,
        type: 'audio',
        estimatedMinutes,
        requestId: randomUUID(),
      });
    for (const wrong of [0, -1, 1.5, 121, 1e9, '5', [5], true])
      await expectRefusal(start(wrong), 'INVALID_INPUT', {
        issues: [expect.objectContaining({ path: 'estimatedMinutes' })],
      });
    await stack.freeze();
    const started = await start(120);
    expect(started).toMatchObject({ heldCoins: 20, affordableMinutes: 2, estimatedCoins: 1200 });
    const { callId } = started;
    await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    for (const phone of [callee, caller]) await phone.earshot.calls.joined({ callId });
    await stack.control.advance(200);
    await expectEnded({ caller, callee, callId, started }, 20, {
      endReason: 'coins_exhausted',
      durationSec: 120,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('who is a listener too cannot spend what was earned, nor call themselves', async () => {
    const [first, second] = await stack.people({ listeners: 2, callers: 0, coins: 0 });
    const { caller } = await stack.pair();
    if (first === undefined || second === undefined) throw new Error('two listeners were asked for');
    await stack.freeze();
    const call = await connectedCall(stack, { pair: { caller, callee: first } });
    await stack.control.advance(600);
    await hangUp(caller, call.callId);
    const input = { type: 'audio' as const, requestId: randomUUID() };
    expect((await books(first)).earnings.total).toBe(150);
    await expectRefusal(first.earshot.calls.start({ ...input, calleeId: second.uid }), 'INSUFFICIENT_COINS', {
      requiredCoins: 10,
      availableCoins: 0,
    });
    await expectRefusal(first.earshot.calls.start({ ...input, calleeId: first.uid }), 'SELF_CALL');
  });
});

describe('a duration that a client tells', () => {
  it('is refused, whatever it is and however it is called; the clock of the server counts', async () => {
    const call = await connectedCall(stack);
    await stack.freeze();
    const { callId, caller, callee } = call;
    const start = await stack.control.now();
    const before = (start.getTime() - call.connectedAt.getTime()) / 1000;
    await stack.control.advance(90);
    for (const claim of [{ duration: 1 }, { durationSec: 0 }, { endedAt: call.connectedAt.toISOString() }])
      for (const operation of ['end', 'emergencyEnd'])
        await expectRefusal(caller.call(`calls/${operation}`, { callId, ...claim }), 'INVALID_INPUT');
    expect(await callee.earshot.calls.ongoing()).toMatchObject({ call: { state: 'ongoing' } });
    const token = await caller.idToken();
    const longer = { token, body: { duration: 7200 } };
    expect((await sendJson(stack, `api/v1/calls/${callId}/end`, longer)).status).toBe(400);
    const { receipt } = await hangUp(caller, callId);
    expect(receipt.durationSec).toBe(Math.floor(90 + before));
  });
});

describe('a media token', () => {
  it('is for the seat that the server gave: a channel, a uid or a role of the client’s choice is refused', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller } = call;
    const claims = [{ channelName: 'x' }, { channel: call.media.channel }, { uid: 0 }, { role: 'publisher' }];
    for (const claim of claims)
      await expectRefusal(caller.earshot.calls.token({ callId, ...claim }), 'INVALID_INPUT');
    const asked = { token: await caller.idToken(), body: { uid: call.media.uid } };
    expect((await sendJson(stack, `api/v1/calls/${callId}/token`, asked)).status).toBe(400);
    const { media } = await caller.earshot.calls.token({ callId });
    expect(agoraOf(media).uid).not.toBe(call.media.uid);
    await hangUp(caller, callId);
  });

  it('is for the two parties, from the accept to the end', async () => {
    const call = await startedCall(stack);
    const { callId, caller, callee } = call;
    const stranger = (await stack.pair()).caller;
    const operator = await stack.operator();
    for (const phone of [caller, callee])
      await expectRefusal(phone.earshot.calls.token({ callId }), 'INVALID_TRANSITION', { state: 'ringing' });
    await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    for (const phone of [stranger, operator])
      for (const operation of ['token', 'joined', 'heartbeat', 'end', 'get'])
        await expectRefusal(phone.call(`calls/${operation}`, { callId }), 'NOT_FOUND');
    await caller.earshot.calls.token({ callId });
    await hangUp(callee, callId);
    for (const phone of [caller, callee])
      for (const operation of ['token', 'joined'])
        await expectRefusal(phone.call(`calls/${operation}`, { callId }), 'INVALID_TRANSITION', {
          state: 'ended',
        });
  });

  it('is written nowhere, and no push carries one or says where the call is', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee } = call;
    const given: AgoraMedia[] = [call.media];
    given.push(agoraOf((await caller.earshot.calls.token({ callId })).media));
    for (const phone of [callee, caller]) {
      given.push(agoraOf((await phone.earshot.calls.joined({ callId })).media));
    }
    await hangUp(caller, callId);
    await stack.control.idle();
    const stored = JSON.stringify(await dump(stack));
    const pushes = await Promise.all([caller, callee].map(async ({ uid }) => stack.control.pushes(uid)));
    const sent = JSON.stringify(pushes);
    expect(sent).toContain(callId);
    expect(new Set(given.map(({ token }) => token)).size).toBe(4);
    for (const { token, channel } of given) {
      expect(stored).not.toContain(token);
      expect(sent).not.toContain(token);
      expect(sent).not.toContain(channel);
    }
  });
});

describe('whoever is no party', () => {
  it('changes nothing, whichever operation they try in whichever state', async () => {
    const stranger = (await stack.pair()).caller;
    const ringing = await startedCall(stack);
    const connecting = await acceptedCall(stack);
    const ongoing = await connectedCall(stack);
    await stack.control.idle();
    const untouched = await dump(stack);
    for (const { callId } of [ringing, connecting, ongoing]) {
      await expectRefusal(stranger.earshot.calls.accept({ callId, requestId: randomUUID() }), 'NOT_FOUND');
      for (const operation of ['reject', 'cancel', 'end', 'emergencyEnd', 'joined', 'token', 'heartbeat'])
        await expectRefusal(stranger.call(`calls/${operation}`, { callId }), 'NOT_FOUND');
      await expectRefusal(stranger.earshot.calls.adminEnd({ callId, note: 'mine' }), 'NOT_ALLOWED');
    }
    expect(await dump(stack)).toEqual(untouched);
    for (const { callId, caller } of [ringing, connecting, ongoing]) await hangUp(caller, callId);
  });
});
