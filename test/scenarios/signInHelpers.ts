/** What the scenarios of signing in need: phones nobody has used, codes as they arrive, requests from an address. */
import { expect } from '@jest/globals';
import { randomInt } from 'node:crypto';
import type { RecordedMessage } from '../../dev/src/phone/control.ts';
import { http, type HttpAnswer } from './helpers.ts';
import type { Stack } from './support.ts';

// Blocks of ten thousand numbers count together, so every test that looks at limits takes blocks of its own.
let lastBlock = randomInt(10_000);

/** @returns numbers that share all but their last four digits with nobody else's */
export function newPhones(count: number): string[] {
  lastBlock += 1;
  const block = `+9198${String(lastBlock % 10_000).padStart(4, '0')}`;
  return Array.from({ length: count }, (_, index) => `${block}${String(index).padStart(4, '0')}`);
}

/** @returns a number that no other test has used */
export function newPhone(): string {
  return newPhones(1)[0] ?? '';
}

/** @returns an address that no other test has asked from */
export function newAddress(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
}

/** Asks a public operation of the auth service from an address, as Google's front end would pass it on. */
export async function askFrom(
  stack: Stack,
  address: string,
  operation: string,
  data: Record<string, unknown>,
): Promise<HttpAnswer> {
  return http(stack, operation, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ data }),
  });
}

/** What an answer carries: its result, or the details of its refusal. */
export function told(answer: HttpAnswer): Record<string, unknown> {
  const body = answer.body as { result?: object; error?: { details?: object } };
  return { ...(body.result ?? body.error?.details) };
}

/** All messages that reached a phone, newest first, when nothing is at work any more. */
export async function messagesTo(stack: Stack, phone: string): Promise<RecordedMessage[]> {
  await stack.control.idle();
  return stack.control.messages(phone);
}

/** The code of the message that came last. */
export async function lastCode(stack: Stack, phone: string): Promise<string> {
  const [message] = await messagesTo(stack, phone);
  expect(message?.code).toMatch(/^\d{6}$/u);
  return message?.code ?? '';
}

/** @returns six digits that are not the code */
export function wrongCode(code: string, number = 1): string {
  return String((Number(code) + number) % 1_000_000).padStart(6, '0');
}
