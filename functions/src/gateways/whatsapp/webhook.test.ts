import { describe, expect, it } from '@jest/globals';
import { challengeOf, isFromMeta, statusesOf } from './webhook.ts';

/** A published vector: this body, signed with this secret. */
const BODY =
  '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.TEST1","status":"delivered","timestamp":"1760000000","recipient_id":"919876543210"}]},"field":"messages"}]}]}';
const SECRET = 'wa_app_secret';
const SIGNATURE = 'sha256=c16b830c6215bbb4df7ea692f278eb1dcf7013c7d5f58445d9b5f9dbd0859196';
const raw = Buffer.from(BODY);

describe('a signature of Meta', () => {
  it('is right for the bytes that were signed, with the secret of the app', () => {
    expect(raw.length).toBe(343);
    expect(isFromMeta(SECRET, raw, SIGNATURE)).toBe(true);
  });

  it('is right by the old secret too while it is being changed', () => {
    expect(isFromMeta(`new ${SECRET}`, raw, SIGNATURE)).toBe(true);
    expect(isFromMeta('new newer', raw, SIGNATURE)).toBe(false);
  });

  it('is wrong for anything else', () => {
    const hex = SIGNATURE.slice('sha256='.length);
    for (const header of [
      undefined,
      '',
      hex,
      `sha1=${hex}`,
      SIGNATURE.slice(0, -2),
      `${SIGNATURE}00`,
      'sha256=',
    ])
      expect(isFromMeta(SECRET, raw, header)).toBe(false);
    expect(isFromMeta('another', raw, SIGNATURE)).toBe(false);
    expect(isFromMeta(SECRET, raw.subarray(0, -1), SIGNATURE)).toBe(false);
    expect(isFromMeta(SECRET, Buffer.from(JSON.stringify(JSON.parse(BODY), null, 1)), SIGNATURE)).toBe(false);
  });

  it('is never right without a secret, though anybody could make it', () => {
    const empty = 'sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad';
    expect(isFromMeta('', Buffer.alloc(0), empty)).toBe(false);
  });
});

describe('the handshake', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'token' };

  it('answers the challenge to whoever knows the token', () => {
    expect(challengeOf('token', query)).toBe('1158201444');
  });

  it.each([
    [{ ...query, 'hub.verify_token': 'other' }, 'token'],
    [{ ...query, 'hub.verify_token': ['token', 'token'] }, 'token'],
    [{ ...query, 'hub.mode': 'other' }, 'token'],
    [{ ...query, 'hub.challenge': undefined }, 'token'],
    [{ ...query, 'hub.verify_token': '' }, ''],
  ])('refuses %j', (wrong, token) => {
    expect(challengeOf(token, wrong)).toBeUndefined();
  });
});

describe('an event', () => {
  it('tells the status of messages', () => {
    expect(statusesOf(JSON.parse(BODY))).toEqual([
      { messageId: 'wamid.TEST1', status: 'delivered', reference: undefined },
    ]);
  });

  it('is read in all its entries and changes, piece by piece', () => {
    const value = (...statuses: unknown[]) => ({ field: 'messages', value: { statuses } });
    const event = {
      object: 'whatsapp_business_account',
      entry: [
        { changes: [value({ id: 'a', status: 'sent', biz_opaque_callback_data: 'r' }), { value: 7 }, null] },
        {
          changes: [
            value({ id: 'b', status: 'warned' }, { id: 7, status: 'sent' }, { id: 'c', status: 'read' }),
          ],
        },
        { changes: 'none' },
        7,
      ],
    };
    expect(statusesOf(event)).toEqual([
      { messageId: 'a', status: 'sent', reference: 'r' },
      { messageId: 'c', status: 'read', reference: undefined },
    ]);
    for (const other of [null, 7, [], {}, { object: 'page', entry: [] }, { ...event, entry: 'none' }])
      expect(statusesOf(other)).toEqual([]);
  });
});
