/** What the emulators cannot be made to do: stores that fail, objects that vanish, answers that get lost. */
import { describe, expect, it } from '@jest/globals';
import { allOperations } from '../operations.ts';
import type { FileGateway } from '../gateways/files.ts';
import { wallets } from '../ledger/documents.ts';
import { emptyWallet } from '../ledger/domain/wallet.ts';
import { listenerCards, type ListenerCard } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { Actor } from '../platform/actor.ts';
import { runOperation } from '../platform/invocation.ts';
import { MemoryStore, type Fault } from '../platform/store/memory.ts';
import type { AppPorts } from '../ports.ts';
import { presences, type Presence } from '../presence/documents.ts';
import { defaultSettings } from '../settings.ts';
import { AUDIO, DECLARED } from '../testing/audio.ts';
import { START } from '../testing/calls.ts';
import { silentGateways } from '../testing/gateways.ts';
import { cardOf, personOf } from '../testing/people.ts';
import { testPorts } from '../testing/ports.ts';
import { users } from '../users/documents.ts';
import { deliverEffect } from '../effects.ts';
import { samples } from './documents.ts';
import { reviewSample } from './reviewSample.ts';
import { submitSample } from './submitSample.ts';

const PATH = 'verification-audio/lena/a.mp3';
const HERE: Presence = { at: START, online: true, willing: false, busyUntil: null, hasCard: false };

/** A bucket with one good sample. */
function bucket(overrides: Partial<FileGateway> = {}): FileGateway & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    describe: () =>
      Promise.resolve({
        generation: '1',
        sizeBytes: AUDIO.mp3.length,
        contentType: DECLARED.mp3,
        uploadedAt: START,
      }),
    inspect: (path, generation) => {
      asked.push(`${path}#${generation}`);
      return Promise.resolve({ head: AUDIO.mp3, sha256: 'hash' });
    },
    link: (path, generation) => Promise.resolve(`https://files/${path}#${generation}`),
    ...overrides,
  };
}

async function world(files: FileGateway = bucket(), pause?: () => Promise<Fault | undefined>) {
  const base = testPorts();
  let pausing = false;
  const store = new MemoryStore({
    pause: async (point) => (pausing && point === 'afterCommit' ? await pause?.() : undefined),
  });
  const pushes: Readonly<Record<string, string>>[] = [];
  let drawn = 0;
  const ports: AppPorts = {
    ...base,
    store,
    ids: { random128: () => `random${(drawn += 1)}`, integer: () => 1 },
    ...silentGateways(),
    push: {
      send: (_devices, { data }) => {
        pushes.push(data);
        return Promise.resolve({ gone: [] });
      },
    },
    files,
    media: { credentials: () => Promise.resolve(undefined), closeChannel: () => Promise.resolve() },
    settings: () => Promise.resolve(defaultSettings()),
    deliver: async (effect) => deliverEffect(ports, effect),
  };
  await store.commit((writer) => {
    const device = { token: 'token', platform: 'android', seenAt: START } as const;
    writer.set(pushTargets.doc('lena'), { devices: { d1: device } });
    writer.set(users.doc('ada'), personOf(START, { roles: ['user', 'admin'] }));
    const listener = { roles: ['user', 'listener'], listenerStatus: 'pending' } as const;
    writer.set(
      users.doc('lena'),
      personOf(START, { ...listener, roles: [...listener.roles], bio: 'I listen.' }),
    );
    writer.set(presences.doc('lena'), HERE);
  });
  pausing = true;
  return { ports, store, pushes, clock: base.clock, lines: base.lines };
}

type World = Awaited<ReturnType<typeof world>>;

const lena = ({ ports }: World): Actor =>
  new Actor({ uid: 'lena', authTimeSec: 1, admin: false, phone: null }, 'listener', ports.clock);
const ada = ({ ports }: World): Actor =>
  new Actor({ uid: 'ada', authTimeSec: 1, admin: true, phone: null }, 'admin', ports.clock);
const submitted = async (all: World) =>
  (await submitSample(all.ports, lena(all), { objectPath: PATH })).sample.sampleId;
