import { describe, expect, it } from '@jest/globals';
import { StackRefusal } from '../../platform/local.ts';
import { START } from '../../testing/calls.ts';
import { testPorts } from '../../testing/ports.ts';
import { fcmMessage, fcmPush, recordedPush, type SendBatch } from './fcm.ts';

const data = { type: 'incoming_call', callId: 'c1' };
const startSec = START.getTime() / 1000;

describe('a push', () => {
  it('is data only, urgent, and of no use after its time, on every platform', () => {
    const { apns, ...message } = fcmMessage('token', { data, ttlSec: 60 }, START);
    expect(message).toEqual({
      token: 'token',
      data,
      android: { priority: 'high', ttl: 60_000 },
      webpush: { headers: { Urgency: 'high', TTL: '60' } },
    });
    // Apple refuses background messages of another priority than 5.
    expect(apns).toEqual({
      headers: {
        'apns-expiration': String(startSec + 60),
        'apns-priority': '5',
        'apns-push-type': 'background',
      },
      payload: { aps: { contentAvailable: true } },
    });
  });

  it('that the system shows is an alert', () => {
    const notification = { title: 'Missed call', body: 'Asha' };
    expect(fcmMessage('token', { data, notification, ttlSec: 600 }, START)).toMatchObject({
      notification,
      apns: { headers: { 'apns-priority': '10', 'apns-push-type': 'alert' } },
    });
  });

  it('is recorded once for each device in the local stack', async () => {
    const seen: object[] = [];
    const gateway = recordedPush((push) => Promise.resolve(void seen.push(push)));
    const devices = ['d1', 'd2'].map((deviceId) => ({ uid: 'asha', deviceId, token: deviceId }));
    expect(await gateway.send(devices, { data, ttlSec: 60 })).toEqual({ gone: [] });
    expect(seen).toEqual(devices.map(({ uid, deviceId }) => ({ uid, deviceId, data })));
  });

  it('finds an app gone where the local stack answers 404, and fails where it answers anything else', async () => {
    const status = { d1: 404, d2: 503 };
    const gateway = recordedPush((push) => {
      const { deviceId } = push as { deviceId: keyof typeof status };
      return Promise.reject(new StackRefusal('/internal/pushes', status[deviceId]));
    });
    const device = (deviceId: string) => ({ uid: 'asha', deviceId, token: deviceId });
    const message = { data, ttlSec: 60 };
    expect(await gateway.send([device('d1')], message)).toEqual({ gone: ['d1'] });
    await expect(gateway.send([device('d1'), device('d2')], message)).rejects.toThrow('no push was taken');
  });
});

describe('a send to many devices', () => {
  const devices = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ uid: 'asha', deviceId: `d${index}`, token: `t${index}` }));
  const message = { data, ttlSec: 60 };

  /** FCM as `answer` has it: the code of the error for a token, or undefined. */
  function fcm(answer: (token: string) => string | undefined) {
    const { log, lines } = testPorts();
    const sizes: number[] = [];
    const send: SendBatch = (messages) => {
      sizes.push(messages.length);
      const responses = messages.map(({ token }) => {
        const code = answer(token);
        const fault = { code, message: '', name: '', stack: '' };
        return code === undefined
          ? { success: true }
          : { success: false, error: { ...(fault as Required<typeof fault>), toJSON: () => ({}) } };
      });
      return Promise.resolve({ responses } as Awaited<ReturnType<SendBatch>>);
    };
    return { gateway: fcmPush(log, send), lines, sizes };
  }

  it('goes out in batches of at most 500, and nobody is left out', async () => {
    const { gateway, sizes } = fcm((token) =>
      ['t3', 't1200'].includes(token) ? 'messaging/registration-token-not-registered' : undefined,
    );
    expect(await gateway.send(devices(1201), message)).toEqual({ gone: ['d3', 'd1200'] });
    expect(sizes).toEqual([500, 500, 201]);
  });

  it('tells the log what was not taken, by its code and without a token', async () => {
    const { gateway, lines } = fcm((token) =>
      token === 't0' ? 'messaging/third-party-auth-error' : undefined,
    );
    expect(await gateway.send(devices(2), message)).toEqual({ gone: [] });
    expect(lines).toEqual([
      {
        severity: 'WARNING',
        message: 'a device did not take a push',
        fields: { code: 'messaging/third-party-auth-error' },
      },
    ]);
  });

  it('is tried again when the session broke before anything was known', async () => {
    const { log, lines } = testPorts();
    const gateway = fcmPush(log, () => Promise.reject(new Error('session')));
    await expect(gateway.send(devices(2), message)).rejects.toThrow('no push was taken');
    expect(lines).toMatchObject([{ severity: 'WARNING', fields: { count: 2 } }]);
  });
});
