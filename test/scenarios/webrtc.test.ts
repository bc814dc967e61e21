/** Calls from app to app, on two phones with the official SDK: they find each other by signals under the rules. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  doc,
  getDocsFromServer,
  limit,
  onSnapshot,
  type QuerySnapshot,
  query,
  serverTimestamp,
  setDoc,
  Timestamp,
  updateDoc,
  where,
} from 'firebase/firestore';
import type { Firestore } from '@google-cloud/firestore';
import type { Media } from '../../client/src/index.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { outcome } from '../rules/emulator.ts';
import { adminOf, sendJson } from './helpers.ts';
import {
  acceptedCall,
  takenCall,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  useStack,
  type TakenCall,
  type CallWish,
} from './support.ts';

const stack = useStack();
let admin: Firestore;

/** Changes the features as an operator would in the console; they hold when the cache of the settings has run out. */
async function setFeatures(features: Record<string, unknown>): Promise<void> {
  await admin.doc('config/features').set(features);
  await stack.control.advance(31);
}

const WEBRTC = { mediaProviders: { audio: 'webrtc' }, relayOnly: false };

beforeAll(async () => {
  admin = adminOf(stack);
  await setFeatures(WEBRTC);
});

type PeerMedia = Extract<Media, { provider: 'webrtc' }>;

async function mediaOf(phone: Phone, callId: string): Promise<PeerMedia> {
  const { media } = await phone.earshot.calls.token({ callId });
  if (media.provider !== 'webrtc') throw new Error(`the media is of ${media.provider}`);
  return media;
}

interface Said {
  readonly kind: string;
  readonly seq: number;
  readonly gen: number;
  readonly sdp?: string;
  readonly candidate?: string;
}

/** One party's app: sends its signals in order, and keeps what it is sent. */
class Peer {
  readonly phone: Phone;
  readonly media: PeerMedia;
  readonly heard: Said[] = [];
  /** Resolves once it hears: the emulator may never tell what is written while one begins to listen. */
  readonly hears: Promise<void>;
  readonly #to: string;
  readonly #stop: () => void;
  #seq = 0;
  #look: (() => void) | undefined;

  constructor(phone: Phone, media: PeerMedia, to: string) {
    this.phone = phone;
    this.media = media;
    this.#to = to;
    const mine = query(collection(phone.db, media.signalPath), where('to', '==', phone.uid), limit(200));
    let hears: () => void = () => undefined;
    this.hears = new Promise((resolve) => {
      hears = resolve;
    });
    const take = (snapshot: QuerySnapshot): void => {
      const added = snapshot.docChanges().filter(({ type }) => type === 'added');
      this.heard.push(...added.map((change) => change.doc.data() as Said));
      this.#look?.();
      hears();
    };
    // Whoever may not read hears nothing.
    this.#stop = onSnapshot(mine, take, () => undefined);
  }

  async say(kind: string, content: object = {}, forged: Record<string, unknown> = {}): Promise<void> {
    const seq = this.#seq;
    const signal = {
      from: this.phone.uid,
      to: this.#to,
      kind,
      seq,
      gen: 0,
      ...content,
      createdAt: serverTimestamp(),
      expireAt: Timestamp.fromDate(new Date(this.media.signalsExpireAt)),
      ...forged,
    };
    await setDoc(doc(this.phone.db, this.media.signalPath, `${this.phone.uid}_${seq}`), signal);
    this.#seq += 1;
  }

  /** Resolves when as many signals have come. */
  async until(count: number): Promise<Said[]> {
    await new Promise<void>((resolve) => {
      this.#look = () => this.heard.length >= count && resolve();
      this.#look();
    });
    return this.heard.toSorted((a, b) => a.seq - b.seq);
  }

  stop(): void {
    this.#stop();
  }
}

interface Meeting extends TakenCall {
  readonly peers: { readonly caller: Peer; readonly callee: Peer };
}

/** Both apps, right after the accept. */
async function meeting(wish: CallWish = {}): Promise<Meeting> {
  const call = await takenCall(stack, wish);
  const { caller, callee, callId } = call;
  const [ofCaller, ofCallee] = await Promise.all([mediaOf(caller, callId), mediaOf(callee, callId)]);
  const peers = {
    caller: new Peer(caller, ofCaller, callee.uid),
    callee: new Peer(callee, ofCallee, caller.uid),
  };
  await Promise.all([peers.caller.hears, peers.callee.hears]);
  return { ...call, peers };
}

async function join({ callId, caller, callee }: TakenCall): Promise<void> {
  await callee.earshot.calls.joined({ callId });
  await caller.earshot.calls.joined({ callId });
}

async function signalsLeft(callId: string): Promise<number> {
  await stack.control.idle();
  return (await admin.collection(`calls/${callId}/signals`).get()).size;
}

