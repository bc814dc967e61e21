import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PushDevice, PushMessage } from '../gateways/push.ts';
import { at, START } from '../testing/calls.ts';
import { testPorts } from '../testing/ports.ts';
import { devices, pushTargets, type PushTargets } from './documents.ts';
import { sendPush } from './sendPush.ts';

const message = { data: { type: 'call_taken', callId: 'c1' }, ttlSec: 0 };
const target = (token: string, seenAt = START) => ({ token, platform: 'android' as const, seenAt });

/** Asha has a phone and a tablet; the provider answers as `answer` says. */
async function world(answer: () => Promise<{ gone: string[] }>) {
  const base = testPorts();
  const sent: { devices: readonly PushDevice[]; message: PushMessage }[] = [];
  const push = {
    send: async (to: readonly PushDevice[], what: PushMessage) => {
      sent.push({ devices: to, message: what });
      return answer();
    },
  };
  await base.store.commit((writer) => {
    writer.create(pushTargets.doc('asha'), { devices: { phone: target('p'), tablet: target('t') } });
    for (const id of ['phone', 'tablet']) writer.create(devices.doc(id), { uid: 'asha', seenAt: START });
  });
  const change = async (of: PushTargets['devices']) =>
    base.store.commit((writer) => writer.set(pushTargets.doc('asha'), { devices: of }));
  const left = async () => {
    const [targets, phone, tablet] = await base.store.getAll(
      pushTargets.doc('asha'),
      devices.doc('phone'),
      devices.doc('tablet'),
    );
    return { targets: Object.keys(targets?.devices ?? {}), owned: [phone?.uid, tablet?.uid] };
  };
  const ports = { ...base, push };
  return { ports, sent, change, left, lines: base.lines };
}

const request = { uid: 'asha', message, usefulUntil: at(60) };
const BOTH = { targets: ['phone', 'tablet'], owned: ['asha', 'asha'] };

describe('a push', () => {
  let answer: () => Promise<{ gone: string[] }>;
  beforeEach(() => {
    answer = () => Promise.resolve({ gone: [] });
  });
  const made = async () => world(async () => answer());

  it('goes to every device of the person, for as long as it is of use', async () => {
    const { ports, sent, left } = await made();
    ports.clock.advance(20.5);
    await sendPush(ports, request);
    expect(sent).toEqual([
      {
        devices: [
          { uid: 'asha', deviceId: 'phone', token: 'p' },
          { uid: 'asha', deviceId: 'tablet', token: 't' },
        ],
        message: { ...message, ttlSec: 40 },
      },
    ]);
    expect(await left()).toEqual(BOTH);
  });

  it('is not sent when its time is over, or to somebody without a device', async () => {
    const { ports, sent } = await made();
    await sendPush(ports, { ...request, uid: 'nobody' });
    ports.clock.advance(60);
    await sendPush(ports, request);
    expect(sent).toEqual([]);
  });

  it('has those forgotten whose app is gone', async () => {
    answer = () => Promise.resolve({ gone: ['tablet'] });
    const { ports, left } = await made();
    await sendPush(ports, request);
    expect(await left()).toEqual({ targets: ['phone'], owned: ['asha', undefined] });
  });

  it('leaves a device that has registered anew while it was under way', async () => {
    const { ports, change, left } = await made();
    answer = async () => {
      await change({ phone: target('p'), tablet: target('t', at(1)) });
      return { gone: ['phone', 'tablet'] };
    };
    await sendPush(ports, request);
    expect(await left()).toEqual({ targets: ['tablet'], owned: [undefined, 'asha'] });
  });

  it('leaves a device that is another’s by now', async () => {
    const { ports, change, left } = await made();
    answer = async () => {
      await change({ tablet: target('t') });
      await ports.store.commit((writer) => writer.set(devices.doc('phone'), { uid: 'ravi', seenAt: at(1) }));
      return { gone: ['phone'] };
    };
    await sendPush(ports, request);
    expect(await left()).toEqual({ targets: ['tablet'], owned: ['ravi', 'asha'] });
  });

  it('stays sent when forgetting fails', async () => {
    answer = () => Promise.resolve({ gone: ['tablet'] });
    const { ports, left, lines } = await made();
    ports.store.transaction = () => Promise.reject(new Error('no store'));
    await sendPush(ports, request);
    expect(await left()).toEqual(BOTH);
    expect(lines).toMatchObject([{ severity: 'WARNING', fields: { uid: 'asha' } }]);
  });

  it('fails when the provider does, so that it is tried again', async () => {
    answer = () => Promise.reject(new Error('busy'));
    const { ports, left } = await made();
    await expect(sendPush(ports, request)).rejects.toThrow('busy');
    expect(await left()).toEqual(BOTH);
  });
});
