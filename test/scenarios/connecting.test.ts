/** From the accept until both are in the channel. The clock stands, so every instant is exact. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CallsJoinedOutput } from '../../client/src/index.ts';
import {
  acceptedCall,
  expectClosed,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  readDocument,
  readToken,
  startedCall,
  useStack,
  type AcceptedCall,
  agoraOf,
} from './support.ts';

const stack = useStack();
/** Ring to connect and the token's grace, as set by default. */
const CONNECT_SEC = 30;
const TOKEN_SEC = 50;
/** A channel stays closed for what is left of the last token and a margin. */
const LOCK_SEC = TOKEN_SEC + 10;

beforeEach(async () => stack.freeze(10));

/** Resolves when a live view has what is waited for; keeps everything it has shown. */
class Watch<T> {
  readonly seen: T[] = [];
  #look: (() => void) | undefined;

  add(value: T): void {
    this.seen.push(value);
    this.#look?.();
  }

  async until(wanted: T): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#look = () => this.seen.at(-1) === wanted && resolve();
      this.#look();
    });
  }
}

async function joinBoth({ caller, callee, callId }: AcceptedCall): Promise<CallsJoinedOutput> {
  await callee.earshot.calls.joined({ callId });
  return caller.earshot.calls.joined({ callId });
}

