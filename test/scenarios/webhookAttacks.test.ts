/** What somebody sends to the webhooks who is not the provider, or has recorded what the provider has sent. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { WEBHOOK_PATHS } from '../../functions/src/webhookPaths.ts';
import { LOCAL_ACCOUNTS } from '../../dev/src/stack/settings.ts';
import { notification } from './agoraHelpers.ts';
import { adminOf, dump, http, type HttpAnswer } from './helpers.ts';
import { buyerWith, eventOf, paidOrder } from './paying.ts';
import { askFrom, newAddress, newPhone } from './signInHelpers.ts';
import { acceptedCall, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;

/** One event that the provider really could send now, and how it signs. */
interface Genuine {
  readonly body: string;
  readonly header: string;
  readonly secret: string;
  readonly prefix: string;
}
type Provider = 'agora' | 'razorpay' | 'whatsapp';
const PROVIDERS: readonly Provider[] = ['agora', 'razorpay', 'whatsapp'];
let events: Readonly<Record<Provider, Genuine>>;

async function paymentEvent(): Promise<string> {
  const buyer = await buyerWith(stack, 0);
  const { checkout, paid } = await paidOrder(stack, buyer);
  const { gatewayOrderId } = checkout;
  return eventOf(LOCAL_ACCOUNTS.razorpayAccountId, { paymentId: paid.paymentId, gatewayOrderId });
}

/** The callee comes into the channel of a call that connects. */
async function joinEvent(): Promise<string> {
  const call = await acceptedCall(stack);
  const { channel, uid } = call.media;
  const now = await stack.control.now();
  const payload = { channelName: channel, uid, clientSeq: 10, ts: Math.floor(now.getTime() / 1000) };
  return notification(103, payload);
}

async function deliveryEvent(): Promise<string> {
  const phone = newPhone();
  await stack.control.faults({ webhooks: { drop: 1 } });
  await askFrom(stack, newAddress(), 'auth/requestOtp', { phone });
  await stack.control.clearFaults();
  const { docs } = await admin.collection('otps').where('phone', '==', phone).get();
  const status = { id: String(docs[0]?.get('messageId')), status: 'delivered', timestamp: '1750857384' };
  const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', statuses: [status] } }];
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });
}

beforeAll(async () => {
  admin = adminOf(stack);
  await stack.freeze();
  const { agoraNcs, razorpayWebhook, whatsappApp } = stack.info.secrets;
  const agora = { header: 'agora-signature-v2', secret: agoraNcs, prefix: '' };
  const razorpay = { header: 'x-razorpay-signature', secret: razorpayWebhook, prefix: '' };
  const whatsapp = { header: 'x-hub-signature-256', secret: whatsappApp, prefix: 'sha256=' };
  events = {
    agora: { ...agora, body: await joinEvent() },
    razorpay: { ...razorpay, body: await paymentEvent() },
    whatsapp: { ...whatsapp, body: await deliveryEvent() },
  };
  await stack.control.idle();
}, 120_000);

function signatureOf({ prefix, secret }: Genuine, bytes: string | Buffer): string {
  return `${prefix}${createHmac('sha256', secret).update(bytes).digest('hex')}`;
}