describe('two apps', () => {
  it('find each other: offer, answer and candidates, then talk, and nothing of it stays', async () => {
    await stack.freeze(10);
    const closed = await stack.rules();
    const call = await meeting();
    const { callId, peers } = call;
    await peers.caller.say('offer', { sdp: 'v=0 of the caller' });
    expect(await peers.callee.until(1)).toMatchObject([{ kind: 'offer', sdp: 'v=0 of the caller' }]);
    await peers.callee.say('answer', { sdp: 'v=0 of the callee' });
    await peers.callee.say('candidate', { candidate: '[{"candidate":"candidate:1"}]' });
    await peers.caller.say('candidate', { candidate: '[{"candidate":"candidate:2"}]' });
    expect((await peers.caller.until(2)).map(({ kind }) => kind)).toEqual(['answer', 'candidate']);
    expect((await peers.callee.until(2)).map(({ kind }) => kind)).toEqual(['offer', 'candidate']);
    await join(call);
    await stack.control.advance(60);
    // A network has changed: both negotiate again, and the call goes on.
    await peers.caller.say('offer', { sdp: 'v=0 restarted', gen: 1 });
    expect((await peers.callee.until(3)).at(-1)).toMatchObject({ seq: 2, gen: 1 });
    await stack.control.advance(60);
    await hangUp(call.callee, callId);
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 120,
      spent: 20,
      earned: 30,
      billedMinutes: 2,
    });
    expect(await signalsLeft(callId)).toBe(0);
    // There is no channel that could be closed.
    expect(await stack.rules()).toEqual(closed);
    for (const peer of [peers.caller, peers.callee]) peer.stop();
  });

  it('get what they need to do so, for as long as it is paid', async () => {
    await stack.freeze(10);
    const call = await meeting();
    const acceptedAt = await stack.control.now();
    const { caller, callee } = call.peers;
    const expiresAt = plusSec(acceptedAt, 50);
    for (const { media } of [caller, callee]) {
      expect(media).toEqual({
        provider: 'webrtc',
        iceServers: [
          {
            urls: ['turn:127.0.0.1:3478?transport=udp'],
            username: expect.stringMatching(
              new RegExp(`^${Math.floor(expiresAt.getTime() / 1000)}:[0-9a-f]{32}$`, 'u'),
            ) as unknown,
            credential: expect.stringMatching(/^[\w+/]{27}=$/u) as unknown,
          },
        ],
        iceTransportPolicy: 'all',
        signalPath: `calls/${call.callId}/signals`,
        polite: media === callee.media,
        signalsExpireAt: plusSec(acceptedAt, 86_400).toISOString(),
        expiresAt: expiresAt.toISOString(),
      });
    }
    expect(call.media).toEqual(callee.media);
    await join(call);
    const connectedAt = await stack.control.now();
    const renewed = await mediaOf(call.caller, call.callId);
    expect(renewed.expiresAt).toBe(plusSec(connectedAt, 620).toISOString());
    await hangUp(call.caller, call.callId);
    for (const peer of [caller, callee]) peer.stop();
  });

  it('one of which vanishes: its beat ends the call, and takes the signals away', async () => {
    await stack.freeze(10);
    const call = await meeting();
    await call.peers.caller.say('offer', { sdp: 'v=0' });
    await join(call);
    const { uid } = call.caller;
    await stack.control.request('POST', '/clock/advance', { seconds: 180, silent: [uid] });
    const { call: seen } = await call.callee.earshot.calls.get({ callId: call.callId });
    expect(seen).toMatchObject({ state: 'ended', endReason: 'connection_lost' });
    expect(await signalsLeft(call.callId)).toBe(0);
    for (const peer of [call.peers.caller, call.peers.callee]) peer.stop();
  });
});