describe('connecting', () => {
  it('both join: the paid time begins with the later join', async () => {
    const call = await acceptedCall(stack, { coins: 500 });
    const { callId, caller, callee } = call;
    const acceptedAt = await stack.control.now();
    await stack.control.advance(3);
    expect(await callee.earshot.calls.joined({ callId })).toMatchObject({
      state: 'connecting',
      connectedAt: null,
      grantedUntil: null,
    });
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({ state: 'connecting' });
    await stack.control.advance(4.5);
    const connectedAt = plusSec(acceptedAt, 7.5);
    const joined = {
      state: 'ongoing',
      connectedAt: connectedAt.toISOString(),
      grantedUntil: plusSec(connectedAt, 600).toISOString(),
    };
    expect(await caller.earshot.calls.joined({ callId })).toMatchObject(joined);
    // Said again, it changes nothing, whoever says it.
    await stack.control.advance(2);
    expect(await caller.earshot.calls.joined({ callId })).toMatchObject(joined);
    expect(await callee.earshot.calls.joined({ callId })).toMatchObject(joined);
    await hangUp(callee, callId);
    await expectEnded(call, 500, { endReason: 'completed', durationSec: 2 });
  });

  it('both follow it by what they may read live: the callee by a query, the caller by the document', async () => {
    const pair = await stack.pair();
    const { caller, callee } = pair;
    const rings = new Watch<string>();
    const stopRinging = callee.earshot.watchIncoming(([ringing]) => rings.add(ringing?.callId ?? 'quiet'));
    const call = await startedCall(stack, { pair });
    const { callId } = call;
    await rings.until(callId);
    const states = new Watch<unknown>();
    const stopStates = caller.earshot.watchCall(callId, (seen) => states.add(seen?.state));
    await states.until('ringing');
    await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    await rings.until('quiet');
    await states.until('connecting');
    await callee.earshot.calls.joined({ callId });
    await caller.earshot.calls.joined({ callId });
    await states.until('ongoing');
    await hangUp(callee, callId);
    await states.until('ended');
    stopRinging();
    stopStates();
    expect(new Set(states.seen)).toEqual(new Set(['ringing', 'connecting', 'ongoing', 'ended']));
    await expectEnded(call, 500, { endReason: 'completed', endedBy: 'callee' });
  });

  it('a join right after the accept, by the caller first, connects as well', async () => {
    const call = await acceptedCall(stack);
    await call.caller.earshot.calls.joined({ callId: call.callId });
    expect(await call.callee.earshot.calls.joined({ callId: call.callId })).toMatchObject({
      state: 'ongoing',
    });
    await hangUp(call.caller, call.callId);
    await expectEnded(call, 500, { endReason: 'completed' });
  });

  it.each(['caller', 'callee'] as const)(
    'only the %s joins: the call times out and is free',
    async (party) => {
      const call = await acceptedCall(stack);
      const { callId, caller, callee } = call;
      const acceptedAt = await stack.control.now();
      await call[party].earshot.calls.joined({ callId });
      await stack.control.advance(CONNECT_SEC);
      for (const { uid } of [caller, callee]) {
        expect((await stack.pushesOf(uid, 'call_ended')).map(({ data }) => data)).toEqual([
          { type: 'call_ended', callId, endReason: 'connect_timeout', durationSec: '0' },
        ]);
      }
      await expectEnded(call, 500, {
        endReason: 'connect_timeout',
        endedBy: 'system',
        endedAt: plusSec(acceptedAt, CONNECT_SEC),
      });
      await expectClosed(stack, call.media.channel, LOCK_SEC - CONNECT_SEC);
    },
  );

  it.each([
    ['the caller hangs up', 'caller', 'end'],
    ['the caller cancels', 'caller', 'cancel'],
    ['the callee hangs up', 'callee', 'end'],
  ] as const)('%s before both are in: cancelled and free', async (_story, party, operation) => {
    const call = await acceptedCall(stack);
    const { callId } = call;
    const other = party === 'caller' ? call.callee : call.caller;
    await other.earshot.calls.joined({ callId });
    await stack.control.advance(12);
    const answer = await call[party].call<object>(`calls/${operation}`, { callId });
    expect(answer).toMatchObject({ callId, state: 'ended', endReason: 'cancelled' });
    expect(await call[party].call(`calls/${operation}`, { callId })).toEqual(answer);
    expect((await stack.pushesOf(other.uid, 'call_ended')).map(({ data }) => data)).toEqual([
      { type: 'call_ended', callId, endReason: 'cancelled', durationSec: '0' },
    ]);
    expect(await stack.pushesOf(call[party].uid, 'call_ended')).toEqual([]);
    await expectEnded(call, 500, { endReason: 'cancelled', endedBy: party });
    await expectClosed(stack, call.media.channel, LOCK_SEC - 12);
  });

  it.each(['caller', 'callee'] as const)('the %s ends it in an emergency', async (party) => {
    const call = await acceptedCall(stack);
    const answer = await call[party].earshot.calls.emergencyEnd({ callId: call.callId });
    expect(answer).toMatchObject({ endReason: 'emergency', receipt: { connectedAt: null, durationSec: 0 } });
    await expectEnded(call, 500, { endReason: 'emergency', endedBy: party });
    await expectClosed(stack, call.media.channel, LOCK_SEC);
  });

  it('an operator ends it', async () => {
    const call = await acceptedCall(stack);
    const operator = await stack.operator();
    await operator.earshot.calls.adminEnd({ callId: call.callId, note: 'checked' });
    await expectEnded(call, 500, { endReason: 'admin_ended', endedBy: 'admin' });
    await expectClosed(stack, call.media.channel, LOCK_SEC);
  });

  it('what was accepted cannot be rejected, nor cancelled by the callee', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee } = call;
    const connecting = { state: 'connecting' };
    await expectRefusal(callee.earshot.calls.reject({ callId }), 'INVALID_TRANSITION', connecting);
    await expectRefusal(callee.earshot.calls.cancel({ callId }), 'INVALID_TRANSITION', connecting);
    await expectRefusal(caller.earshot.calls.reject({ callId }), 'INVALID_TRANSITION', connecting);
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled' });
  });

  it('a join when the time to connect is over ends the call, when no timer did', async () => {
    await stack.control.faults({ tasks: { drop: 1 } });
    const call = await acceptedCall(stack);
    const { callId, caller, callee } = call;
    const acceptedAt = await stack.control.now();
    await callee.earshot.calls.joined({ callId });
    await stack.control.advance(CONNECT_SEC);
    const refused = { state: 'ended', endReason: 'connect_timeout' };
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({ state: 'connecting' });
    await expectRefusal(caller.earshot.calls.joined({ callId }), 'INVALID_TRANSITION', refused);
    await expectRefusal(callee.earshot.calls.joined({ callId }), 'INVALID_TRANSITION', refused);
    await expectRefusal(callee.earshot.calls.token({ callId }), 'INVALID_TRANSITION', refused);
    await expectEnded(call, 500, {
      endReason: 'connect_timeout',
      endedBy: 'system',
      endedAt: plusSec(acceptedAt, CONNECT_SEC),
    });
  });

  it('a join in the last millisecond connects', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee } = call;
    await callee.earshot.calls.joined({ callId });
    await stack.control.advance(CONNECT_SEC - 0.001);
    expect(await caller.earshot.calls.joined({ callId })).toMatchObject({ state: 'ongoing' });
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'completed' });
  });

  it('both get tokens for the same channel that last until the time to connect is over', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee, media } = call;
    const expiresAt = plusSec(await stack.control.now(), TOKEN_SEC).toISOString();
    const answers = [
      await caller.earshot.calls.token({ callId }),
      await callee.earshot.calls.token({ callId }),
    ];
    expect(media.expiresAt).toBe(expiresAt);
    for (const answer of answers) {
      expect(answer).toMatchObject({ grantedUntil: null, final: false });
      expect(answer.media).toMatchObject({ channel: media.channel, appId: media.appId, expiresAt });
    }
    const [mine, theirs] = answers.map((answer) => agoraOf(answer.media));
    if (mine === undefined || theirs === undefined) throw new Error('two tokens were asked for');
    expect(theirs.uid).toBe(media.uid);
    expect(mine.uid).not.toBe(media.uid);
    for (const { token, uid } of [media, mine, theirs]) {
      const { privilegeSecs, ...read } = readToken(token);
      expect(read).toEqual({
        appId: media.appId,
        channel: media.channel,
        uid: String(uid),
        expireSec: TOKEN_SEC,
      });
      expect(privilegeSecs.length).toBeGreaterThan(0);
      expect(privilegeSecs.filter((seconds) => seconds !== TOKEN_SEC)).toEqual([]);
    }
    await hangUp(caller, callId);
    await expectEnded(call, 500, { endReason: 'cancelled' });
  });

  it('the call document says nothing of the media, whatever the state', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee, media } = call;
    const seen: string[] = [];
    const look = async () => seen.push(JSON.stringify(await readDocument(callee, `calls/${callId}`)));
    await look();
    const mine = agoraOf((await joinBoth(call)).media);
    await look();
    await hangUp(caller, callId);
    await look();
    for (const secret of [media.channel, media.token, mine.token, String(media.uid), String(mine.uid)]) {
      expect(seen.filter((document) => document.includes(secret))).toEqual([]);
    }
    await expectEnded(call, 500, { endReason: 'completed' });
  });

  it('each call has a channel and ids of its own', async () => {
    const calls = [await acceptedCall(stack), await acceptedCall(stack)];
    expect(new Set(calls.map(({ media }) => media.channel)).size).toBe(2);
    for (const call of calls) {
      expect(call.media.uid).toBeGreaterThanOrEqual(1);
      expect(call.media.uid).toBeLessThanOrEqual(2 ** 31 - 1);
      await call.callee.earshot.calls.end({ callId: call.callId, requestId: randomUUID() });
      await expectEnded(call, 500, { endReason: 'cancelled', endedBy: 'callee' });
    }
  });
});
