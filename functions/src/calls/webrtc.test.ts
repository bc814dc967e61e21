/** Calls from app to app: what the accept fixes, what the parties get, and what the end leaves behind. */
import { describe, expect, it } from '@jest/globals';
import { deliverEffect } from '../effects.ts';
import { buildPeerCredentials } from '../gateways/webrtc/credentials.ts';
import { outbox } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { defaultSettings, featuresSchema } from '../settings.ts';
import { at, START } from '../testing/calls.ts';
import { callWorld, CALLEE, CALLER } from '../testing/callWorld.ts';
import { acceptCall } from './acceptCall.ts';
import { callToken } from './callToken.ts';
import { deleteSignals } from './deleteSignals.ts';
import { calls, signals } from './documents.ts';
import { hangUp } from './endCall.ts';
import { joinCall } from './joinCall.ts';
import { readSignals, sendSignal } from './signalCall.ts';
import { startCall } from './startCall.ts';

const WEBRTC = { mediaProviders: { audio: 'webrtc' }, relayOnly: false };
const ICE = { stunUrls: ['stun:a:1'], turnUrls: ['turn:a:1'], turnSecret: () => 'secret' };

/** A listener who is rung, in a deployment with these features. */
async function ringing(features: Record<string, unknown>, ice = ICE) {
  const world = await callWorld(500);
  const closed: string[] = [];
  const queries: string[] = [];
  const now = { features: featuresSchema.parse(features) };
  const { store } = world;
  const watched: AppPorts['store'] = {
    getAll: (...refs) => store.getAll(...refs),
    count: (run) => store.count(run),
    transaction: (work, options) => store.transaction(work, options),
    commit: (write) => store.commit(write),
    query: (run) => {
      queries.push(run.query.name);
      return store.query(run);
    },
  };
  const ports: AppPorts = {
    ...world.ports,
    store: watched,
    settings: () => Promise.resolve({ ...defaultSettings(), features: now.features }),
    media: {
      ...world.ports.media,
      closeChannel: ({ channel }) => Promise.resolve(void closed.push(channel)),
    },
    peers: { credentials: (request) => buildPeerCredentials(ice, request) },
    deliver: (effect) => deliverEffect(ports, effect),
  };
  const asked = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
  const { callId } = await startCall(ports, world.actor(CALLER), asked);
  const change = (changed: Record<string, unknown>) => void (now.features = featuresSchema.parse(changed));
  const accept = () => acceptCall(ports, world.actor(CALLEE), { callId, requestId: 'accept' });
  return { ...world, ports, callId, closed, queries, accept, change };
}

type Ringing = Awaited<ReturnType<typeof ringing>>;

async function connected(world: Ringing): Promise<void> {
  await world.accept();
  for (const uid of [CALLEE, CALLER]) await joinCall(world.ports, world.actor(uid), { callId: world.callId });
}

const offer = { kind: 'offer', seq: 0, gen: 0, sdp: 'v=0' } as const;

