/** Attacks on what the media provider proves: free calls, forged and replayed notifications, strangers. */
import { describe, expect, it } from '@jest/globals';
import { deleteDoc, doc, setDoc } from 'firebase/firestore';
import {
  agoraSeesBoth,
  agoraTells,
  notification,
  postSigned,
  postToWebhook,
  privateMedia,
  signed,
  storedInstant,
  useAgora,
} from './agoraHelpers.ts';
import { dump } from './helpers.ts';
import {
  acceptedCall,
  connectedCall,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  type AcceptedCall,
} from './support.ts';

const { stack, admin } = useAgora();

async function nowSec(): Promise<number> {
  return Math.floor((await stack.control.now()).getTime() / 1000);
}

/** A notification that the callee's join would cause. */
async function joinOf({ callId }: AcceptedCall, changes: object = {}): Promise<string> {
  const media = await privateMedia(admin, callId);
  const { channel, calleeUid } = media;
  const ts = await nowSec();
  return notification(103, { channelName: channel, uid: calleeUid, clientSeq: 1, ts, ...changes });
}

describe('a free call', () => {
  it('by withheld calls/joined of both is paid from the moment both were in the channel', async () => {
    const call = await acceptedCall(stack);
    await agoraSeesBoth(stack, call);
    const connectedAt = await stack.control.now();
    // Neither app says a word for five minutes but beats; then one hangs up.
    await stack.control.advance(300);
    const { receipt } = await hangUp(call.caller, call.callId);
    expect(receipt.connectedAt).toBe(connectedAt.toISOString());
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 300,
      billedMinutes: 5,
      spent: 50,
      earned: 75,
    });
  });

  it('by withheld calls/joined of the caller alone is paid from the moment both were there', async () => {
    const call = await acceptedCall(stack);
    await call.callee.earshot.calls.joined({ callId: call.callId });
    await stack.control.advance(10);
    await agoraTells(stack, call, 'join', 'caller');
    await stack.control.advance(61);
    await hangUp(call.callee, call.callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 61,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('by withheld calls/joined lasts no longer than the paid time, though nobody asks for anything', async () => {
    const call = await acceptedCall(stack, { coins: 20 });
    await agoraSeesBoth(stack, call);
    await stack.control.advance(300);
    await expectEnded(call, 20, {
      endReason: 'coins_exhausted',
      durationSec: 120,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('by an early end, while both stay in the channel, is thrown out, noted, and thrown out again', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, callee, media } = call;
    await agoraSeesBoth(stack, call);
    await stack.control.advance(9);
    const { receipt } = await hangUp(caller, callId);
    expect(receipt).toMatchObject({ durationSec: 9, coinsSpent: 0 });
    await stack.control.idle();
    // For as long as any token that was given out can live.
    expect((await stack.rulesOf(media.channel)).map((rule) => rule.time_in_seconds)).toEqual([591 + 30]);
    for (const phone of [caller, callee])
      await expectRefusal(phone.earshot.calls.token({ callId }), 'INVALID_TRANSITION', { state: 'ended' });
    await stack.control.advance(20);
    await agoraTells(stack, call, 'leave', 'callee', { reason: 3 });
    expect(await privateMedia(admin, callId)).toMatchObject({ mediaAfterEnd: { count: 1 } });
    expect(await stack.rulesOf(media.channel)).toHaveLength(2);
  });

  it('by an end while connecting, though both talk already, is thrown out as well', async () => {
    const call = await acceptedCall(stack);
    await call.caller.earshot.calls.cancel({ callId: call.callId });
    await stack.control.advance(16);
    await agoraTells(stack, call, 'join', 'caller');
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(2);
    expect(await privateMedia(admin, call.callId)).toMatchObject({ mediaAfterEnd: { count: 1 } });
  });

  it('by a removed beat: no party can remove one, and who beats no more is thrown out', async () => {
    const call = await connectedCall(stack);
    const { callId, caller, media, connectedAt } = call;
    await agoraSeesBoth(stack, call);
    const beat = doc(caller.db, `calls/${callId}/beats/${caller.uid}`);
    await expect(deleteDoc(beat)).rejects.toMatchObject({ code: 'permission-denied' });
    await expect(setDoc(beat, {})).rejects.toMatchObject({ code: 'permission-denied' });
    await stack.control.advance(130, [caller.uid]);
    await expectEnded(call, 500, { endReason: 'connection_lost', endedAt: connectedAt });
    await stack.control.idle();
    expect(await stack.rulesOf(media.channel)).toHaveLength(1);
  });

  it('by a refused kick is ended all the same: the outbox asks Agora until it is taken', async () => {
    const call = await connectedCall(stack);
    await stack.control.faults({ agora: { refuse: 1, status: 503 } });
    await hangUp(call.caller, call.callId);
    expect(await stack.rulesOf(call.media.channel)).toEqual([]);
    await stack.control.faults({ agora: { refuse: 0 } });
    await stack.control.advance(180);
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
  });

  it('is not asked for twice when Agora made the rule and only its answer was lost', async () => {
    const call = await connectedCall(stack);
    await stack.control.faults({ agora: { refuse: 1, status: 504 } });
    await hangUp(call.caller, call.callId);
    await stack.control.clearFaults();
    await stack.control.advance(180);
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
  });
});

describe('a notification', () => {
  it('that is forged or changed in a byte is refused, and nothing is written', async () => {
    const call = await acceptedCall(stack);
    const body = await joinOf(call);
    const secret = stack.info.secrets.agoraNcs;
    const good = signed(body, secret);
    const old = signed(body, secret, 'sha1');
    const v2 = (hex: string) => ({ 'agora-signature-v2': hex });
    const forged: [string, Record<string, string>][] = [
      [body, {}],
      [body, v2('')],
      [body, v2(signed(body, 'another secret'))],
      [body, v2(signed(body, ''))],
      [body, v2(good.slice(0, -2))],
      [body, v2(`${good}00`)],
      [body, v2(`${good.slice(0, -2)}zz`)],
      [body, v2(old)],
      [body, { 'agora-signature': good }],
      [body, { 'agora-signature': signed(body, 'another secret', 'sha1') }],
      // The older signature counts only where there is no newer one.
      [body, { 'agora-signature': old, ...v2('0'.repeat(64)) }],
      [`${body} `, v2(good)],
      [body.replace('103', '104'), v2(good)],
      // The same content in other bytes.
      [JSON.stringify(JSON.parse(body), null, 1), v2(good)],
      [body.replace('payload', '\\u0070ayload'), v2(good)],
      ['', v2(good)],
    ];
    const untouched = await dump(stack);
    for (const [content, headers] of forged)
      expect((await postToWebhook(stack, content, headers)).status).toBe(401);
    expect(await dump(stack)).toEqual(untouched);
    expect((await postToWebhook(stack, body, { 'agora-signature': old })).status).toBe(200);
    const stored = await admin.doc(`calls/${call.callId}`).get();
    expect(stored.get('joined.callee')).not.toBeNull();
    await hangUp(call.caller, call.callId);
  });

  it('that is replayed changes nothing, during the call and after it', async () => {
    const call = await connectedCall(stack);
    const join = await joinOf(call, { clientSeq: 10 });
    const leave = await joinOf(call, { clientSeq: 20, reason: 2 });
    const leaving = leave.replace('"eventType":103', '"eventType":104');
    for (const body of [join, leaving, await joinOf(call, { clientSeq: 30 })]) await postSigned(stack, body);
    const during = await dump(stack);
    for (const body of [join, leaving]) expect((await postSigned(stack, body)).status).toBe(200);
    expect(await dump(stack)).toEqual(during);
    await stack.control.advance(100);
    await hangUp(call.caller, call.callId);
    await stack.control.advance(60);
    const after = await dump(stack);
    for (const body of [join, leaving]) expect((await postSigned(stack, body)).status).toBe(200);
    expect(await dump(stack)).toEqual(after);
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
  });

  it('that says it is from before the accept or from the future counts within the call', async () => {
    const call = await acceptedCall(stack);
    const acceptedAt = await stack.control.now();
    await stack.control.advance(5);
    const { caller, callId } = call;
    expect((await postSigned(stack, await joinOf(call, { ts: 1_000_000_000 }))).status).toBe(200);
    const media = await privateMedia(admin, callId);
    const future = {
      channelName: media['channel'],
      uid: media['callerUid'],
      clientSeq: 1,
      ts: 4_000_000_000,
    };
    expect((await postSigned(stack, notification(107, future))).status).toBe(200);
    expect(await storedInstant(admin, `calls/${callId}`, 'joined.callee')).toEqual(acceptedAt);
    expect(await storedInstant(admin, `calls/${callId}`, 'connectedAt')).toEqual(plusSec(acceptedAt, 5));
    await hangUp(caller, callId);
  });

  it('about somebody who is no party, or about the party of another call, joins nobody', async () => {
    const [call, other] = [await acceptedCall(stack), await acceptedCall(stack)];
    const theirs = await privateMedia(admin, other.callId);
    const untouched = await dump(stack);
    for (const uid of [12_121_212, 0, -1, theirs['callerUid'], theirs['calleeUid']])
      expect((await postSigned(stack, await joinOf(call, { uid }))).status).toBe(200);
    // Names that begin with a call of ours but are not its channel.
    const channels = [`${call.callId}-AAAAAAAAAAAAAAAAAAAAAA`, call.callId, `${call.callId}-`, '../users/x'];
    for (const channelName of channels)
      expect((await postSigned(stack, await joinOf(call, { channelName }))).status).toBe(200);
    expect(await dump(stack)).toEqual(untouched);
  });

  it('of the health test, of another product, of another kind or without sense is answered with JSON', async () => {
    const untouched = await dump(stack);
    const test = { channelName: 'test_webhook', uid: 12_121_212, clientSeq: 1, ts: await nowSec() };
    const bodies = [
      ...[101, 102, 103, 104, 105, 106, 107, 108, 109, 111, 112, 999].map((kind) => notification(kind, test)),
      notification(103, test, { productId: 3 }),
      notification(103, { ...test, clientSeq: 'none' }),
      notification(103, {}),
      '[]',
      '{}',
    ];
    for (const body of bodies) {
      const answer = await postSigned(stack, body);
      expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    }
    for (const body of ['{"noticeId":', 'no json', 'null'])
      expect((await postSigned(stack, body)).status).toBe(400);
    expect(await dump(stack)).toEqual(untouched);
  });
});

describe('a channel', () => {
  it('names its call and holds 128 random bits besides, which no two calls share', async () => {
    const calls = [await acceptedCall(stack), await acceptedCall(stack)];
    const secrets = calls.map(({ callId, media }) => {
      expect(media.channel).toMatch(/^[0-9a-f]{32}-[\w-]{22}$/u);
      expect(media.channel.startsWith(`${callId}-`)).toBe(true);
      return Buffer.from(media.channel.slice(callId.length + 1), 'base64url');
    });
    expect(secrets.map(({ length }) => length)).toEqual([16, 16]);
    expect(secrets[0]?.equals(secrets[1] ?? Buffer.alloc(0))).toBe(false);
  });
});
