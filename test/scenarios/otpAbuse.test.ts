/** Codes under attack: guessing, pumping, asking who exists, reading what is stored. The clock stands. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { logPathOf } from '../../dev/src/stack/emulators.ts';
import { stackDirOf } from '../../dev/src/stack/paths.ts';
import { localSecrets } from '../../dev/src/stack/settings.ts';
import { codeOf } from '../../functions/src/auth/code.ts';
import { adminOf, dump } from './helpers.ts';
import {
  askFrom,
  lastCode,
  messagesTo,
  newAddress,
  newPhone,
  newPhones,
  told,
  wrongCode,
} from './signInHelpers.ts';
import { useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;

beforeAll(async () => {
  admin = adminOf(stack);
  await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
});

beforeEach(async () => stack.freeze());

type Told = Record<string, unknown>;

async function request(phone: string, address = newAddress()): Promise<Told> {
  return told(await askFrom(stack, address, 'auth/requestOtp', { phone }));
}

async function resend(phone: string, address = newAddress()): Promise<Told> {
  return told(await askFrom(stack, address, 'auth/resendOtp', { phone }));
}

async function verify(phone: string, code: string): Promise<Told> {
  return told(await askFrom(stack, newAddress(), 'auth/verifyOtp', { phone, code }));
}

/** The code under way, also when it was not delivered; with the key that the local stack gives the functions. */
async function codeUnderWay(phone: string): Promise<string> {
  const found = await admin.collection('otps').where('phone', '==', phone).get();
  const key = localSecrets("defineSecret('OTP_KEY')")['OTP_KEY'] ?? '';
  return codeOf(key, { phone, nonce: String(found.docs[0]?.get('nonce')) });
}

async function guess(phone: string, times: number): Promise<Told[]> {
  const code = await codeUnderWay(phone);
  const answers: Told[] = [];
  for (let tried = 1; tried <= times; tried += 1) answers.push(await verify(phone, wrongCode(code, tried)));
  return answers;
}

const invalid = (attemptsLeft: number): Told => ({ reason: 'OTP_INVALID', attemptsLeft });
const FIVE_WRONG = [4, 3, 2, 1, 0].map(invalid);
const DAY_SEC = 86_400;

describe('guessing', () => {
  it('voids a code after five wrong tries, also for whoever knows it', async () => {
    const phone = newPhone();
    await request(phone);
    const code = await lastCode(stack, phone);
    expect(await guess(phone, 5)).toEqual(FIVE_WRONG);
    expect(await verify(phone, code)).toEqual({ reason: 'OTP_EXPIRED' });
    await stack.control.advance(60);
    await request(phone);
    expect(await verify(phone, await lastCode(stack, phone))).toMatchObject({ status: 'needs_registration' });
  });

  it('counts every one of many tries at once', async () => {
    const phone = newPhone();
    await request(phone);
    const code = await lastCode(stack, phone);
    const tries = Array.from({ length: 6 }, async (_, index) => verify(phone, wrongCode(code, index + 1)));
    const answers = (await Promise.all(tries)).map((answer) => answer['attemptsLeft'] ?? answer['reason']);
    expect(answers.map(String).toSorted()).toEqual(['0', '1', '2', '3', '4', 'OTP_EXPIRED']);
  });

  it('locks the phone for a day after twenty wrong tries, and no answer tells so', async () => {
    const phone = newPhone();
    for (let code = 1; code <= 4; code += 1) {
      expect(await request(phone)).toMatchObject({ channel: 'whatsapp' });
      expect(await guess(phone, 5)).toEqual(FIVE_WRONG);
      await stack.control.advance(300);
    }
    const delivered = await messagesTo(stack, phone);
    expect(delivered).toHaveLength(4);

    const free = newPhone();
    for (const ask of [request, resend]) {
      const [locked, other] = [await ask(phone), await ask(free)];
      expect(locked).toEqual(other);
      // The fifth in 15 minutes is the last: the limits count as always.
      await stack.control.advance(60);
    }
    expect(await messagesTo(stack, phone)).toEqual(delivered);
    expect(await messagesTo(stack, free)).toHaveLength(2);

    const right = await codeUnderWay(phone);
    expect(await verify(phone, right)).toEqual(invalid(4));
    expect(await guess(phone, 3)).toEqual([3, 2, 1].map(invalid));
    expect(await verify(phone, right)).toEqual(invalid(0));
    expect(await verify(phone, right)).toEqual({ reason: 'OTP_EXPIRED' });

    // The lock began with the twentieth wrong try, 420 s ago.
    await stack.control.advance(DAY_SEC - 420 - 1);
    await request(phone);
    expect(await verify(phone, await codeUnderWay(phone))).toEqual(invalid(4));
    await stack.control.advance(60);
    await request(phone);
    expect(await messagesTo(stack, phone)).toHaveLength(5);
    expect(await verify(phone, await lastCode(stack, phone))).toMatchObject({ status: 'needs_registration' });
  });

  it('does not lock when the wrong tries lie more than a day apart', async () => {
    const phone = newPhone();
    for (let code = 1; code <= 3; code += 1) {
      await request(phone);
      await guess(phone, 5);
      await stack.control.advance(300);
    }
    await stack.control.advance(DAY_SEC);
    await request(phone);
    await guess(phone, 5);
    await stack.control.advance(60);
    await request(phone);
    expect(await verify(phone, await lastCode(stack, phone))).toMatchObject({ status: 'needs_registration' });
  });
});

