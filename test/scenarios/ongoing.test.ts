/** Two people talk: how long they may, how it ends, and what each is told. The clock stands, so instants are exact. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { doc, serverTimestamp, updateDoc } from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import {
  connectedCall,
  expectClosed,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  readDocument,
  readToken,
  startedCall,
  useStack,
  type ConnectedCall,
  agoraOf,
} from './support.ts';

const stack = useStack();
/** A token outlives the grant by this; a channel stays closed for a margin longer. */
const GRACE_SEC = 20;
const MARGIN_SEC = 10;

beforeEach(async () => stack.freeze(10));

/** What both see in `evidence` of a call in which nothing but talking happened. */
function plainEvidence({ connectedAt }: ConnectedCall) {
  const at = connectedAt.toISOString();
  return [
    { at, party: 'callee', source: 'client', event: 'accepted' },
    { at, party: 'callee', source: 'client', event: 'joined' },
    { at, party: 'caller', source: 'client', event: 'joined' },
  ];
}

describe('a call that is hung up', () => {
  it.each(['caller', 'callee'] as const)(
    'the %s hangs up: each gets a receipt of their own',
    async (party) => {
      const call = await connectedCall(stack, { coins: 500 });
      const { callId, connectedAt } = call;
      await stack.control.advance(90);
      const endedAt = plusSec(connectedAt, 90);
      const common = {
        connectedAt: connectedAt.toISOString(),
        endedAt: endedAt.toISOString(),
        durationSec: 90,
        billedMinutes: 2,
        endReason: 'completed',
        endedBy: party,
        evidence: plainEvidence(call),
      };
      const receipts = {
        caller: { ...common, coinsPerMinute: 10, coinsSpent: 20, coinsReleased: 80 },
        callee: { ...common, earnedCoins: 30 },
      };
      const other = party === 'caller' ? 'callee' : 'caller';
      const answer = { callId, state: 'ended', endReason: 'completed' };
      expect(await hangUp(call[party], callId)).toEqual({ ...answer, receipt: receipts[party] });
      // Again, later, by anyone of the two, however they hang up: their receipt.
      await stack.control.advance(5);
      expect(await hangUp(call[party], callId)).toEqual({ ...answer, receipt: receipts[party] });
      expect(await hangUp(call[other], callId)).toEqual({ ...answer, receipt: receipts[other] });
      expect(await call[other].earshot.calls.emergencyEnd({ callId })).toEqual({
        ...answer,
        receipt: receipts[other],
      });
      for (const role of ['caller', 'callee'] as const) {
        expect(await call[role].earshot.calls.get({ callId })).toMatchObject({
          call: { callId, role, state: 'ended', durationSec: 90, billedMinutes: 2 },
          receipt: receipts[role],
        });
      }
      expect((await stack.pushesOf(call[other].uid, 'call_ended')).map(({ data }) => data)).toEqual([
        { type: 'call_ended', callId, endReason: 'completed', durationSec: '90' },
      ]);
      expect(await stack.pushesOf(call[party].uid, 'call_ended')).toEqual([]);
      await expectEnded(call, 500, {
        endReason: 'completed',
        endedBy: party,
        endedAt,
        durationSec: 90,
        billedMinutes: 2,
        spent: 20,
        earned: 30,
      });
      await expectClosed(stack, call.media.channel, 600 - 90 + GRACE_SEC + MARGIN_SEC);
    },
  );

  it('nothing else works on a call that has ended', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee } = call;
    await hangUp(caller, callId);
    const ended = { state: 'ended', endReason: 'completed' };
    const accept = { callId, requestId: randomUUID() };
    await expectRefusal(caller.earshot.calls.cancel({ callId }), 'INVALID_TRANSITION', ended);
    await expectRefusal(callee.earshot.calls.reject({ callId }), 'INVALID_TRANSITION', ended);
    await expectRefusal(callee.earshot.calls.accept(accept), 'INVALID_TRANSITION', ended);
    await expectRefusal(
      callee.earshot.calls.accept({ callId, requestId: call.acceptRequestId }),
      'INVALID_TRANSITION',
      ended,
    );
    for (const name of ['joined', 'token', 'heartbeat']) {
      await expectRefusal(callee.call(`calls/${name}`, { callId }), 'INVALID_TRANSITION', ended);
    }
    const operator = await stack.operator();
    await expectRefusal(
      operator.earshot.calls.adminEnd({ callId, note: 'late' }),
      'INVALID_TRANSITION',
      ended,
    );
    await expectEnded(call, 500, { endReason: 'completed', endedBy: 'caller' });
  });

  it('an emergency is charged like any other end and flagged for review', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee } = call;
    await stack.control.advance(61);
    const answer = await callee.earshot.calls.emergencyEnd({ callId, note: 'threatened me' });
    expect(answer).toMatchObject({ endReason: 'emergency', receipt: { earnedCoins: 30, endedBy: 'callee' } });
    expect(await callee.earshot.calls.emergencyEnd({ callId })).toEqual(answer);
    expect(await hangUp(caller, callId)).toMatchObject({
      endReason: 'emergency',
      receipt: { coinsSpent: 20 },
    });
    expect(await readDocument(callee, `calls/${callId}`)).toMatchObject({ flagged: true });
    await expectEnded(call, 500, {
      endReason: 'emergency',
      endedBy: 'callee',
      durationSec: 61,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
    await expectClosed(stack, call.media.channel, 600 - 61 + GRACE_SEC + MARGIN_SEC);
  });

  it('an operator ends it: the time until then is charged, and both are told', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee } = call;
    const operator = await stack.operator();
    await stack.control.advance(60);
    expect(await operator.earshot.calls.adminEnd({ callId, note: 'reported' })).toEqual({
      callId,
      state: 'ended',
      endReason: 'admin_ended',
    });
    for (const { uid } of [caller, callee]) {
      expect((await stack.pushesOf(uid, 'call_ended')).map(({ data }) => data)).toEqual([
        { type: 'call_ended', callId, endReason: 'admin_ended', durationSec: '60' },
      ]);
    }
    expect(await hangUp(caller, callId)).toMatchObject({
      endReason: 'admin_ended',
      receipt: { coinsSpent: 10 },
    });
    await expectEnded(call, 500, {
      endReason: 'admin_ended',
      endedBy: 'admin',
      durationSec: 60,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
    await expectClosed(stack, call.media.channel, 600 - 60 + GRACE_SEC + MARGIN_SEC);
  });
});

