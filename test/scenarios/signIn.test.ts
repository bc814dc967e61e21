/** Signing in by phone: a code comes by WhatsApp or else by SMS, and is traded for a session. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type {
  AuthRequestOtpInput,
  AuthRequestOtpOutput,
  AuthVerifyOtpInput,
  AuthVerifyOtpOutput,
} from '../../client/src/index.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf, claimsOf, sendJson } from './helpers.ts';
import { reasonOf, refusalOf } from './seenRefusal.ts';
import { signInByPhone } from './newcomers.ts';
import { lastCode, messagesTo, newPhone, wrongCode } from './signInHelpers.ts';
import { expectRefusal, plusSec, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;
/** Somebody who is not signed in. */
let app: Phone;

beforeAll(async () => {
  admin = adminOf(stack);
  await stack.control.seed({ listeners: 0, callers: 0, coins: 0 });
  app = await stack.phone();
});

async function request(
  phone: string,
  more: Partial<AuthRequestOtpInput> = {},
): Promise<AuthRequestOtpOutput> {
  return app.earshot.auth.requestOtp({ phone, ...more });
}

async function resend(phone: string, more: Partial<AuthRequestOtpInput> = {}): Promise<AuthRequestOtpOutput> {
  return app.earshot.auth.resendOtp({ phone, ...more });
}

async function verify(
  phone: string,
  code: string,
  more: Partial<AuthVerifyOtpInput> = {},
): Promise<AuthVerifyOtpOutput> {
  return app.earshot.auth.verifyOtp({ phone, code, ...more });
}

async function otpOf(phone: string): Promise<Record<string, unknown>> {
  const found = await admin.collection('otps').where('phone', '==', phone).get();
  expect(found.size).toBe(1);
  return found.docs[0]?.data() ?? {};
}

describe('a phone that nobody knows', () => {
  it('gets a code by WhatsApp, and signs in with it to register', async () => {
    await stack.freeze();
    const phone = newPhone();
    const asked = await stack.control.now();
    expect(await request(phone.replace(/^\+91(\d{5})/u, '+91 $1-'))).toEqual({
      channel: 'whatsapp',
      expiresAt: plusSec(asked, 300).toISOString(),
      resendAt: plusSec(asked, 60).toISOString(),
    });
    const messages = await messagesTo(stack, phone);
    expect(messages).toEqual([
      expect.objectContaining({ channel: 'whatsapp', to: phone, sentAt: asked.toISOString() }),
    ]);
    expect(messages[0]?.text).toContain(messages[0]?.code);
    expect(await otpOf(phone)).toMatchObject({ sentVia: 'whatsapp', deliveryStatus: 'delivered' });

    const { status, uid, customToken } = await verify(phone, messages[0]?.code ?? '');
    expect(status).toBe('needs_registration');
    const person = await stack.phone(customToken);
    expect(person.uid).toBe(uid);
    expect(claimsOf(await person.idToken())).toMatchObject({ phone_number: phone });
    expect(await reasonOf(person.earshot.users.me())).toBe('NOT_REGISTERED');
  });

  it('is the same person by Firebase’s own phone sign-in', async () => {
    const phone = newPhone();
    await request(phone);
    const { uid } = await verify(phone, await lastCode(stack, phone));
    expect((await signInByPhone(stack, phone)).uid).toBe(uid);

    const other = newPhone();
    const firstByFirebase = (await signInByPhone(stack, other)).uid;
    await request(other);
    expect((await verify(other, await lastCode(stack, other))).uid).toBe(firstByFirebase);
  });
});

describe('a phone that somebody has registered', () => {
  it('leads to them, and says so', async () => {
    const [seeded] = await stack.control.seed({ listeners: 0, callers: 1, coins: 0 });
    const { phone = '', uid } = seeded ?? {};
    await request(phone);
    expect(await verify(phone, await lastCode(stack, phone))).toMatchObject({ status: 'registered', uid });
  });
});