describe('nobody else', () => {
  it('reads or writes a signal: a stranger, somebody who has not signed in, and an operator', async () => {
    const { callId, caller, callee, peers } = await meeting();
    await peers.caller.say('offer', { sdp: 'v=0' });
    const [stranger] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    if (stranger === undefined) throw new Error('the seed made nobody');
    for (const phone of [stranger, await stack.phone(), await stack.operator()]) {
      const found = query(
        collection(phone.db, peers.caller.media.signalPath),
        where('to', '==', callee.uid),
        limit(200),
      );
      expect(await outcome(getDocsFromServer(found))).toBe('refused');
      const forger = new Peer(phone, peers.caller.media, callee.uid);
      for (const from of [phone.uid, caller.uid])
        expect(await outcome(forger.say('bye', {}, { from }))).toBe('refused');
      forger.stop();
    }
    await expectRefusal(stranger.earshot.calls.signals({ callId }), 'NOT_FOUND');
    await expectRefusal(
      stranger.earshot.calls.sendSignal({ callId, kind: 'bye', seq: 0, gen: 0 }),
      'NOT_FOUND',
    );
    await hangUp(caller, callId);
  });

  it('is spoken for, nothing is too long, nothing is changed, and nothing comes after the end', async () => {
    const { callId, caller, callee, peers } = await meeting();
    const { uid } = callee;
    expect(await outcome(peers.caller.say('bye', {}, { from: uid, to: caller.uid }))).toBe('refused');
    expect(await outcome(peers.caller.say('offer', { sdp: 'x'.repeat(65_537) }))).toBe('refused');
    expect(await outcome(peers.caller.say('candidate', { candidate: 'x'.repeat(2049) }))).toBe('refused');
    await peers.caller.say('offer', { sdp: 'x'.repeat(65_536) });
    const sent = doc(caller.db, peers.caller.media.signalPath, `${caller.uid}_0`);
    expect(await outcome(updateDoc(sent, { gen: 1 }))).toBe('refused');
    await hangUp(caller, callId);
    for (const peer of [peers.caller, peers.callee]) expect(await outcome(peer.say('bye'))).toBe('refused');
    expect(await signalsLeft(callId)).toBe(0);
  });

  it('needs signals in a call with a media server', async () => {
    const call = await acceptedCall(stack, { type: 'video' });
    const now = await stack.control.now();
    const media = {
      signalPath: `calls/${call.callId}/signals`,
      signalsExpireAt: plusSec(now, 86_400).toISOString(),
    } as PeerMedia;
    const peer = new Peer(call.caller, media, call.callee.uid);
    expect(await outcome(peer.say('bye'))).toBe('refused');
    peer.stop();
    await hangUp(call.caller, call.callId);
    await stack.control.idle();
    expect(await stack.rulesOf(call.media.channel)).toHaveLength(1);
  });
});

it('a client without an SDK sends and reads signals over HTTP', async () => {
  const { callId, caller, callee } = await takenCall(stack);
  const path = `api/v1/calls/${callId}/signals`;
  const [token, theirs] = await Promise.all([caller.idToken(), callee.idToken()]);
  const body = { kind: 'offer', seq: 0, gen: 0, sdp: 'v=0' };
  const sent = await sendJson(stack, path, { token, body });
  expect(sent).toMatchObject({ status: 200, body: { signalId: `${caller.uid}_0` } });
  expect(await sendJson(stack, path, { token, body })).toMatchObject({ status: 200 });
  const heard = await sendJson(stack, `${path}?afterSeq=-1`, { method: 'GET', token: theirs });
  expect(heard.body).toEqual({ items: [{ from: caller.uid, ...body }] });
  const later = await sendJson(stack, `${path}?afterSeq=0`, { method: 'GET', token: theirs });
  expect(later.body).toEqual({ items: [] });
  const answers = [
    { kind: 'answer', seq: 0, gen: 0, sdp: 'v=0' },
    { kind: 'candidate', seq: 1, gen: 0, candidate: '[{"candidate":"candidate:1"}]' },
  ];
  for (const signal of answers)
    expect(await sendJson(stack, path, { token: theirs, body: signal })).toMatchObject({ status: 200 });
  const answered = await sendJson(stack, `${path}?afterSeq=-1`, { method: 'GET', token });
  expect(answered.body).toEqual({ items: answers.map((signal) => ({ from: callee.uid, ...signal })) });
  await hangUp(caller, callId);
  expect(await sendJson(stack, path, { token, body: { ...body, seq: 1 } })).toMatchObject({ status: 400 });
});

describe('where people are masked', () => {
  it('apps use the relay only, and a change of the settings meets no open call', async () => {
    const open = await takenCall(stack);
    await join(open);
    await setFeatures({ ...WEBRTC, masking: true });
    expect(await mediaOf(open.caller, open.callId)).toMatchObject({ iceTransportPolicy: 'all' });
    const masked = await takenCall(stack);
    await join(masked);
    expect(masked.media).toMatchObject({ provider: 'webrtc', iceTransportPolicy: 'relay' });
    await setFeatures({ mediaProviders: WEBRTC.mediaProviders });
    // Neither is an alias needed for it: whoever talks to a stranger for coins is not found by an address.
    const strangers = await takenCall(stack);
    expect(strangers.media).toMatchObject({ provider: 'webrtc', iceTransportPolicy: 'relay' });
    await hangUp(strangers.caller, strangers.callId);
    await setFeatures({});
    expect(await mediaOf(masked.callee, masked.callId)).toMatchObject({ iceTransportPolicy: 'relay' });
    await hangUp(open.caller, open.callId);
    await hangUp(masked.caller, masked.callId);
  });
});