describe('the paid time', () => {
  it('runs out of coins: one warning a minute before, and a cut on the second', async () => {
    // Ten minutes and a rest that does not pay for another one.
    const call = await connectedCall(stack, { coins: 105 });
    const { callId, caller, callee, connectedAt, grantedUntil } = call;
    expect(grantedUntil).toEqual(plusSec(connectedAt, 600));
    await stack.control.advance(539.9);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toEqual([]);
    await stack.control.advance(0.1);
    const low = { type: 'low_balance', callId, secondsLeft: '60', coinsPerMinute: '10' };
    expect((await stack.pushesOf(caller.uid, 'low_balance')).map(({ data }) => data)).toEqual([low]);
    expect(await caller.earshot.calls.token({ callId })).toMatchObject({
      grantedUntil: grantedUntil.toISOString(),
      final: true,
    });
    await stack.control.advance(59.9);
    expect(await callee.earshot.calls.ongoing()).toMatchObject({ call: { state: 'ongoing', final: true } });
    await stack.control.advance(30);
    expect((await stack.pushesOf(caller.uid, 'low_balance')).map(({ data }) => data)).toEqual([low]);
    expect(await stack.pushesOf(callee.uid, 'low_balance')).toEqual([]);
    for (const { uid } of [caller, callee]) {
      expect((await stack.pushesOf(uid, 'call_ended')).map(({ data }) => data)).toEqual([
        { type: 'call_ended', callId, endReason: 'coins_exhausted', durationSec: '600' },
      ]);
    }
    expect(await hangUp(callee, callId)).toMatchObject({
      endReason: 'coins_exhausted',
      receipt: {
        earnedCoins: 150,
        evidence: expect.arrayContaining([
          {
            at: grantedUntil.toISOString(),
            party: 'system',
            source: 'server',
            event: 'cut',
            reason: 'coins_exhausted',
          },
        ]),
      },
    });
    await expectEnded(call, 105, {
      endReason: 'coins_exhausted',
      endedBy: 'system',
      endedAt: grantedUntil,
      durationSec: 600,
      billedMinutes: 10,
      spent: 100,
      earned: 150,
    });
    await expectClosed(stack, call.media.channel, GRACE_SEC + MARGIN_SEC);
  });

  it('a caller with one minute is warned at once', async () => {
    const call = await connectedCall(stack, { coins: 10 });
    const { callId, caller, grantedUntil } = call;
    // Runs what is due now.
    await stack.control.advance(0);
    expect((await stack.pushesOf(caller.uid, 'low_balance')).map(({ data }) => data)).toEqual([
      { type: 'low_balance', callId, secondsLeft: '60', coinsPerMinute: '10' },
    ]);
    await stack.control.advance(60);
    await expectEnded(call, 10, {
      endReason: 'coins_exhausted',
      endedAt: grantedUntil,
      durationSec: 60,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
  });

  it('a hang-up after the paid time finds the cut, when no timer did it', async () => {
    await stack.control.faults({ tasks: { drop: 1 } });
    const call = await connectedCall(stack, { coins: 10 });
    const { callId, caller, grantedUntil } = call;
    await stack.control.advance(55);
    await stack.control.advance(10);
    const answer = await hangUp(caller, callId);
    expect(answer).toMatchObject({
      endReason: 'coins_exhausted',
      receipt: { coinsSpent: 10, durationSec: 60 },
    });
    await expectEnded(call, 10, {
      endReason: 'coins_exhausted',
      endedAt: grantedUntil,
      durationSec: 60,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
  });

  it('is extended by the timer, slice by slice, until the longest call is over', async () => {
    const call = await connectedCall(stack, { coins: 1300 });
    const { callId, caller, callee, connectedAt } = call;
    await stack.control.advance(540);
    const second = plusSec(connectedAt, 1200).toISOString();
    expect(await callee.earshot.calls.get({ callId })).toMatchObject({
      call: { state: 'ongoing', grantedUntil: second, final: false },
    });
    expect(await caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 1100, held: 200 } });
    await stack.control.advance(7200);
    const endedAt = plusSec(connectedAt, 7200);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toEqual([]);
    const { receipt } = await hangUp(caller, callId);
    expect(receipt.evidence.filter(({ event }) => event === 'extended')).toHaveLength(11);
    await expectEnded(call, 1300, {
      endReason: 'max_duration',
      endedBy: 'system',
      endedAt,
      durationSec: 7200,
      billedMinutes: 120,
      spent: 1200,
      earned: 1800,
    });
    await expectClosed(stack, call.media.channel, GRACE_SEC + MARGIN_SEC);
  });

  it('is extended by a token that is asked for when it is time, and not before', async () => {
    await stack.control.faults({ tasks: { drop: 1 } });
    const call = await connectedCall(stack, { coins: 500 });
    const { callId, caller, callee, connectedAt, grantedUntil } = call;
    await stack.control.advance(539.9);
    expect(await callee.earshot.calls.token({ callId })).toMatchObject({
      grantedUntil: grantedUntil.toISOString(),
      final: false,
      media: { expiresAt: plusSec(grantedUntil, GRACE_SEC).toISOString() },
    });
    await stack.control.advance(0.1);
    const extended = plusSec(connectedAt, 1200);
    const answers = await Promise.all([
      callee.earshot.calls.token({ callId }),
      caller.earshot.calls.token({ callId }),
    ]);
    for (const { media, ...answer } of answers) {
      expect(answer).toEqual({ grantedUntil: extended.toISOString(), final: false });
      expect(media.expiresAt).toBe(plusSec(extended, GRACE_SEC).toISOString());
    }
    expect(await caller.earshot.wallet.balance()).toMatchObject({ coins: { available: 300, held: 200 } });
    await hangUp(caller, callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 540,
      billedMinutes: 9,
      spent: 90,
      earned: 135,
    });
    await expectClosed(stack, call.media.channel, 1200 - 540 + GRACE_SEC + MARGIN_SEC);
  });

  it('binds the tokens: they end 20 seconds after it', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee, connectedAt } = call;
    await stack.control.advance(100);
    const expiresAt = plusSec(connectedAt, 600 + GRACE_SEC).toISOString();
    const token = await caller.earshot.calls.token({ callId });
    const joined = await callee.earshot.calls.joined({ callId });
    for (const { media } of [token, joined]) {
      expect(media.expiresAt).toBe(expiresAt);
      const { expireSec, privilegeSecs } = readToken(agoraOf(media).token);
      expect(expireSec).toBe(520);
      expect(privilegeSecs.filter((seconds) => seconds !== 520)).toEqual([]);
    }
    await hangUp(caller, callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 100,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });
});

