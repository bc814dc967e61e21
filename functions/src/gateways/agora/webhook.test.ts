import { describe, expect, it } from '@jest/globals';
import { isFromAgora, noticeOf } from './webhook.ts';

/** The vector of the protocol's description. */
const SECRET = 'ncs_test_secret';
const BODY =
  '{"noticeId":"2000001428:4330:107","productId":1,"eventType":103,"notifyMs":1760000000123,"sid":"sid_test_1","payload":{"channelName":"call_test_1","uid":123456,"platform":1,"clientSeq":1760000000100,"ts":1760000000}}';
const V1 = '9915821dfa0492e54c161b97ef871ed945d11a8d';
const V2 = 'cf3f9478bacd552eefcd1904d27cade8c73e30f4b958df40e3b2b892da54e750';
const raw = Buffer.from(BODY);
const nothing = undefined;

describe('a notification of Agora', () => {
  it('is known by either signature of the vector', () => {
    expect(raw).toHaveLength(216);
    expect(isFromAgora(SECRET, raw, { v2: V2, v1: V1 })).toBe(true);
    expect(isFromAgora(SECRET, raw, { v2: V2, v1: nothing })).toBe(true);
    expect(isFromAgora(SECRET, raw, { v2: nothing, v1: V1 })).toBe(true);
    expect(isFromAgora(SECRET, raw, { v2: V2, v1: 'wrong' })).toBe(true);
  });

  it('is known by the old secret too while it is being changed', () => {
    for (const secrets of [`new ${SECRET}`, `${SECRET}\nnew`])
      expect(isFromAgora(secrets, raw, { v2: V2, v1: V1 })).toBe(true);
  });

  it.each([
    ['without a signature', SECRET, raw, nothing, nothing],
    ['with a wrong newer signature beside the right older one', SECRET, raw, V2.replace('c', 'd'), V1],
    ['with an empty newer signature beside the right older one', SECRET, raw, '', V1],
    ['with the older signature in the place of the newer', SECRET, raw, V1, nothing],
    ['with the newer signature in the place of the older', SECRET, raw, nothing, V2],
    ['with something behind the signature', SECRET, raw, `${V2}zz`, nothing],
    ['with a signature cut short', SECRET, raw, V2.slice(0, 62), nothing],
    ['with one more byte', SECRET, Buffer.from(`${BODY} `), V2, nothing],
    ['under another secret', 'another', raw, V2, V1],
    ['when no secret is set', '', raw, V2, V1],
    ['when two secrets are set, both others', 'one another', raw, V2, V1],
  ])('is refused %s', (_what, secret, body, v2, v1) => {
    expect(isFromAgora(secret, body, { v2, v1 })).toBe(false);
  });
});

function event(eventType: number, payload: object = {}, envelope: object = {}): unknown {
  const common = { channelName: 'call_test_1', uid: 123_456, platform: 1, clientSeq: 17, ts: 1_760_000_000 };
  return {
    noticeId: '1',
    productId: 1,
    eventType,
    notifyMs: 1,
    payload: { ...common, ...payload },
    ...envelope,
  };
}

const SEEN = { channel: 'call_test_1', uid: 123_456, seq: 17, at: new Date(1_760_000_000_000) };

describe('what a notification tells', () => {
  it.each([103, 105, 107])('kind %d: somebody came', (kind) => {
    expect(noticeOf(event(kind))).toEqual({ ...SEEN, event: 'join' });
  });

  it.each([104, 106, 108])('kind %d: somebody left', (kind) => {
    expect(noticeOf(event(kind, { reason: 1, duration: 90 }))).toEqual({
      ...SEEN,
      event: 'leave',
      reason: 'left',
      passing: false,
      staySec: 90,
    });
  });

  it.each([
    [0, 'unknown', false],
    [1, 'left', false],
    [2, 'connection timeout', false],
    [3, 'removed', false],
    [4, 'server change', true],
    [5, 'other device', true],
    [9, 'address change', true],
    [10, 'network change', true],
    [999, 'unstable', false],
    [7, 'unknown', false],
  ])('reason %d means %s, and a return by itself: %s', (reason, word, passing) => {
    expect(noticeOf(event(104, { reason }))).toMatchObject({ reason: word, passing });
  });

  it('reason 999 says that the provider wants them removed, and no other does', () => {
    expect(noticeOf(event(104, { reason: 999 }))).toHaveProperty('unstable', true);
    for (const reason of [0, 1, 2, 3, 4, 5, 9, 10])
      expect(noticeOf(event(104, { reason }))).not.toHaveProperty('unstable');
  });

  it.each([
    ...[101, 102, 109, 110, 111, 112, 0].map((kind) => event(kind)),
    event(103, {}, { productId: 3 }),
    event(103, { clientSeq: undefined }),
    event(103, { uid: 'text' }),
    event(103, { ts: -1 }),
    event(103, { ts: 1e300 }),
    event(103, {}, { payload: null }),
    null,
    [],
    'text',
  ])('is nothing for other kinds and products, and for what makes no sense', (told) => {
    expect(noticeOf(told)).toBeUndefined();
  });
});