describe('a call from app to app', () => {
  it('gives each party what it needs to find the other, for as long as a token would last', async () => {
    const world = await ringing(WEBRTC);
    const { ports, actor, callId } = world;
    const { media } = await world.accept();
    expect(media).toEqual({
      provider: 'webrtc',
      iceServers: [
        { urls: ['stun:a:1'] },
        {
          urls: ['turn:a:1'],
          username: expect.stringMatching(
            new RegExp(`^${at(50).getTime() / 1000}:[0-9a-f]{32}$`, 'u'),
          ) as unknown,
          credential: expect.any(String) as unknown,
        },
      ],
      iceTransportPolicy: 'all',
      signalPath: `calls/${callId}/signals`,
      polite: true,
      signalsExpireAt: at(86_400).toISOString(),
      expiresAt: at(50).toISOString(),
    });
    await joinCall(ports, actor(CALLEE), { callId });
    const joined = await joinCall(ports, actor(CALLER), { callId });
    expect(joined.media).toMatchObject({ polite: false, expiresAt: at(620).toISOString() });
    const renewed = await callToken(ports, actor(CALLEE), { callId });
    expect(renewed.media).toMatchObject({ polite: true, expiresAt: at(620).toISOString() });
    const [call] = await ports.store.getAll(calls.doc(callId));
    expect(call).toMatchObject({ mediaProvider: 'webrtc', relayOnly: false });
  });

  it('names neither party to the relay, and not alike', async () => {
    const world = await ringing(WEBRTC);
    await world.accept();
    const names = await Promise.all(
      [CALLER, CALLEE].map(async (uid) => {
        const { media } = await callToken(world.ports, world.actor(uid), { callId: world.callId });
        return media.provider === 'webrtc' ? media.iceServers[1]?.username?.split(':')[1] : undefined;
      }),
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) for (const uid of [CALLER, CALLEE]) expect(name).not.toContain(uid);
  });

  it.each([
    ['masking', { relayOnly: false, masking: true }],
    ['default, because the two are strangers', {}],
  ])('goes through the relay only, by %s', async (_name, wish) => {
    const world = await ringing({ mediaProviders: WEBRTC.mediaProviders, ...wish });
    const { media } = await world.accept();
    expect(media).toMatchObject({
      iceTransportPolicy: 'relay',
      iceServers: [{ urls: ['turn:a:1'], username: expect.any(String) as unknown }],
    });
  });

  it('fails free of charge at the accept when only a relay will do and there is none', async () => {
    const world = await ringing({ ...WEBRTC, masking: true }, { ...ICE, turnUrls: [] });
    const refused = { reason: 'INVALID_TRANSITION', details: { state: 'ended', endReason: 'failed' } };
    await expect(world.accept()).rejects.toMatchObject(refused);
  });

  it.each([
    [WEBRTC, {}, 'webrtc'],
    [{}, WEBRTC, 'agora'],
  ])('%j stays so when the settings change', async (before, after, provider) => {
    const world = await ringing(before);
    await world.accept();
    world.change({ ...after, masking: true });
    for (const uid of [CALLER, CALLEE]) {
      const { media } = await callToken(world.ports, world.actor(uid), { callId: world.callId });
      expect(media.provider).toBe(provider);
      if (media.provider === 'webrtc') expect(media.iceTransportPolicy).toBe('all');
    }
    const again = await world.accept();
    expect(again.media.provider).toBe(provider);
    await hangUp(world.ports, world.actor(CALLER), { callId: world.callId });
    expect(world.closed.length).toBe(provider === 'agora' ? 1 : 0);
  });

  it('is one by the type of the call', async () => {
    const world = await ringing({ mediaProviders: { video: 'webrtc' } });
    expect((await world.accept()).media.provider).toBe('agora');
  });
});

describe('the end', () => {
  it('takes the signals of a call from app to app away, and closes no channel', async () => {
    const world = await ringing(WEBRTC);
    await connected(world);
    const { ports, actor, callId, store } = world;
    await sendSignal(ports, actor(CALLER), { callId, ...offer });
    await sendSignal(ports, actor(CALLEE), { callId, ...offer, kind: 'answer' });
    await hangUp(ports, actor(CALLER), { callId });
    const ids = [CALLER, CALLEE].map((uid) => signals.doc(callId, `${uid}_0`));
    expect(await store.getAll(...ids)).toEqual([undefined, undefined]);
    expect(world.closed).toEqual([]);
  });

  it('takes away as many as may be written, and holds few of them at once: each may be large', async () => {
    const world = await ringing(WEBRTC);
    await connected(world);
    const { ports, actor, callId, store } = world;
    for (let seq = 0; seq < 60; seq += 1) await sendSignal(ports, actor(CALLER), { callId, ...offer, seq });
    const held: number[] = [];
    const watched: AppPorts = {
      ...ports,
      store: {
        ...ports.store,
        query: async (run) => {
          const found = await ports.store.query(run);
          held.push(found.length);
          return found;
        },
      },
    };
    await deleteSignals(watched, callId);
    expect(held).toEqual([25, 25, 10]);
    const ids = Array.from({ length: 60 }, (_, seq) => signals.doc(callId, `${CALLER}_${seq}`));
    expect((await store.getAll(...ids)).filter((left) => left !== undefined)).toEqual([]);
  });

  it('looks for no signals in a call that had a media server, and closes its channel', async () => {
    const world = await ringing({});
    await connected(world);
    await hangUp(world.ports, world.actor(CALLER), { callId: world.callId });
    expect(world.queries).not.toContain('signalsOfCall');
    expect(world.closed.length).toBe(1);
  });

  it('is tried again by the outbox when the signals could not be deleted', async () => {
    const world = await ringing(WEBRTC);
    await connected(world);
    const { actor, callId, store } = world;
    await sendSignal(world.ports, actor(CALLER), { callId, ...offer });
    const failing = { ...world.ports.store, query: () => Promise.reject(new Error('away')) };
    const broken: AppPorts = {
      ...world.ports,
      deliver: (effect) => deliverEffect({ ...world.ports, store: failing }, effect),
    };
    await hangUp(broken, actor(CALLER), { callId });
    const [call] = await store.getAll(calls.doc(callId));
    const [left] = await store.getAll(outbox.doc(`call-${callId}-${call?.slice}`));
    expect(left?.effects).toEqual([{ kind: 'signals.delete', callId }]);
  });
});