describe('the beat of a call', () => {
  it.each([
    ['by the operation', 'call'],
    ['written directly', 'write'],
  ] as const)('%s keeps a person in the call who makes no other', async (_way, way) => {
    const call = await connectedCall(stack);
    const { callId, caller, callee, connectedAt } = call;
    for (const seconds of [50, 50, 50]) {
      await stack.control.advance(seconds, [callee.uid]);
      if (way === 'call') expect(await callee.earshot.calls.heartbeat({ callId })).toEqual({});
      else await updateDoc(doc(callee.db, `calls/${callId}/beats/${callee.uid}`), { at: serverTimestamp() });
    }
    expect(await caller.earshot.calls.ongoing()).toMatchObject({ call: { callId, state: 'ongoing' } });
    await hangUp(callee, callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      endedAt: plusSec(connectedAt, 150),
      durationSec: 150,
      billedMinutes: 3,
      spent: 30,
      earned: 45,
    });
    // The end renewed the presence of both, so the next one gets through.
    const next = await startedCall(stack, { pair: call });
    await hangUp(callee, next.callId);
  });

  it('can be written by its owner only, and not after the end', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee } = call;
    const beatOf = (uid: string) => doc(caller.db, `calls/${callId}/beats/${uid}`);
    const now = { at: serverTimestamp() };
    const denied = { code: 'permission-denied' };
    await expect(updateDoc(beatOf(callee.uid), now)).rejects.toMatchObject(denied);
    await expect(updateDoc(beatOf(caller.uid), { at: new Date(0) })).rejects.toMatchObject(denied);
    await expect(updateDoc(beatOf(caller.uid), { ...now, uid: callee.uid })).rejects.toMatchObject(denied);
    await updateDoc(beatOf(caller.uid), now);
    await hangUp(caller, callId);
    await expect(updateDoc(beatOf(caller.uid), now)).rejects.toMatchObject({
      code: expect.stringMatching(/^(permission-denied|not-found)$/u),
    });
    await expectEnded(call, 500, { endReason: 'completed' });
  });
});
