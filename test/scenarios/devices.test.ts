/** Where pushes go: devices that come, change hands, are given up, and lose their app. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { adminOf, contracts, dump } from './helpers.ts';
import { acceptedCall, hangUp, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const seededDeviceOf = ({ uid }: SignedIn): string => idOf(`seeded-device-${uid}`);

async function register(person: SignedIn, token: string): Promise<string> {
  const input = { token, platform: 'android' as const, appVersion: '1.0 (7)' };
  const { deviceId } = await person.earshot.notifications.registerDevice(input);
  return deviceId;
}

/** The ids of a person's devices; fails when the two collections do not tell the same. */
async function devicesOf({ uid }: SignedIn): Promise<string[]> {
  const targets = await admin.doc(`pushTargets/${uid}`).get();
  const ids = Object.keys((targets.get('devices') ?? {}) as Record<string, unknown>).toSorted();
  const owned = await admin.collection('devices').where('uid', '==', uid).get();
  expect(owned.docs.map(({ id }) => id).toSorted()).toEqual(ids);
  return ids;
}

/** The devices that a push of this type reached. */
async function reached({ uid }: SignedIn, type: string): Promise<string[]> {
  return (await stack.pushesOf(uid, type)).map(({ deviceId }) => deviceId).toSorted();
}

describe('a device', () => {
  it('is registered under the hash of its token, and seen again at each start of the app', async () => {
    const { callee } = await stack.pair();
    const token = `token-${randomUUID()}`;
    expect(await register(callee, token)).toBe(idOf(token));
    const seenAt = async () => (await admin.doc(`devices/${idOf(token)}`).get()).get('seenAt') as unknown;
    const first = await seenAt();
    await stack.control.advance(3600);
    await register(callee, token);
    expect(await seenAt()).not.toEqual(first);
    expect(await devicesOf(callee)).toEqual([seededDeviceOf(callee), idOf(token)].toSorted());
  });

  it('rings with all others of its owner, and all fall silent when one takes the call', async () => {
    const pair = await stack.pair();
    const { callee } = pair;
    const ids = [seededDeviceOf(callee)];
    for (const token of ['tablet', 'watch']) ids.push(await register(callee, `${token}-${callee.uid}`));
    const { caller, callId } = await acceptedCall(stack, { pair });
    expect(await reached(callee, 'incoming_call')).toEqual(ids.toSorted());
    expect(await reached(callee, 'call_taken')).toEqual(ids.toSorted());
    await hangUp(caller, callId);
  });

  it('makes room for the eleventh and the twelfth, longest unseen first', async () => {
    const { callee } = await stack.pair();
    const ids: string[] = [];
    for (let number = 1; number <= 12; number += 1)
      ids.push(await register(callee, `phone-${number}-${callee.uid}`));
    expect(await devicesOf(callee)).toEqual(ids.slice(2).toSorted());
  });

  it('that is unregistered gets nothing any more', async () => {
    const pair = await stack.pair();
    const { callee } = pair;
    const kept = await register(callee, `kept-${callee.uid}`);
    const given = { deviceId: seededDeviceOf(callee) };
    expect(await callee.earshot.notifications.unregisterDevice(given)).toEqual({});
    expect(await callee.earshot.notifications.unregisterDevice(given)).toEqual({});
    const { caller, callId } = await startedCall(stack, { pair });
    expect(await reached(callee, 'incoming_call')).toEqual([kept]);
    await hangUp(caller, callId);
  });

  it('of somebody else is not unregistered, and the answer does not tell whether there is one', async () => {
    const { caller, callee } = await stack.pair();
    const before = await dump(stack);
    // Without a requestId, of which a record would be kept.
    for (const deviceId of [seededDeviceOf(callee), idOf('nothing')])
      expect(await caller.call('notifications/unregisterDevice', { deviceId })).toEqual({});
    expect(await dump(stack)).toEqual(before);
  });
});

