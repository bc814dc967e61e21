/** Who stops beating, and who does not: leases that lapse, leases that calls renew, and what it costs. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminOf } from './helpers.ts';
import { beat, Feed, get, shown, stored } from './presenceWorld.ts';
import { connectedCall, hangUp, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
let listener: SignedIn;
let caller: SignedIn;

beforeAll(() => {
  admin = adminOf(stack);
});

beforeEach(async () => {
  await stack.freeze(10);
  ({ caller, callee: listener } = await stack.pair());
});

/** The beats of somebody stopped so long ago. */
async function agePresence({ uid }: SignedIn, sec: number): Promise<void> {
  await admin.doc(`presence/${uid}`).update({ at: Timestamp.fromMillis(Date.now() - sec * 1000) });
}

/** What functions were asked for; schedules, which have no service in their name, run by themselves. */
async function invocations(): Promise<Record<string, number>> {
  const { perOperation } = await stack.control.counters();
  const asked = Object.entries(perOperation).filter(
    ([name, counts]) => name.includes('/') && counts.invocations > 0,
  );
  return Object.fromEntries(asked.map(([name, counts]) => [name, counts.invocations]));
}

describe('a lease', () => {
  it('that lapses is shown within 150 seconds, and told truly even before', async () => {
    await stack.control.advance(80, [listener.uid]);
    expect(await get(caller, [listener.uid])).toMatchObject([{ online: true, available: true }]);
    await stack.control.advance(10, [listener.uid]);
    expect(await get(caller, [listener.uid])).toMatchObject([{ online: false, available: false }]);
    await stack.control.advance(60, [listener.uid]);
    expect(await shown(listener)).toBe('offline');
    expect(await stored(admin, listener)).toMatchObject({ online: false });
    // The next beat has to go through the operation, which writes the card.
    await expect(beat(listener)).rejects.toMatchObject({ code: 'permission-denied' });
    await listener.earshot.presence.heartbeat();
    await beat(listener);
    expect(await shown(listener)).toBe('available');
  });

  it('is kept by direct beats alone, without any function', async () => {
    const feed = new Feed(caller, listener);
    await feed.until(1);
    await stack.control.advance(0, [listener.uid]);
    await stack.control.resetCounters();
    for (let minute = 0; minute < 4; minute += 1) {
      await stack.control.advance(60, [listener.uid]);
      await beat(listener);
    }
    await stack.control.advance(30, [listener.uid]);
    expect(await shown(listener)).toBe('available');
    expect(await invocations()).toEqual({});
    feed.stop();
    expect(feed.states).toEqual(['available']);
  });

  it('of somebody who is no listener lapses too', async () => {
    await stack.control.advance(150, [caller.uid]);
    expect(await stored(admin, caller)).toMatchObject({ online: false });
    expect(await shown(listener)).toBe('available');
  });
});

describe('a lease that lapses in a call', () => {
  it('leaves the card busy, and is new when the call ends', async () => {
    const { callId } = await connectedCall(stack, { pair: { caller, callee: listener } });
    await agePresence(listener, 3600);
    await stack.control.advance(60);
    expect(await stored(admin, listener)).toMatchObject({ online: false });
    expect(await shown(listener)).toBe('busy');
    expect(await get(caller, [listener.uid])).toMatchObject([{ online: true, busy: true }]);
    await hangUp(caller, callId);
    expect(await shown(listener)).toBe('available');
    expect(await stored(admin, listener)).toMatchObject({ online: true });
    await beat(listener);
    await stack.control.advance(80);
    expect(await reachable()).toBe(true);
  });

  it('while it rings leaves the listener offline', async () => {
    await startedCall(stack, { pair: { caller, callee: listener } });
    await agePresence(listener, 3600);
    await stack.control.advance(61);
    expect(await shown(listener)).toBe('offline');
  });

  it('because a party was lost keeps them offline until they come through the operation', async () => {
    const { callId } = await connectedCall(stack, { pair: { caller, callee: listener } });
    await stack.control.advance(180, [listener.uid]);
    const { call } = await caller.earshot.calls.get({
      callId,
    });
    expect(call.endReason).toBe('connection_lost');
    expect(await stored(admin, listener)).toMatchObject({ online: false });
    expect(await shown(listener)).toBe('offline');
    expect(await get(caller, [caller.uid])).toMatchObject([{ online: true }]);
    await expect(beat(listener)).rejects.toMatchObject({ code: 'permission-denied' });
    await listener.earshot.presence.heartbeat();
    expect(await shown(listener)).toBe('available');
  });

  async function reachable(): Promise<boolean> {
    return (await get(caller, [listener.uid]))[0]?.online === true;
  }
});

describe('two hundred people', () => {
  const PEOPLE = 200;

  /** ID tokens as the Auth SDK gets them. */
  async function signIn(customToken: string): Promise<string> {
    const url = `http://127.0.0.1:${stack.info.ports.auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=local`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: customToken, returnSecureToken: true }),
    });
    if (!answer.ok) throw new Error(`signing in answered ${answer.status}`);
    return ((await answer.json()) as { idToken: string }).idToken;
  }

  /** A beat over Firestore's REST interface, under the rules. */
  async function restBeat(uid: string, idToken: string): Promise<number> {
    const root = `projects/${stack.info.projectId}/databases/(default)/documents`;
    const transform = {
      document: `${root}/presence/${uid}`,
      fieldTransforms: [{ fieldPath: 'at', setToServerValue: 'REQUEST_TIME' }],
    };
    const answer = await fetch(`http://127.0.0.1:${stack.info.ports.firestore}/v1/${root}:commit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${idToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ writes: [{ transform }] }),
    });
    return answer.status;
  }

  async function inTens<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const done: R[] = [];
    for (let from = 0; from < items.length; from += 10)
      done.push(...(await Promise.all(items.slice(from, from + 10).map(work))));
    return done;
  }

  it('beat without a function, and only the one who vanishes goes offline', async () => {
    const people = await stack.control.seed({ listeners: PEOPLE, callers: 0, coins: 0 });
    const tokens = await inTens(people, async ({ customToken }) => signIn(customToken));
    const [vanishing] = people;
    if (vanishing === undefined) throw new Error('the seed made nobody');
    await stack.control.idle();
    await stack.control.resetCounters();
    const beatAll = async (from: number) =>
      inTens(people.slice(from), async ({ uid }) =>
        restBeat(uid, tokens[people.findIndex((one) => one.uid === uid)] ?? ''),
      );
    expect(new Set(await beatAll(0))).toEqual(new Set([200]));
    // Nobody beats for somebody else.
    expect(await restBeat(vanishing.uid, tokens[1] ?? '')).toBe(403);
    for (let sec = 0; sec < 150; sec += 30) {
      await stack.control.advance(30, [vanishing.uid]);
      expect(new Set(await beatAll(1))).toEqual(new Set([200]));
    }
    expect(await invocations()).toEqual({});
    const cards = await admin.getAll(...people.map(({ uid }) => admin.doc(`listeners/${uid}`)));
    const offline = cards.filter((one) => one.get('availability') === 'offline').map(({ id }) => id);
    expect(offline).toEqual([vanishing.uid]);
  }, 180_000);
});
