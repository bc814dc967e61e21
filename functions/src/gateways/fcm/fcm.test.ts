import { describe, expect, it } from '@jest/globals';
import { START } from '../../testing/calls.ts';
import { fcmMessage, recordedPush } from './fcm.ts';

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
    await gateway.send(devices, { data, ttlSec: 60 });
    expect(seen).toEqual(devices.map(({ uid, deviceId }) => ({ uid, deviceId, data })));
  });
});