describe('pumping', () => {
  it('stops at one code in 60 seconds and five in 15 minutes for a phone, however they are asked for', async () => {
    const phone = newPhone();
    for (let sent = 1; sent <= 5; sent += 1) {
      expect(await (sent % 2 === 1 ? request : resend)(phone)).toMatchObject({ channel: 'whatsapp' });
      await stack.control.idle();
      const untouched = await dump(stack);
      const wait = sent < 5 ? 60 : 660;
      for (const ask of [request, resend])
        expect(await ask(phone)).toEqual({ reason: 'RATE_LIMITED', retryAfterSec: wait });
      expect(await dump(stack)).toEqual(untouched);
      if (sent < 5) await stack.control.advance(60);
    }
    await stack.control.advance(659);
    expect(await request(phone)).toEqual({ reason: 'RATE_LIMITED', retryAfterSec: 1 });
    await stack.control.advance(1);
    expect(await request(phone)).toMatchObject({ channel: 'whatsapp' });
    expect(await messagesTo(stack, phone)).toHaveLength(6);
  });

  it('stops at five in 15 minutes for an address, whatever it claims to come from', async () => {
    const address = newAddress();
    for (let sent = 0; sent < 5; sent += 1)
      expect(await request(newPhone(), `${newAddress()}, ${address}`)).toMatchObject({ channel: 'whatsapp' });
    const refused = { reason: 'RATE_LIMITED', retryAfterSec: 900 };
    const phone = newPhone();
    for (const claimed of [address, `203.0.113.7, ${address}`, `203.0.113.8,203.0.113.9, ${address}`])
      expect(await request(phone, claimed)).toEqual(refused);
    expect(await resend(phone, address)).toEqual(refused);
    expect(await request(phone)).toMatchObject({ channel: 'whatsapp' });
    await stack.control.advance(900);
    expect(await request(newPhone(), address)).toMatchObject({ channel: 'whatsapp' });
  });

  it('takes a network of IPv6 for one address', async () => {
    const network = `2001:db8:${(Math.floor(Date.now() / 1000) % 65_536).toString(16)}:1`;
    for (let sent = 1; sent <= 5; sent += 1)
      expect(await request(newPhone(), `${network}::${sent}`)).toMatchObject({ channel: 'whatsapp' });
    expect(await request(newPhone(), `${network}:a:b:c:d`)).toMatchObject({ reason: 'RATE_LIMITED' });
  });

  it('stops at a hundred in an hour for the numbers of one block, five times what one address may send', async () => {
    const [first, ...others] = newPhones(102);
    await request(first ?? '');
    for (const phone of others.slice(0, 99))
      expect(await request(phone)).toMatchObject({ channel: 'whatsapp' });
    for (const phone of [first, ...others.slice(99)])
      expect(await request(phone ?? '')).toEqual({ reason: 'RATE_LIMITED', retryAfterSec: 3600 });
    expect(await request(newPhone())).toMatchObject({ channel: 'whatsapp' });
    await stack.control.advance(3600);
    expect(await request(others.at(-1) ?? '')).toMatchObject({ channel: 'whatsapp' });
  }, 120_000);
});

describe('asking who exists', () => {
  it('gets the same answer in the same time for somebody and nobody', async () => {
    const pairs = 12;
    const seeded = await stack.control.seed({ listeners: 0, callers: pairs, coins: 0 });
    const times = { known: [] as number[], unknown: [] as number[] };
    for (const { phone } of seeded) {
      const asked = { known: phone, unknown: newPhone() };
      const answers: unknown[] = [];
      for (const who of ['known', 'unknown'] as const) {
        const startedMs = performance.now();
        const sent = await askFrom(stack, newAddress(), 'auth/requestOtp', { phone: asked[who] });
        const tried = await askFrom(stack, newAddress(), 'auth/verifyOtp', {
          phone: asked[who],
          code: wrongCode(await codeUnderWay(asked[who])),
        });
        times[who].push(performance.now() - startedMs);
        answers.push([sent.status, sent.text, tried.status, tried.text]);
      }
      expect(answers[0]).toEqual(answers[1]);
    }
    await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
    const [known, unknown] = [median(times.known), median(times.unknown)];
    // Wide enough for a busy machine; a read more on one path would not be seen, an account looked up would.
    expect(Math.abs(known - unknown)).toBeLessThan(Math.max(known, unknown) * 0.5 + 50);
  }, 120_000);
});

describe('what is kept', () => {
  it('tells no code: neither in a document nor in the log, and no phone in a log or an id', async () => {
    const phones = [newPhone(), newPhone(), newPhone()];
    const codes: string[] = [];
    for (const phone of phones) {
      await request(phone);
      const code = await lastCode(stack, phone);
      codes.push(code);
      await verify(phone, wrongCode(code));
    }
    await verify(phones[0] ?? '', codes[0] ?? '');
    await stack.control.idle();
    const documents = await dump(stack);
    const log = readFileSync(logPathOf(stackDirOf(Number(new URL(stack.control.url).port))), 'utf8');
    expect(log).toContain('"operation":"auth/requestOtp"');
    for (const code of codes) {
      const alone = new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`, 'u');
      expect(JSON.stringify(documents)).not.toMatch(alone);
      expect(log).not.toMatch(alone);
    }
    for (const phone of phones) {
      const digits = phone.slice(1);
      expect(Object.keys(documents).filter((path) => path.includes(digits))).toEqual([]);
      expect(log).not.toContain(digits);
      const places = Object.entries(documents).filter(([, fields]) =>
        JSON.stringify(fields).includes(digits),
      );
      expect(places.map(([path]) => path.split('/')[0])).toEqual(['otps']);
    }
  });
});
