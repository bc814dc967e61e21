/** What Agora tells of comings and goings, and what it means for the call. The clock stands, so instants are exact. */
import { describe, expect, it } from '@jest/globals';
import {
  agoraSeesBoth,
  agoraTells,
  notification,
  postSigned,
  privateMedia,
  storedInstant,
  useAgora,
} from './agoraHelpers.ts';
import { dump } from './helpers.ts';
import {
  acceptedCall,
  connectedCall,
  expectClosed,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  type AcceptedCall,
  type ConnectedCall,
} from './support.ts';

const { stack, admin } = useAgora();

const mediaEvidence = (receipt: { evidence: readonly { source: string; event: string; party: string }[] }) =>
  receipt.evidence.filter(({ source }) => source === 'media').map(({ party, event }) => `${party} ${event}`);

async function stateOf({ caller, callId }: AcceptedCall): Promise<string> {
  const answer = await caller.earshot.calls.get({ callId });
  return answer.call.state;
}

describe('a join', () => {
  it('counts like calls/joined: the paid time begins when Agora has seen both', async () => {
    const call = await acceptedCall(stack);
    await stack.control.advance(2);
    await agoraTells(stack, call, 'join', 'callee');
    expect(await stateOf(call)).toBe('connecting');
    await stack.control.advance(3);
    await agoraTells(stack, call, 'join', 'caller');
    const connectedAt = await stack.control.now();
    expect(await stateOf(call)).toBe('ongoing');
    // What the apps say later changes nothing.
    await stack.control.advance(5);
    for (const phone of [call.caller, call.callee])
      expect(await phone.earshot.calls.joined({ callId: call.callId })).toMatchObject({
        state: 'ongoing',
        connectedAt: connectedAt.toISOString(),
      });
    await stack.control.advance(85);
    const { receipt } = await hangUp(call.callee, call.callId);
    expect(receipt.connectedAt).toBe(connectedAt.toISOString());
    expect(mediaEvidence(receipt)).toEqual(['callee joined', 'caller joined']);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 90,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('that both tell counts from the earlier of the two times', async () => {
    const call = await acceptedCall(stack);
    const { caller, callee, callId } = call;
    const seenAt = await stack.control.now();
    const { channel, uid } = call.media;
    await stack.control.advance(4);
    await callee.earshot.calls.joined({ callId });
    // Agora's news of it comes four seconds late.
    const ts = Math.floor(seenAt.getTime() / 1000) + 1;
    const late = notification(103, { channelName: channel, uid, clientSeq: 1, ts });
    expect((await postSigned(stack, late)).status).toBe(200);
    expect(await storedInstant(admin, `calls/${callId}`, 'joined.callee')).toEqual(plusSec(seenAt, 1));
    const joined = await caller.earshot.calls.joined({ callId });
    expect(joined).toMatchObject({ state: 'ongoing', connectedAt: plusSec(seenAt, 4).toISOString() });
    await hangUp(caller, callId);
  });

  it('after the time to connect finds the call ended, and nothing is charged', async () => {
    const call = await acceptedCall(stack);
    await stack.control.faults({ tasks: { drop: 1 } });
    const second = await acceptedCall(stack);
    await stack.control.advance(31);
    await agoraSeesBoth(stack, second);
    await expectEnded(second, 500, { endReason: 'connect_timeout' });
    await expectEnded(call, 500, { endReason: 'connect_timeout' });
  });

  it.each([
    ['live, as broadcasters', 103, 104],
    ['live, as audience', 105, 106],
    ['communication', 107, 108],
  ])('and a leave are known in the %s profile', async (_profile, join, leave) => {
    const call = await acceptedCall(stack);
    const media = await privateMedia(admin, call.callId);
    const ts = Math.floor((await stack.control.now()).getTime() / 1000);
    const tell = async (eventType: number, uid: unknown, clientSeq: number) => {
      const body = notification(eventType, { channelName: media['channel'], uid, clientSeq, ts, reason: 2 });
      const answer = await postSigned(stack, body);
      expect([answer.status, typeof answer.body]).toEqual([200, 'object']);
    };
    for (const uid of [media['callerUid'], media['calleeUid']]) await tell(join, uid, 100);
    expect(await stateOf(call)).toBe('ongoing');
    await tell(leave, media['callerUid'], 101);
    await stack.control.advance(60);
    await expectEnded(call, 500, { endReason: 'connection_lost' });
  });
});

describe('a leave', () => {
  async function talking(): Promise<ConnectedCall> {
    const call = await connectedCall(stack);
    await agoraSeesBoth(stack, call);
    await stack.control.advance(70);
    return call;
  }

  it.each([
    [0, 'caller'],
    [1, 'callee'],
    [2, 'caller'],
    [3, 'callee'],
    [999, 'caller'],
  ] as const)(
    'for reason %d of the %s without a return ends the call where it happened, though the app beats on',
    async (reason, party) => {
      const call = await talking();
      await agoraTells(stack, call, 'leave', party, { reason });
      const leftAt = await stack.control.now();
      await stack.control.advance(25);
      expect(await stateOf(call)).toBe('ongoing');
      // Until the second sweep, which finds that there is nobody left to remove.
      await stack.control.advance(95);
      await expectEnded(call, 500, {
        endReason: 'connection_lost',
        endedBy: 'system',
        endedAt: leftAt,
        durationSec: 70,
        billedMinutes: 2,
        spent: 20,
        earned: 30,
      });
      await stack.control.idle();
      expect((await stack.rulesOf(call.media.channel)).length).toBe(1);
    },
  );

  it('with a return in time ends nothing; both stand in the receipt', async () => {
    const call = await talking();
    await agoraTells(stack, call, 'leave', 'callee', { reason: 2 });
    await stack.control.advance(29);
    await agoraTells(stack, call, 'join', 'callee');
    await stack.control.advance(120);
    const { receipt } = await hangUp(call.caller, call.callId);
    expect(receipt).toMatchObject({ endReason: 'completed', durationSec: 219 });
    expect(mediaEvidence(receipt)).toEqual([
      'callee joined',
      'caller joined',
      'callee left',
      'callee rejoined',
    ]);
    expect(receipt.evidence.find(({ event }) => event === 'left')).toMatchObject({
      source: 'media',
      reason: 'connection timeout',
    });
  });

  it('with a return too late ends where it happened, also when no sweep has run', async () => {
    const call = await talking();
    // 70 s after the tenth second: the next sweep is 40 s away.
    await agoraTells(stack, call, 'leave', 'caller', { reason: 2 });
    const leftAt = await stack.control.now();
    await stack.control.advance(35);
    await agoraTells(stack, call, 'join', 'caller');
    await expectEnded(call, 500, {
      endReason: 'connection_lost',
      endedAt: leftAt,
      durationSec: 70,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('that was waited for in vain comes before a hang-up', async () => {
    const call = await talking();
    await agoraTells(stack, call, 'leave', 'caller', { reason: 1 });
    const leftAt = await stack.control.now();
    await stack.control.advance(35);
    const { receipt } = await hangUp(call.callee, call.callId);
    expect(receipt).toMatchObject({ endReason: 'connection_lost', endedAt: leftAt.toISOString() });
  });

  it.each([4, 5, 9, 10])('for reason %d ends nothing: the SDK comes back by itself', async (reason) => {
    const call = await talking();
    await agoraTells(stack, call, 'leave', 'callee', { reason });
    await stack.control.advance(150);
    expect(await stateOf(call)).toBe('ongoing');
    const { receipt } = await hangUp(call.callee, call.callId);
    expect(receipt).toMatchObject({ endReason: 'completed', durationSec: 220 });
  });

  it('for coming and going too often has the party removed a minute later, and the call goes on with their return', async () => {
    const call = await talking();
    const { channelOf, removed } = removals(call);
    await agoraTells(stack, call, 'leave', 'caller', { reason: 999 });
    await stack.control.advance(5);
    await agoraTells(stack, call, 'join', 'caller');
    await stack.control.advance(54);
    expect(await stack.rulesOf(channelOf)).toEqual([]);
    await stack.control.advance(61);
    expect(await removed('caller')).toEqual([10]);
    expect(await removed('callee')).toEqual([]);
    // Thrown out, the SDK comes back when it may.
    await agoraTells(stack, call, 'leave', 'caller', { reason: 3 });
    await stack.control.advance(11);
    await agoraTells(stack, call, 'join', 'caller');
    await stack.control.advance(60);
    expect(await stateOf(call)).toBe('ongoing');
    await hangUp(call.caller, call.callId);
    await stack.control.advance(120);
    // One for the party, and one for the channel of the ended call.
    expect(await stack.rulesOf(channelOf)).toHaveLength(2);
  });

  /** The seconds for which one party was kept out of the channel. */
  function removals({ callId, media: { channel } }: ConnectedCall) {
    const removed = async (party: 'caller' | 'callee') => {
      const uid = (await privateMedia(admin, callId))[`${party}Uid`];
      return (await stack.rulesOf(channel))
        .filter((rule) => rule.uid === uid)
        .map((rule) => rule.time_in_seconds);
    };
    return { channelOf: channel, removed };
  }

  it('whose join was lost proves that the party was there', async () => {
    const call = await acceptedCall(stack);
    await agoraTells(stack, call, 'join', 'callee');
    const media = await privateMedia(admin, call.callId);
    await stack.control.advance(20);
    const ts = Math.floor((await stack.control.now()).getTime() / 1000);
    const payload = { channelName: media['channel'], uid: media['callerUid'], clientSeq: 9, ts };
    expect((await postSigned(stack, notification(104, { ...payload, reason: 1, duration: 15 }))).status).toBe(
      200,
    );
    await stack.control.advance(90);
    await expectEnded(call, 500, {
      endReason: 'connection_lost',
      durationSec: 15,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
  });
});

describe('news that come twice, late or in the wrong order', () => {
  it('change nothing that newer ones have told', async () => {
    const call = await connectedCall(stack);
    await agoraTells(stack, call, 'join', 'caller', { clientSeq: 10 });
    await agoraTells(stack, call, 'leave', 'caller', { clientSeq: 20, reason: 2 });
    await agoraTells(stack, call, 'join', 'caller', { clientSeq: 30 });
    await stack.control.idle();
    const untouched = await dump(stack);
    await agoraTells(stack, call, 'leave', 'caller', { clientSeq: 20, reason: 2 });
    await agoraTells(stack, call, 'leave', 'caller', { clientSeq: 30, reason: 2 });
    await agoraTells(stack, call, 'join', 'caller', { clientSeq: 10 });
    expect(await dump(stack)).toEqual(untouched);
    await stack.control.advance(120);
    expect(await stateOf(call)).toBe('ongoing');
    await hangUp(call.caller, call.callId);
  });

  it('end the same way as in order, when the webhooks are doubled, delayed and reordered', async () => {
    const call = await connectedCall(stack);
    await stack.control.faults({ webhooks: { duplicate: 1, delaySec: 10, reorder: 1 } });
    for (const type of ['join', 'leave', 'join', 'leave', 'join'] as const) await agoraTellsLater(call, type);
    await stack.control.clearFaults();
    await stack.control.advance(150);
    expect(await stateOf(call)).toBe('ongoing');
    const { receipt } = await hangUp(call.caller, call.callId);
    expect(receipt).toMatchObject({ endReason: 'completed', durationSec: 150 });
  });

  async function agoraTellsLater(call: AcceptedCall, type: 'join' | 'leave'): Promise<void> {
    const { callId, caller } = call;
    await stack.control.request('POST', '/agora/event', { callId, uid: caller.uid, type, reason: 2 });
  }

  it('grow no receipt without end', async () => {
    const call = await connectedCall(stack);
    for (let round = 0; round < 30; round += 1) {
      await agoraTells(stack, call, 'leave', 'callee', { reason: 10 });
      await agoraTells(stack, call, 'join', 'callee');
    }
    const { receipt } = await hangUp(call.caller, call.callId);
    expect(mediaEvidence(receipt)).toHaveLength(20);
    const stored = await admin.doc(`calls/${call.callId}`).get();
    expect(stored.get('mediaTracks.callee.events')).toBe(60);
  });
});

describe('after the end', () => {
  it('whoever leaves in time is only noted', async () => {
    const call = await connectedCall(stack);
    await agoraSeesBoth(stack, call);
    await stack.control.advance(100);
    await hangUp(call.caller, call.callId);
    const before = await admin.doc(`calls/${call.callId}`).get();
    await agoraTells(stack, call, 'leave', 'caller', { reason: 1 });
    await stack.control.advance(15);
    await agoraTells(stack, call, 'leave', 'callee', { reason: 3 });
    expect((await admin.doc(`calls/${call.callId}`).get()).data()).toEqual(before.data());
    const media = await privateMedia(admin, call.callId);
    expect(media['mediaAfterEnd']).toBeUndefined();
    expect(media['afterEnd']).toMatchObject({
      evidence: [
        { party: 'caller', event: 'left', reason: 'left' },
        { party: 'callee', event: 'left', reason: 'removed' },
      ],
    });
    await expectClosed(stack, call.media.channel, 500 + 20 + 10);
  });

  it('whoever stays is recorded, and the channel is closed again, once for many events', async () => {
    const call = await connectedCall(stack);
    await agoraSeesBoth(stack, call);
    await stack.control.advance(5);
    await hangUp(call.caller, call.callId);
    const endedAt = await stack.control.now();
    await stack.control.advance(16);
    for (let count = 0; count < 5; count += 1) {
      await agoraTells(stack, call, 'leave', 'callee', { reason: 2 });
      await agoraTells(stack, call, 'join', 'callee');
    }
    const { mediaAfterEnd } = await privateMedia(admin, call.callId);
    expect(mediaAfterEnd).toMatchObject({ count: 10 });
    const path = `calls/${call.callId}/private/media`;
    expect(await storedInstant(admin, path, 'mediaAfterEnd.firstAt')).toEqual(plusSec(endedAt, 16));
    const rules = await stack.rulesOf(call.media.channel);
    expect(rules.map(({ time_in_seconds }) => time_in_seconds)).toEqual([595 - 16 + 30, 595 + 30]);
    await stack.control.advance(10);
    await agoraTells(stack, call, 'join', 'caller');
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(3);
    // Money is not touched: the end was an end.
    await expectEnded(call, 500, { endReason: 'completed', durationSec: 5 });
    await expectRefusal(call.caller.earshot.calls.token({ callId: call.callId }), 'INVALID_TRANSITION');
  });
});
