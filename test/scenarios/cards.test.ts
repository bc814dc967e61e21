/** What a card shows, to whom, and how it follows: presence, counts, prices and masking. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Firestore } from '@google-cloud/firestore';
import { collection, limit, onSnapshot, orderBy, query, where } from 'firebase/firestore';
import { cardOutput } from '../../functions/src/listeners/contract.ts';
import { availabilityFields } from '../../functions/src/listeners/documents.ts';
import { cardOf } from '../../functions/src/testing/people.ts';
import { search, writeCards, type Card } from './cardsOfTests.ts';
import { adminOf, banUntil } from './helpers.ts';
import {
  connectedCall,
  expectRefusal,
  hangUp,
  readDocument,
  startedCall,
  useStack,
  type SignedIn,
} from './support.ts';

const stack = useStack();
let admin: Firestore;

beforeEach(() => {
  admin = adminOf(stack);
});

async function get(phone: SignedIn, listenerId: string): Promise<Card> {
  return (await phone.earshot.listeners.get({ listenerId })).listener;
}

async function idsFound(phone: SignedIn, wishes: Record<string, unknown> = {}): Promise<string[]> {
  return (await search(phone, { ...wishes, limit: 100 })).items.map(({ listenerId }) => listenerId);
}

describe('a card', () => {
  const SECRETS = {
    dateOfBirth: '1996-04-05',
    fullName: 'Asha Rao',
    location: 'Pune',
    phone: '+919900000000',
  };

  it('shows what the contract names and nothing else, whichever operation reads it', async () => {
    const { caller, callee } = await stack.pair();
    await admin.doc(`users/${callee.uid}`).update(SECRETS);
    // What another version, or a mistake, might leave on the document.
    await admin.doc(`listeners/${callee.uid}`).update({ ...SECRETS, email: 'asha@example.com' });
    const { items } = await search(caller, {});
    const found = items.find(({ listenerId }) => listenerId === callee.uid);
    const named = Object.keys(cardOutput.shape).filter((field) => field !== 'away');
    expect(Object.keys(found ?? {}).toSorted()).toEqual(named.toSorted());
    expect(found).toEqual(await get(caller, callee.uid));
    expect(await get(callee, callee.uid)).toEqual(found);
    const text = JSON.stringify([found, items]);
    for (const secret of [...Object.values(SECRETS), 'asha@example.com']) expect(text).not.toContain(secret);
  });

  it("is one's own too, and of nobody who has none", async () => {
    const { caller, callee } = await stack.pair();
    expect(await idsFound(callee)).toContain(callee.uid);
    await expectRefusal(get(callee, caller.uid), 'NOT_FOUND');
    await expectRefusal(get(callee, 'nobody'), 'NOT_FOUND');
    for (const listenerStatus of ['pending', 'rejected']) {
      const [hopeful] = (await stack.people({ listeners: 0, callers: 1, coins: 0 })) as [SignedIn];
      await admin.doc(`users/${hopeful.uid}`).update({ listenerStatus, roles: ['user', 'listener'] });
      await expectRefusal(get(caller, hopeful.uid), 'NOT_FOUND');
      expect(await idsFound(caller)).not.toContain(hopeful.uid);
    }
  });

  it('that cannot be read hides itself, and no other', async () => {
    const { caller, callee } = await stack.pair();
    await admin.doc('listeners/broken').set({ listenerId: 'broken', rating: 5 });
    const found = await idsFound(caller);
    await admin.doc('listeners/broken').delete();
    expect(found).toContain(callee.uid);
    expect(found).not.toContain('broken');
  });

  it('is not shown to the banned, whatever they ask', async () => {
    const { caller, callee } = await stack.pair();
    await banUntil(admin, caller.uid, new Date('2099-01-01T00:00:00.000Z'));
    await expectRefusal(search(caller, {}), 'USER_BANNED');
    await expectRefusal(search(caller, { cursor: 'made up' }), 'USER_BANNED');
    await expectRefusal(search(caller, { ageMin: 2, ageMax: 1 }), 'USER_BANNED');
    await expectRefusal(get(caller, callee.uid), 'USER_BANNED');
  });
});

describe('a listener in a call', () => {
  it('is busy to a search, and available again after it', async () => {
    const pair = await stack.pair();
    const { caller, callee } = pair;
    expect(await idsFound(caller, { availableOnly: true })).toContain(callee.uid);
    const { callId } = await connectedCall(stack, { pair });
    expect(await idsFound(caller, { availableOnly: true })).not.toContain(callee.uid);
    expect(await idsFound(caller, { onlineOnly: true })).toContain(callee.uid);
    expect((await get(caller, callee.uid)).availability).toBe('busy');
    await hangUp(caller, callId);
    expect(await idsFound(caller, { availableOnly: true })).toContain(callee.uid);
    expect(await get(caller, callee.uid)).toMatchObject({ availability: 'available', callCount: 1 });
  });
});

describe('the live feed', () => {
  it('sends only the card that changed, and no other, while its listener goes busy and back', async () => {
    const people = await stack.people({ listeners: 2, callers: 1, coins: 500 });
    const [callee, other, caller] = people as [SignedIn, SignedIn, SignedIn];
    const speakers = { languages: ['pa'], languageKeys: { pa: true } };
    for (const { uid } of [callee, other]) await admin.doc(`listeners/${uid}`).update(speakers);
    const sent: string[][] = [];
    const feed = query(
      collection(caller.db, 'listeners'),
      where('languageKeys.pa', '==', true),
      orderBy('rating', 'desc'),
      limit(20),
    );
    let heard: () => void = () => undefined;
    const stop = onSnapshot(feed, (snapshot) => {
      sent.push(snapshot.docChanges().map((change) => `${change.doc.id} ${change.doc.get('availability')}`));
      heard();
    });
    const until = async (snapshots: number): Promise<void> => {
      while (sent.length < snapshots) await new Promise<void>((resolve) => (heard = resolve));
    };
    try {
      await until(1);
      const { callId } = await connectedCall(stack, { pair: { caller, callee } });
      await until(2);
      await hangUp(caller, callId);
      await until(3);
    } finally {
      stop();
    }
    const [first = [], ...changes] = sent;
    expect(new Set(first)).toEqual(new Set([callee, other].map(({ uid }) => `${uid} available`)));
    expect(changes).toEqual([[`${callee.uid} busy`], [`${callee.uid} available`]]);
  });
});

describe('the counts', () => {
  it('are of all cards, whatever was asked for, and at most a minute old', async () => {
    const [caller] = (await stack.people({ listeners: 0, callers: 1, coins: 0 })) as [SignedIn];
    await stack.freeze(10);
    // Whatever an earlier story has counted has grown old.
    await stack.control.advance(60);
    const { counts: before } = await search(caller, {});
    expect(before.online).toBe(before.available + before.busy);
    await writeCards(admin, [
      cardOf('counted-1', availabilityFields('available')),
      cardOf('counted-2', availabilityFields('busy')),
      cardOf('counted-3', availabilityFields('offline')),
    ]);
    await stack.control.advance(59);
    expect((await search(caller, { language: 'kn' })).counts).toEqual(before);
    await stack.control.advance(1);
    const { counts } = await search(caller, { language: 'kn', limit: 1 });
    expect(counts).toEqual({
      total: before.total + 3,
      online: before.online + 2,
      available: before.available + 1,
      busy: before.busy + 1,
    });
    await writeCards(admin, [cardOf('counted-1', availabilityFields('busy'))]);
    await stack.control.advance(60);
    const moved = { available: counts.available - 1, busy: counts.busy + 1 };
    expect((await search(caller, {})).counts).toEqual({ ...counts, ...moved });
  });

  it('are not made while nobody looks', async () => {
    const [caller] = (await stack.people({ listeners: 0, callers: 1, coins: 0 })) as [SignedIn];
    await stack.freeze(10);
    await search(caller, {});
    const before = (await admin.doc('counts/listeners').get()).data();
    expect(before).toBeDefined();
    await stack.control.advance(600);
    expect((await admin.doc('counts/listeners').get()).data()).toEqual(before);
  });
});

describe('the settings', () => {
  let caller: SignedIn;
  let callee: SignedIn;
  beforeAll(async () => {
    ({ caller, callee } = await stack.pair(5000));
  });

  async function change(id: string, data: Record<string, unknown> | undefined): Promise<Card> {
    const document = adminOf(stack).doc(`config/${id}`);
    await (data === undefined ? document.delete() : document.set(data));
    await stack.control.idle();
    const card = await get(caller, callee.uid);
    // Whoever watches the card reads the same as whoever asks for it.
    expect(await readDocument<Card>(caller, `listeners/${callee.uid}`)).toMatchObject(card);
    return card;
  }

  it('change what a minute costs, on cards and in calls', async () => {
    expect((await get(caller, callee.uid)).rates).toEqual({ audio: 10, video: 50 });
    const card = await change('pricing', { audio: { coinsPerMinute: 20 }, video: { coinsPerMinute: 90 } });
    expect(card.rates).toEqual({ audio: 20, video: 90 });
    // An instance may go on with the settings it knows for half a minute.
    await stack.control.advance(30);
    const { callId, started } = await startedCall(stack, { pair: { caller, callee }, type: 'video' });
    expect(started.coinsPerMinute).toBe(90);
    await caller.earshot.calls.cancel({ callId });
  });

  it('that are not valid change nothing', async () => {
    const card = await change('pricing', { audio: { coinsPerMinute: 'free' } });
    expect(card.rates).toEqual({ audio: 20, video: 90 });
    // Also not when another change makes all cards be looked at.
    const masked = await change('features', { masking: true });
    expect(masked).toEqual({ ...card, displayName: expect.stringMatching(/^OTO#\d+$/u) });
    expect(await change('features', { masking: 'perhaps' })).toEqual(masked);
  });

  it('mask and unmask, on cards and in calls', async () => {
    await change('pricing', {});
    const { displayName } = await change('features', { masking: true });
    const user = await readDocument<{ alias: string; username: string }>(callee, `users/${callee.uid}`);
    expect(displayName).toBe(user.alias);
    await stack.control.advance(30);
    const { callId } = await startedCall(stack, { pair: { caller, callee } });
    const masked = await readDocument<{ callee: object; caller: object }>(callee, `calls/${callId}`);
    const own = await readDocument<{ alias: string }>(caller, `users/${caller.uid}`);
    expect(masked).toMatchObject({ callee: { displayName }, caller: { displayName: own.alias } });
    await caller.earshot.calls.cancel({ callId });
    expect((await change('features', undefined)).displayName).toBe(user.username);
  });

  it('that go leave the defaults', async () => {
    await change('pricing', { audio: { coinsPerMinute: 25 } });
    expect((await change('pricing', undefined)).rates).toEqual({ audio: 10, video: 50 });
  });

  it('that change quickly leave the last of them', async () => {
    const document = adminOf(stack).doc('config/pricing');
    for (const coinsPerMinute of [21, 22, 23, 24, 25]) await document.set({ audio: { coinsPerMinute } });
    expect((await change('pricing', { audio: { coinsPerMinute: 26 } })).rates.audio).toBe(26);
    await change('pricing', undefined);
  });
});