describe('a number that takes no code', () => {
  const numbers = ['+4930123456', '9876543210', '+1 555', 'call me', '+919876543210 ext 5', '+11111111111'];
  it.each(numbers)('%s is refused everywhere', async (phone) => {
    for (const [operation, more] of [
      ['auth/requestOtp', {}],
      ['auth/resendOtp', {}],
      ['auth/verifyOtp', { code: '123456' }],
    ] as const)
      await expectRefusal(app.call(operation, { phone, ...more }), 'PHONE_INVALID');
  });
});

describe('the channel', () => {
  it('is SMS for whoever asks for it', async () => {
    const phone = newPhone();
    expect(await request(phone, { channel: 'sms' })).toMatchObject({ channel: 'sms' });
    expect((await messagesTo(stack, phone)).map(({ channel }) => channel)).toEqual(['sms']);
    expect(await reasonOf(verify(phone, await lastCode(stack, phone)))).toBe('OK');
  });

  it('is SMS at once when WhatsApp refuses', async () => {
    const phone = newPhone();
    await stack.control.faults({ messages: { whatsapp: { refuse: 1, code: 131026 } } });
    expect(await request(phone)).toMatchObject({ channel: 'sms' });
    expect((await messagesTo(stack, phone)).map(({ channel }) => channel)).toEqual(['sms']);
    expect(await otpOf(phone)).toMatchObject({ sentVia: 'sms', deliveryStatus: 'pending' });
    expect(await reasonOf(verify(phone, await lastCode(stack, phone)))).toBe('OK');
  });

  it('becomes SMS when WhatsApp reports later that it has failed, once however often it says so', async () => {
    const phone = newPhone();
    await stack.control.faults({ messages: { whatsapp: { fail: 1 } }, webhooks: { duplicate: 1 } });
    expect(await request(phone)).toMatchObject({ channel: 'whatsapp' });
    expect((await messagesTo(stack, phone)).map(({ channel }) => channel)).toEqual(['sms']);
    expect(await otpOf(phone)).toMatchObject({ sentVia: 'sms', deliveryStatus: 'pending' });
    expect(await reasonOf(verify(phone, await lastCode(stack, phone)))).toBe('OK');
  });

  it('is none when nobody takes the code: that is our fault, and counts', async () => {
    const phone = newPhone();
    const requestId = randomUUID();
    await stack.control.faults({ messages: { whatsapp: { refuse: 1 }, sms: { refuse: 1 } } });
    expect((await refusalOf(request(phone, { requestId }))).code).toBe('internal');
    expect(await otpOf(phone)).toMatchObject({ deliveryStatus: 'failed' });
    await stack.control.clearFaults();
    await expectRefusal(request(phone, { requestId }), 'RATE_LIMITED');
    await stack.control.advance(60);
    expect(await request(phone, { requestId })).toMatchObject({ channel: 'whatsapp' });
  });
});

