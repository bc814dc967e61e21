/** WhatsApp's webhook: only what Meta has signed counts, once, and never backwards. */
import type { DocumentReference, Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { adminOf, dump, http, type HttpAnswer } from './helpers.ts';
import { askFrom, lastCode, messagesTo, newAddress, newPhone, told } from './signInHelpers.ts';
import { useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;

beforeAll(async () => {
  admin = adminOf(stack);
  await stack.control.seed({ listeners: 0, callers: 0, coins: 0 });
});

/** A code that WhatsApp has taken, of which it has reported nothing. */
interface Sent {
  readonly phone: string;
  readonly document: DocumentReference;
  readonly messageId: string;
  readonly reference: string;
}

async function sentCode(): Promise<Sent> {
  const phone = newPhone();
  await stack.control.faults({ webhooks: { drop: 1 } });
  expect(told(await askFrom(stack, newAddress(), 'auth/requestOtp', { phone }))).toMatchObject({
    channel: 'whatsapp',
  });
  await stack.control.clearFaults();
  const found = await admin.collection('otps').where('phone', '==', phone).get();
  const [otp] = found.docs;
  if (otp === undefined) throw new Error('no code was stored');
  expect(otp.data()).toMatchObject({ sentVia: 'whatsapp', deliveryStatus: 'pending' });
  const reference = `${otp.id}.${String(otp.get('sendId'))}`;
  return { phone, document: otp.ref, messageId: String(otp.get('messageId')), reference };
}

interface Status {
  readonly id: string;
  readonly status: string;
  readonly biz_opaque_callback_data?: string;
}

function event(...statuses: readonly Status[]): object {
  const reported = statuses.map((status) => ({
    timestamp: '1750857384',
    recipient_id: '919876543210',
    ...status,
  }));
  const value = { messaging_product: 'whatsapp', metadata: {}, statuses: reported };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  };
}

function sign(body: string, secret = stack.info.secrets.whatsappApp): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

async function post(body: string, signature: string | undefined): Promise<HttpAnswer> {
  const headers = {
    'content-type': 'application/json',
    ...(signature && { 'x-hub-signature-256': signature }),
  };
  return http(stack, 'webhooks/whatsapp', { method: 'POST', headers, body });
}

/** As Meta reports. */
async function report(...statuses: readonly Status[]): Promise<void> {
  const body = JSON.stringify(event(...statuses));
  expect((await post(body, sign(body))).status).toBe(200);
}

async function statusOf({ document }: Sent): Promise<unknown> {
  return (await document.get()).get('deliveryStatus') as unknown;
}

const delivered = ({ messageId, reference }: Sent): Status => ({
  id: messageId,
  status: 'delivered',
  biz_opaque_callback_data: reference,
});

describe('whoever is not Meta', () => {
  it('is refused, and nothing is written', async () => {
    const sent = await sentCode();
    const body = JSON.stringify(event(delivered(sent)));
    const good = sign(body);
    const forged: [string, string | undefined][] = [
      [body, undefined],
      [body, ''],
      [body, 'sha256='],
      [body, sign(body, 'another secret')],
      [body, sign(body, '')],
      [body, good.replace('sha256=', 'sha1=')],
      [body, good.slice(0, -2)],
      [body, `${good}00`],
      [body, good.slice('sha256='.length)],
      [`${body} `, good],
      [body.slice(0, -1), good],
      [body.replace('delivered', 'failed'), good],
      // The same content in other bytes.
      [JSON.stringify(JSON.parse(body), null, 1), good],
      [body.replace('whatsapp', '\\u0077hatsapp'), good],
      ['', good],
    ];
    const untouched = await dump(stack);
    for (const [content, signature] of forged)
      expect([400, 401]).toContain((await post(content, signature)).status);
    expect((await post(body, sign(body, 'another secret'))).status).toBe(401);
    expect(await dump(stack)).toEqual(untouched);
    expect((await post(body, good)).status).toBe(200);
    expect(await statusOf(sent)).toBe('delivered');
  });

  it('is not greeted', async () => {
    const { whatsappVerify } = stack.info.secrets;
    const greet = async (query: Record<string, string>) =>
      http(stack, `webhooks/whatsapp?${new URLSearchParams(query).toString()}`);
    const right = {
      'hub.mode': 'subscribe',
      'hub.challenge': '1158201444',
      'hub.verify_token': whatsappVerify,
    };
    const answer = await greet(right);
    expect([answer.status, answer.text]).toEqual([200, '1158201444']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/u);
    for (const wrong of [
      { ...right, 'hub.verify_token': 'guess' },
      { ...right, 'hub.verify_token': '' },
      { ...right, 'hub.mode': 'unsubscribe' },
      { 'hub.mode': 'subscribe', 'hub.challenge': '1' },
      {},
    ])
      expect((await greet(wrong)).status).toBe(403);
  });

  it('finds no other path and no other method', async () => {
    for (const [path, method] of [
      ['webhooks', 'POST'],
      ['webhooks/another', 'POST'],
      ['webhooks/whatsapp/more', 'POST'],
      ['webhooks/whatsapp', 'PUT'],
    ] as const)
      expect((await http(stack, path, { method })).status).toBe(404);
  });
});

describe('a signed body that is none', () => {
  it.each([
    ['{"object":', 400],
    ['no json', 400],
    ['null', 400],
    ['[]', 200],
    ['{"object":"page","entry":[{}]}', 200],
    ['{"object":"whatsapp_business_account","entry":"none"}', 200],
    [
      '{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"id":"x"}]}}]}]}',
      200,
    ],
  ])('%s changes nothing: %d', async (body, status) => {
    const untouched = await dump(stack);
    expect((await post(body, sign(body))).status).toBe(status);
    expect(await dump(stack)).toEqual(untouched);
  });

  it('is refused when it is larger than any that Meta sends', async () => {
    const body = JSON.stringify({ ...event(), filling: 'x'.repeat(3_000_000) });
    expect((await post(body, sign(body))).status).toBe(413);
  });
});

describe('a report', () => {
  it('moves the status forward only, however often and in which order it comes', async () => {
    const sent = await sentCode();
    const say = async (status: string) => report({ ...delivered(sent), status });
    for (const [status, stored] of [
      ['sent', 'sent'],
      ['delivered', 'delivered'],
      ['sent', 'delivered'],
      ['failed', 'delivered'],
      ['delivered', 'delivered'],
      ['read', 'read'],
      ['delivered', 'read'],
      ['deleted', 'read'],
    ] as const) {
      await say(status);
      expect(await statusOf(sent)).toBe(stored);
    }
    expect(await messagesTo(stack, sent.phone)).toHaveLength(1);
  });

  it('finds its message by id when it carries no reference, or one of somebody else’s', async () => {
    const [first, second] = [await sentCode(), await sentCode()];
    await report(
      { id: first.messageId, status: 'delivered' },
      { id: second.messageId, status: 'read', biz_opaque_callback_data: 'order/4711' },
    );
    expect([await statusOf(first), await statusOf(second)]).toEqual(['delivered', 'read']);
  });

  it('of an unknown message is passed over', async () => {
    const sent = await sentCode();
    const untouched = await dump(stack);
    await report(
      { id: 'wamid.unknown', status: 'failed' },
      { id: 'wamid.x', status: 'failed', biz_opaque_callback_data: `${'0'.repeat(40)}.${'0'.repeat(32)}` },
      { id: 'wamid.x', status: 'failed', biz_opaque_callback_data: `${sent.document.id}.older` },
      { id: 'wamid.x', status: 'failed', biz_opaque_callback_data: '../../users/x' },
      { id: '', status: 'failed' },
    );
    expect(await dump(stack)).toEqual(untouched);
  });

  it('is found in a batch of many', async () => {
    const [first, second] = [await sentCode(), await sentCode()];
    const others = Array.from({ length: 40 }, (_, index) => ({ id: `wamid.${index}`, status: 'read' }));
    await report(
      ...others,
      { id: first.messageId, status: 'sent' },
      { id: first.messageId, status: 'read' },
      ...others.map(({ id }) => ({ id: `${id}x`, status: 'read' })),
      delivered(second),
    );
    expect([await statusOf(first), await statusOf(second)]).toEqual(['read', 'delivered']);
  });

  it('of an older message says nothing about the newer one', async () => {
    const first = await sentCode();
    await stack.control.advance(60);
    await askFrom(stack, newAddress(), 'auth/resendOtp', { phone: first.phone });
    await stack.control.idle();
    await report({ ...delivered(first), status: 'failed' });
    expect(await statusOf(first)).toBe('delivered');
    expect((await messagesTo(stack, first.phone)).map(({ channel }) => channel)).toEqual([
      'whatsapp',
      'whatsapp',
    ]);
  });
});

describe('a failure', () => {
  const failed = (sent: Sent): Status => ({ ...delivered(sent), status: 'failed' });

  it('sends the same code by SMS, once, though it is told many times at once', async () => {
    const sent = await sentCode();
    const code = await lastCode(stack, sent.phone);
    await Promise.all([1, 2, 3].map(async () => report(failed(sent), failed(sent))));
    await report(failed(sent), { id: sent.messageId, status: 'failed' });
    const messages = await messagesTo(stack, sent.phone);
    expect(messages.map((message) => [message.channel, message.code])).toEqual([
      ['sms', code],
      ['whatsapp', code],
    ]);
    const answer = await askFrom(stack, newAddress(), 'auth/verifyOtp', { phone: sent.phone, code });
    expect(told(answer)).toMatchObject({ status: 'needs_registration' });
  });

  it('sends nothing when the code was used or has expired, or has gone by SMS already', async () => {
    const [used, expired] = [await sentCode(), await sentCode()];
    const code = await lastCode(stack, used.phone);
    await askFrom(stack, newAddress(), 'auth/verifyOtp', { phone: used.phone, code });
    await report(failed(used));
    await stack.control.advance(300);
    await report(failed(expired));
    for (const sent of [used, expired]) {
      expect(await statusOf(sent)).toBe('failed');
      expect(await messagesTo(stack, sent.phone)).toHaveLength(1);
    }
  });

  it('that arrives late, doubled and out of order ends the same', async () => {
    await stack.freeze();
    const phone = newPhone();
    const faults = { duplicate: 1, delaySec: 20, reorder: 1, drop: 0 };
    await stack.control.faults({ messages: { whatsapp: { fail: 1 } }, webhooks: faults });
    await askFrom(stack, newAddress(), 'auth/requestOtp', { phone });
    await stack.control.advance(60);
    expect((await messagesTo(stack, phone)).map(({ channel }) => channel)).toEqual(['sms']);
  });
});
