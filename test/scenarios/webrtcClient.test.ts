/** Two apps with the client's WebRTC media over the rules of the whole stack; only the connections are played. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { webrtcMedia, type ActiveCall, type Call } from '../../client/src/index.ts';
import { realTimers } from '../../client/src/ports.ts';
import { FakeDevice, FakeNet } from '../../client/src/testing/peers.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf } from './helpers.ts';
import { useStack, type Pair } from './support.ts';

const stack = useStack();
// The first request to each service starts a process, and a lost network takes seconds to be noticed.
jest.setTimeout(60_000);
let admin: Firestore;

beforeAll(async () => {
  admin = adminOf(stack);
  await admin.doc('config/features').set({ mediaProviders: { audio: 'webrtc' }, masking: true });
  await stack.control.advance(31);
});

/** Whoever will ring next, once the phone is known to hear: the emulator may never tell what is written before. */
async function listening({ earshot }: Phone): Promise<{ readonly next: Promise<Call> }> {
  return await new Promise((hears, reject) => {
    const next = new Promise<Call>((resolve) => {
      const stop = earshot.watchIncoming(([call]) => {
        hears({ next });
        if (call === undefined) return;
        resolve(call);
        queueMicrotask(() => stop());
      }, reject);
    });
  });
}

/** Waits until an app follows its call, for the same reason. */
async function untilFollowing(call: ActiveCall): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = call.onChange((state) => {
      if (state.call === undefined) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

/** Both talk, each on a device of its own. */
async function talk({ caller, callee }: Pair) {
  const net = new FakeNet(realTimers);
  const devices = { caller: new FakeDevice(net), callee: new FakeDevice(net) };
  const mediaOf = (device: FakeDevice) => ({ media: [webrtcMedia({ platform: device })] });
  const incoming = await listening(callee);
  const made = caller.earshot.call({ calleeId: callee.uid, type: 'audio' }, mediaOf(devices.caller));
  const taken = callee.earshot.call((await incoming.next).callId, mediaOf(devices.callee));
  await Promise.all([made, taken].map(untilFollowing));
  await taken.accept();
  await Promise.all([made.until('ongoing'), taken.until('ongoing')]);
  return { net, devices, made, taken };
}

type Talk = Awaited<ReturnType<typeof talk>>;

async function untilReconnecting(call: Talk['made'], wanted: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = call.onChange(({ reconnecting }) => {
      if (reconnecting !== wanted) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

describe('a call from app to app with the client', () => {
  it('connects by signals, keeps through a lost network, and leaves none of them', async () => {
    const pair = await stack.pair(500);
    const { net, devices, made, taken } = await talk(pair);
    const { callId } = made.state;
    for (const { connection } of [devices.caller, devices.callee]) {
      expect(connection.connectionState).toBe('connected');
      expect(connection.configuration).toMatchObject({ iceTransportPolicy: 'relay' });
    }
    net.cut();
    await untilReconnecting(made, true);
    net.mend();
    await untilReconnecting(made, false);
    expect(devices.caller.connections).toHaveLength(1);
    expect([made.state.phase, taken.state.phase]).toEqual(['ongoing', 'ongoing']);
    await made.end();
    expect(await taken.until('ended')).toMatchObject({ endReason: 'completed' });
    expect(devices.caller.connections[0]?.connectionState).toBe('closed');
    await stack.control.idle();
    expect((await admin.collection(`calls/${callId}/signals`).get()).size).toBe(0);
  });

  it('is taken up again by the app that was loaded anew, and the other one follows', async () => {
    const pair = await stack.pair(500);
    const { net, devices, made, taken } = await talk(pair);
    const followed = untilReconnecting(taken, true).then(async () => await untilReconnecting(taken, false));
    made.close();
    const device = new FakeDevice(net);
    const again = await pair.caller.earshot.resume({ media: [webrtcMedia({ platform: device })] });
    if (again === undefined) throw new Error('there is a call to resume');
    await again.until('ongoing');
    await followed;
    expect([device, devices.callee].map(({ connection }) => connection.connectionState)).toEqual([
      'connected',
      'connected',
    ]);
    await again.end();
    expect(await taken.until('ended')).toMatchObject({ endReason: 'completed' });
  });

  it('is left alone by another device of the same person, unless that one is to take it over', async () => {
    const pair = await stack.pair(500);
    const { net, devices, made, taken } = await talk(pair);
    const second = await stack.secondPhoneOf(pair.caller);
    const device = new FakeDevice(net);
    const media = [webrtcMedia({ platform: device })];
    expect(await second.earshot.resume({ media })).toBeUndefined();
    const again = await second.earshot.resume({ media, takeOver: true });
    if (again === undefined) throw new Error('there is a call to take over');
    expect(await made.until('ended')).toMatchObject({ answeredElsewhere: true, endReason: null });
    await again.until('ongoing');
    await untilReconnecting(again, false);
    expect(devices.caller.connections[0]?.connectionState).toBe('closed');
    expect(taken.state.phase).toBe('ongoing');
    await again.end();
    expect(await taken.until('ended')).toMatchObject({ endReason: 'completed' });
  });

  it('is left to the device that has taken it over by the one that comes back late', async () => {
    const pair = await stack.pair(500);
    const { net, made, taken } = await talk(pair);
    made.close();
    const second = await stack.secondPhoneOf(pair.caller);
    const mediaOn = (device: FakeDevice) => [webrtcMedia({ platform: device })];
    const laptop = await second.earshot.resume({ media: mediaOn(new FakeDevice(net)), takeOver: true });
    if (laptop === undefined) throw new Error('there is a call to take over');
    await laptop.until('ongoing');
    await untilReconnecting(laptop, false);
    const device = new FakeDevice(net);
    const late = await pair.caller.earshot.resume({ media: mediaOn(device) });
    expect(await late?.until('ended')).toMatchObject({ answeredElsewhere: true, endReason: null });
    expect(device.connections).toHaveLength(0);
    expect([laptop.state.phase, taken.state.phase]).toEqual(['ongoing', 'ongoing']);
    await laptop.end();
    expect(await taken.until('ended')).toMatchObject({ endReason: 'completed' });
  });

  it('is had by one of two devices that come back at once', async () => {
    const pair = await stack.pair(500);
    const { net, made, taken } = await talk(pair);
    made.close();
    const second = await stack.secondPhoneOf(pair.caller);
    const media = () => [webrtcMedia({ platform: new FakeDevice(net) })];
    const found = await Promise.all([
      pair.caller.earshot.resume({ media: media() }),
      second.earshot.resume({ media: media(), takeOver: true }),
    ]);
    const both = found.filter((call) => call !== undefined);
    expect(await Promise.race(both.map(async (call) => await call.until('ended')))).toMatchObject({
      answeredElsewhere: true,
    });
    const [staying, other] = both.filter(({ state }) => state.phase !== 'ended');
    if (staying === undefined || other !== undefined) throw new Error('one of them has the call');
    await staying.until('ongoing');
    await untilReconnecting(staying, false);
    await staying.end();
    expect(await taken.until('ended')).toMatchObject({ endReason: 'completed' });
  });
});