describe('two people on one phone', () => {
  it('the pushes of the first reach it no more once the second is there', async () => {
    const pair = await stack.pair();
    const [second] = await stack.people({ listeners: 1, callers: 0, coins: 0 });
    if (second === undefined) throw new Error('the seed made nobody');
    const { callee: first, caller } = pair;
    const deviceId = await register(first, `shared-${first.uid}`);
    expect(await register(second, `shared-${first.uid}`)).toBe(deviceId);

    const ofFirst = await startedCall(stack, { pair });
    expect(await reached(first, 'incoming_call')).toEqual([seededDeviceOf(first)]);
    await hangUp(caller, ofFirst.callId);
    const ofSecond = await startedCall(stack, { pair: { caller, callee: second } });
    expect(await reached(second, 'incoming_call')).toContain(deviceId);
    await hangUp(caller, ofSecond.callId);
    expect(await devicesOf(first)).toEqual([seededDeviceOf(first)]);
    expect(await devicesOf(second)).toEqual([seededDeviceOf(second), deviceId].toSorted());
  });

  it('who register it at the same moment: it has exactly one owner', async () => {
    const people = await stack.people({ listeners: 0, callers: 3, coins: 0 });
    const token = `torn-${randomUUID()}`;
    await Promise.all(people.map(async (person) => register(person, token)));
    const owners: string[] = [];
    for (const person of people) {
      const ids = await devicesOf(person);
      if (ids.includes(idOf(token))) owners.push(person.uid);
    }
    expect(owners).toHaveLength(1);
    expect((await admin.doc(`devices/${idOf(token)}`).get()).get('uid')).toBe(owners[0]);
  });
});

describe('an app that was removed', () => {
  it('is found out by the next push and forgotten; the other devices ring', async () => {
    const pair = await stack.pair();
    const { callee, caller } = pair;
    const kept = await register(callee, `kept-${callee.uid}`);
    await stack.control.faults({ pushes: { unregistered: [seededDeviceOf(callee)] } });
    const { callId } = await startedCall(stack, { pair });
    expect(await reached(callee, 'incoming_call')).toEqual([kept]);
    expect(await devicesOf(callee)).toEqual([kept]);
    await hangUp(caller, callId);

    // Installed anew, it registers anew.
    await stack.control.clearFaults();
    await register(callee, `seeded-device-${callee.uid}`);
    const again = await startedCall(stack, { pair });
    expect((await reached(callee, 'incoming_call')).filter((id) => id !== kept)).toEqual([
      seededDeviceOf(callee),
    ]);
    await hangUp(caller, again.callId);
  });

  it('from the only device: the call rings on, and nothing is tried again', async () => {
    const pair = await stack.pair();
    await stack.control.faults({ pushes: { unregistered: [seededDeviceOf(pair.callee)] } });
    const { callId } = await startedCall(stack, { pair });
    expect(await reached(pair.callee, 'incoming_call')).toEqual([]);
    expect(await devicesOf(pair.callee)).toEqual([]);
    expect((await admin.collection('outbox').get()).docs.map(({ id }) => id)).toEqual([]);
    expect(await pair.callee.earshot.calls.ongoing()).toMatchObject({ call: { callId, state: 'ringing' } });
    await hangUp(pair.caller, callId);
  });
});

describe('a push', () => {
  it('is sent by no client at its word: no operation takes what a push would say', () => {
    const words = ['title', 'body', 'data', 'message', 'notification', 'push'];
    const fields = contracts
      .filter(({ name }) => name.startsWith('notifications/'))
      .flatMap(({ input }) => Object.keys((input as unknown as { shape: Record<string, unknown> }).shape));
    expect(fields).toContain('token');
    expect(fields.filter((field) => words.includes(field))).toEqual([]);
  });
});

describe('a push that nobody took', () => {
  it('is sent again while it is of use', async () => {
    const call = await startedCall(stack);
    await stack.control.faults({ pushes: { refuse: 1 } });
    await hangUp(call.caller, call.callId);
    expect((await stack.control.pushes(call.callee.uid)).map(({ data }) => data['type'])).toEqual([
      'incoming_call',
    ]);
    await stack.control.clearFaults();
    await stack.control.advance(150);
    expect(await reached(call.callee, 'call_cancelled')).toEqual([seededDeviceOf(call.callee)]);
  });
});