describe('signals through operations', () => {
  const sent = async (world: Ringing, uid: string, signal: object = {}) =>
    await sendSignal(world.ports, world.actor(uid), { callId: world.callId, ...offer, ...signal });

  it('reach the other party in the order of the sender, and not oneself', async () => {
    const world = await ringing(WEBRTC);
    const { ports, actor, callId } = world;
    await world.accept();
    const candidate = { kind: 'candidate', seq: 1, sdp: undefined, candidate: '[]' };
    await sent(world, CALLER, candidate);
    expect(await sent(world, CALLER)).toEqual({ signalId: `${CALLER}_0` });
    const { items } = await readSignals(ports, actor(CALLEE), { callId, afterSeq: -1 });
    expect(items).toEqual([
      { from: CALLER, ...offer },
      { from: CALLER, kind: 'candidate', seq: 1, gen: 0, candidate: '[]' },
    ]);
    const after = await readSignals(ports, actor(CALLEE), { callId, afterSeq: 0 });
    expect(after.items).toEqual(items.slice(1));
    expect(await readSignals(ports, actor(CALLER), { callId, afterSeq: -1 })).toEqual({ items: [] });
  });

  it('are written as the rules want them', async () => {
    const world = await ringing(WEBRTC);
    await world.accept();
    await sent(world, CALLEE);
    const [signal] = await world.store.getAll(signals.doc(world.callId, `${CALLEE}_0`));
    const times = { createdAt: START, expireAt: at(86_400) };
    expect(signal).toEqual({ from: CALLEE, to: CALLER, ...offer, ...times });
  });

  it('may be said again, but not otherwise', async () => {
    const world = await ringing(WEBRTC);
    await world.accept();
    await sent(world, CALLER);
    await expect(sent(world, CALLER)).resolves.toEqual({ signalId: `${CALLER}_0` });
    for (const other of [{ sdp: 'v=1' }, { gen: 1 }, { kind: 'answer' }])
      await expect(sent(world, CALLER, other)).rejects.toMatchObject({ reason: 'IDEMPOTENCY_MISMATCH' });
  });

  it.each([
    ['an offer without a description', { sdp: undefined }, 'sdp'],
    ['an offer with a candidate', { candidate: '[]' }, 'candidate'],
    ['a goodbye with a description', { kind: 'bye' }, 'sdp'],
    ['candidates without any', { kind: 'candidate', sdp: undefined }, 'candidate'],
    ['a description that is too long in bytes', { sdp: 'é'.repeat(32_769) }, 'sdp'],
  ])('are not taken: %s', async (_name, signal, path) => {
    const world = await ringing(WEBRTC);
    await world.accept();
    await expect(sent(world, CALLER, signal)).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
      details: { issues: [{ path, message: expect.any(String) as unknown }] },
    });
  });

  it('are taken between the accept and the end only', async () => {
    const world = await ringing(WEBRTC);
    const refused = (state: string) => ({ reason: 'INVALID_TRANSITION', details: { state } });
    await expect(sent(world, CALLER)).rejects.toMatchObject(refused('ringing'));
    await connected(world);
    await sent(world, CALLER);
    await hangUp(world.ports, world.actor(CALLEE), { callId: world.callId });
    await expect(sent(world, CALLER, { seq: 1 })).rejects.toMatchObject(refused('ended'));
  });

  it('are not taken in a call with a media server', async () => {
    const world = await ringing({});
    await world.accept();
    await expect(sent(world, CALLER)).rejects.toMatchObject({ reason: 'INVALID_TRANSITION' });
  });
});
