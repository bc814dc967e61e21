/** Agora's notifications for scenarios: through the sandbox as Agora sends them, or by hand as nobody should. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { adminOf, http, type HttpAnswer } from './helpers.ts';
import { useStack, type AcceptedCall, type Stack } from './support.ts';

/** The database with an administrator's rights. */
export type Admin = Pick<Firestore, 'doc'>;

/** A stack whose clock stands at the tenth second of a minute before each test, so that instants are exact. */
export function useAgora(): { readonly stack: Stack; readonly admin: Admin } {
  const stack = useStack();
  let opened: Firestore | undefined;
  beforeAll(() => {
    opened = adminOf(stack);
  });
  beforeEach(async () => stack.freeze(10));
  const doc = (path: string) => {
    if (opened === undefined) throw new Error('the database is there only inside of tests');
    return opened.doc(path);
  };
  return { stack, admin: { doc } };
}

export type PartyName = 'caller' | 'callee';

interface Told {
  readonly reason?: number;
  readonly clientSeq?: number;
}

/** Agora tells that a party came or left, and the backend has taken it. */
export async function agoraTells(
  stack: Stack,
  call: Pick<AcceptedCall, 'callId' | 'caller' | 'callee'>,
  type: 'join' | 'leave',
  party: PartyName,
  told: Told = {},
): Promise<void> {
  const { uid } = call[party];
  await stack.control.request('POST', '/agora/event', { callId: call.callId, uid, type, ...told });
  await stack.control.idle();
}

/** Both are in the channel, as Agora sees it. */
export async function agoraSeesBoth(stack: Stack, call: AcceptedCall): Promise<void> {
  for (const party of ['callee', 'caller'] as const) await agoraTells(stack, call, 'join', party);
}

/** The private document of a call's media. */
export async function privateMedia(admin: Admin, callId: string): Promise<Record<string, unknown>> {
  const found = await admin.doc(`calls/${callId}/private/media`).get();
  return found.data() ?? {};
}

/** An instant in a document; @throws when the field holds none */
export async function storedInstant(admin: Admin, path: string, field: string): Promise<Date> {
  const at: unknown = (await admin.doc(path).get()).get(field);
  if (!(at instanceof Timestamp)) throw new Error(`${path} has no instant in ${field}`);
  return at.toDate();
}

/** A notification as Agora words it. */
export function notification(eventType: number, payload: object, envelope: object = {}): string {
  return JSON.stringify({
    noticeId: '2000001428:4330:107',
    productId: 1,
    eventType,
    notifyMs: 1_760_000_000_123,
    sid: 'sid_test_1',
    payload: { platform: 1, ...payload },
    ...envelope,
  });
}

/** The signature of a body. */
export function signed(body: string, secret: string, algorithm: 'sha256' | 'sha1' = 'sha256'): string {
  return createHmac(algorithm, secret).update(body).digest('hex');
}

/** Posts to the webhook, with whatever headers. */
export async function postToWebhook(
  stack: Stack,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const all = { 'content-type': 'application/json', ...headers };
  return http(stack, 'webhooks/agora', { method: 'POST', headers: all, body });
}

/** Posts as Agora does. */
export async function postSigned(stack: Stack, body: string): Promise<HttpAnswer> {
  const secret = stack.info.secrets.agoraNcs;
  return postToWebhook(stack, body, { 'agora-signature-v2': signed(body, secret) });
}