const approve = async (all: World, sampleId: string) =>
  await reviewSample(all.ports, ada(all), { sampleId, status: 'approved' });

describe('handing in', () => {
  it('finds nothing when the version is gone before it was read', async () => {
    const all = await world(bucket({ inspect: () => Promise.resolve(undefined) }));
    await expect(submitted(all)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('does not read a file that will not be taken', async () => {
    const files = bucket();
    const all = await world(files);
    await submitted(all);
    expect(files.asked).toEqual([`${PATH}#1`]);
    const other = { objectPath: 'verification-audio/lena/b.mp3' };
    await expect(submitSample(all.ports, lena(all), other)).rejects.toMatchObject({
      reason: 'INVALID_TRANSITION',
      details: { state: 'pending' },
    });
    await submitted(all);
    expect(files.asked).toEqual([`${PATH}#1`]);
  });

  it('reads only so many files an hour for one person, whatever is in them', async () => {
    let read = 0;
    const head = new TextEncoder().encode('no audio at all');
    const inspect = () => {
      read += 1;
      return Promise.resolve({ head, sha256: 'hash' });
    };
    const all = await world(bucket({ inspect }));
    const { samplesPerHour } = defaultSettings().limits;
    for (let file = 0; file < samplesPerHour; file++)
      await expect(submitted(all)).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
    await expect(submitted(all)).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
    expect(read).toBe(samplesPerHour);
  });

  it('answers the same when the acknowledgement of the commit is lost', async () => {
    const faults: Fault[] = ['lostAck'];
    const all = await world(bucket(), () => Promise.resolve(faults.shift()));
    const sampleId = await submitted(all);
    const [sample] = await all.store.getAll(samples.doc(sampleId));
    expect(sample).toMatchObject({
      status: 'pending',
      generation: '1',
      sha256: 'hash',
      contentType: 'audio/mpeg',
    });
    expect(faults).toEqual([]);
  });

  it('tells nothing of a file store that fails', async () => {
    const secret = 'bucket earshot-prod: invalid_grant for robot@earshot.example';
    const all = await world(bucket({ describe: () => Promise.reject(new Error(secret)) }));
    const operation = allOperations.find(({ contract }) => contract.name === 'verification/submit');
    if (operation === undefined) throw new Error('the operation is not served');
    const token = { uid: 'lena', authTimeSec: 1, admin: false, phone: null };
    const request = { token, input: { objectPath: PATH }, address: '' };
    const answer = await runOperation(operation, () => all.ports, request);
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal', reason: 'INTERNAL' } });
    expect(JSON.stringify(answer)).not.toMatch(/bucket|robot|invalid_grant/u);
    expect(all.lines.some(({ severity }) => severity === 'ERROR')).toBe(true);
  });
});

describe('approving', () => {
  const cardAfter = async (prepare: (all: World) => Promise<void>): Promise<ListenerCard | undefined> => {
    const all = await world();
    const sampleId = await submitted(all);
    await prepare(all);
    await approve(all, sampleId);
    const [card, presence] = await all.store.getAll(listenerCards.doc('lena'), presences.doc('lena'));
    expect(presence).toMatchObject({ willing: true, hasCard: true });
    return card;
  };

  it.each<readonly [string, Partial<Presence>, string]>([
    ['who is here', { willing: false }, 'available'],
    ['who is busy for a while', { busyUntil: new Date(START.getTime() + 60_000) }, 'busy'],
    ['who went offline', { online: false }, 'offline'],
    ['whose lease has lapsed', { at: new Date(START.getTime() - 91_000) }, 'offline'],
  ])('shows somebody %s as what they are', async (_who, change, availability) => {
    const card = await cardAfter(async ({ store }) =>
      store.commit((writer) => writer.merge(presences.doc('lena'), change)),
    );
    expect(card).toMatchObject({ availability, online: availability !== 'offline', bio: 'I listen.' });
  });

  it('keeps what others have said of an earlier card, and leaves the one of a call to the call', async () => {
    const earlier = {
      rating: 4.2,
      ratingCount: 5,
      callCount: 9,
      bio: 'An old text.',
      availability: 'busy',
    } as const;
    const card = await cardAfter(async ({ store }) =>
      store.commit((writer) => {
        writer.set(listenerCards.doc('lena'), cardOf('lena', earlier));
        writer.set(wallets.doc('lena'), { ...emptyWallet(), openCallId: 'c1', openCallRole: 'callee' });
      }),
    );
    expect(card).toMatchObject({ ...earlier, bio: 'I listen.' });
  });

  it('shows somebody in a call as busy', async () => {
    const inCall = { ...emptyWallet(), openCallId: 'c1', openCallRole: 'caller' } as const;
    const card = await cardAfter(async ({ store }) =>
      store.commit((writer) => writer.set(wallets.doc('lena'), inCall)),
    );
    expect(card).toMatchObject({ availability: 'busy', online: true });
  });

  it('shows no name that masking has taken off all cards, though this instance has not heard of it', async () => {
    const card = await cardAfter(({ store }) => {
      store.write('config/features', { masking: true });
      return Promise.resolve();
    });
    expect(card?.displayName).toBe('OTO#1');
  });

  it('tells the listener once, also when the acknowledgement of the commit is lost', async () => {
    const faults: (Fault | undefined)[] = [undefined, 'lostAck'];
    const all = await world(bucket(), () => Promise.resolve(faults.shift()));
    const sampleId = await submitted(all);
    await approve(all, sampleId);
    await approve(all, sampleId);
    expect(all.pushes).toEqual([{ type: 'verification_result', sampleId, status: 'approved' }]);
    expect(faults).toEqual([]);
  });
});

describe('a request that comes again', () => {
  const requestId = '6f1f3c9e-8c55-4d0e-9d3a-0c6c2a1b7e13';
  const mismatch = { reason: 'IDEMPOTENCY_MISMATCH' };

  it('to hand in is answered also when the sample was reviewed since', async () => {
    const all = await world();
    const request = { objectPath: PATH, requestId };
    const { sample } = await submitSample(all.ports, lena(all), request);
    const other = { objectPath: 'verification-audio/lena/b.mp3', requestId };
    await expect(submitSample(all.ports, lena(all), other)).rejects.toMatchObject(mismatch);
    await reviewSample(all.ports, ada(all), { sampleId: sample.sampleId, status: 'rejected' });
    const again = await submitSample(all.ports, lena(all), request);
    expect(again.sample).toMatchObject({ sampleId: sample.sampleId, status: 'rejected' });
  });

  it('to review is answered as before, and refused with another verdict', async () => {
    const faults: (Fault | undefined)[] = [undefined, 'lostAck'];
    const all = await world(bucket(), () => Promise.resolve(faults.shift()));
    const request = {
      sampleId: await submitted(all),
      status: 'approved',
      remarks: 'Clear.',
      requestId,
    } as const;
    const { sample } = await reviewSample(all.ports, ada(all), request);
    expect(await reviewSample(all.ports, ada(all), request)).toEqual({ sample });
    for (const change of [{ status: 'rejected' }, { remarks: 'Other.' }] as const)
      await expect(reviewSample(all.ports, ada(all), { ...request, ...change })).rejects.toMatchObject(
        mismatch,
      );
    expect(all.pushes).toHaveLength(1);
  });
});

it('rejecting takes away a card that was there', async () => {
  const all = await world();
  const sampleId = await submitted(all);
  await all.store.commit((writer) => writer.set(listenerCards.doc('lena'), cardOf('lena')));
  await reviewSample(all.ports, ada(all), { sampleId, status: 'rejected' });
  const [card, presence] = await all.store.getAll(listenerCards.doc('lena'), presences.doc('lena'));
  expect(card).toBeUndefined();
  expect(presence?.hasCard).toBe(false);
});

it('rejecting makes no presence of somebody who has none, which nothing could read', async () => {
  const all = await world();
  const sampleId = await submitted(all);
  await all.store.commit((writer) => {
    writer.set(listenerCards.doc('lena'), cardOf('lena'));
    writer.delete(presences.doc('lena'));
  });
  await reviewSample(all.ports, ada(all), { sampleId, status: 'rejected' });
  expect(await all.store.getAll(presences.doc('lena'))).toEqual([undefined]);
});