async function send(
  provider: Provider,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  return http(stack, `webhooks/${WEBHOOK_PATHS[provider]}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const genuine = async (provider: Provider): Promise<HttpAnswer> => {
  const event = events[provider];
  return send(provider, event.body, { [event.header]: signatureOf(event, event.body) });
};

/** What is sent, with a signature that is right for something else. */
type Attack = (event: Genuine) => readonly [string | Buffer, Readonly<Record<string, string>>];
const withGood =
  (change: (body: string) => string | Buffer, more: Readonly<Record<string, string>> = {}): Attack =>
  (event) => [change(event.body), { [event.header]: signatureOf(event, event.body), ...more }];

const ATTACKS: Readonly<Record<string, Attack>> = {
  'no signature': ({ body }) => [body, {}],
  'a signature of nothing': (event) => [event.body, { [event.header]: signatureOf(event, '') }],
  'a signature under a guessed secret': (event) => [
    event.body,
    { [event.header]: signatureOf({ ...event, secret: 'secret' }, event.body) },
  ],
  'a signature under the empty secret': (event) => [
    event.body,
    { [event.header]: signatureOf({ ...event, secret: '' }, event.body) },
  ],
  'a signature cut short': (event) => [
    event.body,
    { [event.header]: signatureOf(event, event.body).slice(0, -2) },
  ],
  'a signature with something behind it': (event) => [
    event.body,
    { [event.header]: `${signatureOf(event, event.body)}00` },
  ],
  'two signatures, the second one right': (event) => [
    event.body,
    { [event.header]: `${event.prefix}${'0'.repeat(64)}, ${signatureOf(event, event.body)}` },
  ],
  'a body cut in the middle': withGood((body) => body.slice(0, body.length / 2)),
  'a body without its last byte': withGood((body) => body.slice(0, -1)),
  'a body with one more byte': withGood((body) => `${body}\n`),
  'a second value behind the first': withGood((body) => `${body}${body}`),
  'the same content, indented': withGood((body) => JSON.stringify(JSON.parse(body), null, 1)),
  'the same content, with escapes': withGood((body) => body.replace('"', '"\\u0000')),
  'the same content, with a byte order mark': withGood((body) => `\uFEFF${body}`),
  'the same content in another encoding': withGood((body) => Buffer.from(body, 'utf16le'), {
    'content-type': 'application/json; charset=utf-16le',
  }),
  'the same content as a form': withGood((body) => `payload=${encodeURIComponent(body)}`, {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  'other bytes that were compressed': withGood((body) => gzipSync(`${body} `), {
    'content-encoding': 'gzip',
  }),
};

describe.each(PROVIDERS)('the webhook of %s', (provider) => {
  it('refuses whatever its provider has not signed, and nothing is written', async () => {
    const before = await dump(stack);
    for (const [name, attack] of Object.entries(ATTACKS)) {
      const { status } = await send(provider, ...attack(events[provider]));
      // What is not even JSON is refused on the way in already.
      expect({ name, refused: [400, 401, 415].includes(status) }).toEqual({ name, refused: true });
    }
    expect(await dump(stack)).toEqual(before);
  });

  it('refuses what another provider has signed', async () => {
    const { body } = events[provider];
    const before = await dump(stack);
    for (const other of PROVIDERS.filter((one) => one !== provider)) {
      const signer = events[other];
      const signature = signatureOf(signer, body);
      const headers = { [signer.header]: signature, [events[provider].header]: signature };
      expect((await send(provider, body, headers)).status).toBe(401);
      expect(
        (await send(provider, signer.body, { [signer.header]: signatureOf(signer, signer.body) })).status,
      ).toBe(401);
    }
    expect(await dump(stack)).toEqual(before);
  });
});

it('the stack has no webhook that is not attacked here', () => {
  expect(Object.keys(stack.info.webhooks).toSorted()).toEqual(PROVIDERS);
});

describe('what a provider has really sent', () => {
  it.each(PROVIDERS)('counts, and counts no more when it is replayed: %s', async (provider) => {
    const before = await dump(stack);
    expect((await genuine(provider)).status).toBe(200);
    await stack.control.idle();
    const taken = await dump(stack);
    // Else the attacks would prove nothing: this is what they try to do.
    expect(taken).not.toEqual(before);
    for (let replay = 0; replay < 3; replay += 1) expect((await genuine(provider)).status).toBe(200);
    await stack.control.idle();
    expect(await dump(stack)).toEqual(taken);
  });

  it('counts no more when it comes again after days', async () => {
    await stack.control.advance(4 * 86_400);
    await stack.control.idle();
    const stale = await dump(stack);
    for (const provider of PROVIDERS) expect((await genuine(provider)).status).toBe(200);
    await stack.control.idle();
    expect(await dump(stack)).toEqual(stale);
  }, 120_000);
});