describe('a code', () => {
  it('is sent again with the life it had, and a new request voids it', async () => {
    await stack.freeze();
    const phone = newPhone();
    const first = await request(phone);
    const code = await lastCode(stack, phone);
    await stack.control.advance(60);
    const now = await stack.control.now();
    expect(await resend(phone)).toEqual({ ...first, resendAt: plusSec(now, 60).toISOString() });
    expect(await lastCode(stack, phone)).toBe(code);
    expect(await messagesTo(stack, phone)).toHaveLength(2);

    await stack.control.advance(60);
    const second = await request(phone);
    expect(Date.parse(second.expiresAt)).toBe(Date.parse(first.expiresAt) + 120_000);
    const newCode = await lastCode(stack, phone);
    expect(newCode).not.toBe(code);
    await expectRefusal(verify(phone, code), 'OTP_INVALID', { attemptsLeft: 4 });
    expect(await reasonOf(verify(phone, newCode))).toBe('OK');
  });

  it('is a new one when it is asked for again after it was used, or has expired', async () => {
    await stack.freeze();
    const phone = newPhone();
    await resend(phone);
    const code = await lastCode(stack, phone);
    await verify(phone, code);
    await stack.control.advance(60);
    await resend(phone);
    const second = await lastCode(stack, phone);
    expect(second).not.toBe(code);
    await stack.control.advance(300);
    await expectRefusal(verify(phone, second), 'OTP_EXPIRED');
    await resend(phone);
    expect(await lastCode(stack, phone)).not.toBe(second);
    expect(await reasonOf(verify(phone, await lastCode(stack, phone)))).toBe('OK');
  });

  it('lives for 300 seconds and not one more', async () => {
    await stack.freeze();
    const [early, late] = [newPhone(), newPhone()];
    await Promise.all([request(early), request(late)]);
    const codes = [await lastCode(stack, early), await lastCode(stack, late)] as const;
    await stack.control.advance(299);
    expect(await reasonOf(verify(early, codes[0]))).toBe('OK');
    await stack.control.advance(1);
    await expectRefusal(verify(late, codes[1]), 'OTP_EXPIRED');
  });

  it('works once; there is none for a phone that never asked', async () => {
    const phone = newPhone();
    await request(phone);
    const code = await lastCode(stack, phone);
    expect(await reasonOf(verify(phone, code))).toBe('OK');
    await expectRefusal(verify(phone, code), 'OTP_EXPIRED');
    await expectRefusal(verify(newPhone(), code), 'OTP_EXPIRED');
  });

  it('gives one success to many at once, and no account twice', async () => {
    const phone = newPhone();
    await request(phone);
    const code = await lastCode(stack, phone);
    const tries = Array.from({ length: 4 }, async () =>
      reasonOf(verify(phone, code, { requestId: randomUUID() })),
    );
    const reasons = await Promise.all(tries);
    expect(reasons.toSorted()).toEqual(['OK', 'OTP_EXPIRED', 'OTP_EXPIRED', 'OTP_EXPIRED']);
  });
});

describe('over REST', () => {
  it('works alike, and refuses with the matching status', async () => {
    const phone = newPhone();
    const asked = await sendJson(stack, 'api/v1/auth/otp', { body: { phone } });
    expect(asked).toMatchObject({ status: 200, body: { channel: 'whatsapp' } });
    const again = await sendJson(stack, 'api/v1/auth/otp/resend', { body: { phone } });
    expect(again).toMatchObject({
      status: 429,
      body: { error: { reason: 'RATE_LIMITED', details: { retryAfterSec: expect.any(Number) } } },
    });
    const code = await lastCode(stack, phone);
    const wrong = await sendJson(stack, 'api/v1/auth/otp/verify', { body: { phone, code: wrongCode(code) } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: { reason: 'OTP_INVALID', details: { attemptsLeft: 4 } } },
    });
    const right = await sendJson(stack, 'api/v1/auth/otp/verify', { body: { phone, code } });
    expect(right).toMatchObject({ status: 200, body: { status: 'needs_registration' } });
  });
});

describe('the same request once more', () => {
  it('answers as before and sends nothing', async () => {
    await stack.freeze();
    const phone = newPhone();
    for (const ask of [request, resend]) {
      const requestId = randomUUID();
      const answer = await ask(phone, { requestId });
      const sent = await messagesTo(stack, phone);
      await stack.control.advance(60);
      expect(await ask(phone, { requestId })).toEqual(answer);
      expect(await messagesTo(stack, phone)).toEqual(sent);
    }
    expect(await messagesTo(stack, phone)).toHaveLength(2);
  });

  it('of a verification gets a fresh token for the same person, while the code would have lived', async () => {
    const phone = newPhone();
    await request(phone);
    const code = await lastCode(stack, phone);
    const requestId = randomUUID();
    const answers = await Promise.all([
      verify(phone, code, { requestId }),
      verify(phone, code, { requestId }),
    ]);
    expect(new Set(answers.map(({ uid }) => uid)).size).toBe(1);
    const again = await verify(phone, code, { requestId });
    expect((await stack.phone(again.customToken)).uid).toBe(answers[0]?.uid);
    await expectRefusal(verify(phone, wrongCode(code), { requestId }), 'OTP_EXPIRED');
    await expectRefusal(verify(phone, code, { requestId: randomUUID() }), 'OTP_EXPIRED');
    await stack.control.advance(300);
    await expectRefusal(verify(phone, code, { requestId }), 'OTP_EXPIRED');
  });
});
