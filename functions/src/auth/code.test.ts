import { describe, expect, it } from '@jest/globals';
import { canDerive, codeHashOf, codeOf, isCode } from './code.ts';

const KEY = 'code key';
const origin = { phone: '+919876543210', nonce: 'n1' };
const code = codeOf(KEY, origin);
const otp = { ...origin, codeHash: codeHashOf(KEY, origin, code) };

describe('a code', () => {
  it('is six digits, made again from its nonce, and another for another nonce, phone or key', () => {
    expect(code).toMatch(/^\d{6}$/u);
    expect(codeOf(KEY, { ...origin })).toBe(code);
    const others = [
      codeOf(KEY, { ...origin, nonce: 'n2' }),
      codeOf(KEY, { ...origin, phone: '+919876543211' }),
      codeOf('another key', origin),
    ];
    expect(others).not.toContain(code);
  });

  it('keeps its leading zeros, and every digit occurs at every place', () => {
    const codes = Array.from({ length: 2000 }, (_, index) => codeOf(KEY, { ...origin, nonce: `n${index}` }));
    expect(codes.every((one) => /^\d{6}$/u.test(one))).toBe(true);
    for (let place = 0; place < 6; place += 1) expect(new Set(codes.map((one) => one[place])).size).toBe(10);
    expect(new Set(codes).size).toBeGreaterThan(1990);
  });

  it('is known by its keyed hash, which is bound to phone, nonce and key', () => {
    expect(isCode(KEY, otp, code)).toBe(true);
    const wrong = code === '000000' ? '000001' : '000000';
    expect(isCode(KEY, otp, wrong)).toBe(false);
    expect(isCode(KEY, { ...otp, phone: '+919876543211' }, code)).toBe(false);
    expect(isCode(KEY, { ...otp, nonce: 'n2' }, code)).toBe(false);
    expect(isCode('another key', otp, code)).toBe(false);
    expect(isCode(KEY, { ...otp, codeHash: '' }, code)).toBe(false);
    expect(otp.codeHash).not.toContain(code);
  });

  it('cannot be sent again after the key was changed', () => {
    expect(canDerive(KEY, otp)).toBe(true);
    expect(canDerive('another key', otp)).toBe(false);
  });
});
