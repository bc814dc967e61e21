/**
 * One-time codes. A code is derived from a nonce with a key, so that it can be sent again without ever being stored;
 * what is stored to check it is a keyed hash, bound to the phone and to what the code is for.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const PURPOSE = 'sign-in';
const DIGITS = 6;

/** What a code belongs to. */
export interface CodeOrigin {
  /** E.164. */
  readonly phone: string;
  readonly nonce: string;
}

/** @returns six digits; the same key and origin always give the same */
export function codeOf(key: string, { phone, nonce }: CodeOrigin): string {
  // 48 bits over a million values: no code is noticeably likelier than another.
  const number = mac(key, 'code', phone, nonce).readUIntBE(0, 6) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

/** @returns what may be stored of a code: worthless without the key */
export function codeHashOf(key: string, { phone, nonce }: CodeOrigin, code: string): string {
  return mac(key, 'hash', phone, nonce, code).toString('hex');
}

/** Compares in constant time. @returns whether this is the code */
export function isCode(key: string, otp: CodeOrigin & { readonly codeHash: string }, code: string): boolean {
  const expected = Buffer.from(otp.codeHash, 'hex');
  const given = Buffer.from(codeHashOf(key, otp, code), 'hex');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Whether the key can still make this code: not after it was changed. */
export function canDerive(key: string, otp: CodeOrigin & { readonly codeHash: string }): boolean {
  return isCode(key, otp, codeOf(key, otp));
}

/** The parts cannot run into each other. */
function mac(key: string, ...parts: string[]): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([PURPOSE, ...parts]))
    .digest();
}
