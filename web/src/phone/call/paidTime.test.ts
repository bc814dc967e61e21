import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../../../client/src/index.ts';
import { coinsLengthen, paidMinutes, paidTimeOf } from './paidTime.ts';

const connectedAt = '2026-01-01T10:00:00.250Z';
const call = { coinsPerMinute: 10, connectedAt, grantedUntil: '2026-01-01T11:50:00.250Z' };
const longest = { ...call, grantedUntil: '2026-01-01T12:00:00.250Z' };

describe('the paid time', () => {
  it('tells how many minutes the call lasts in all', () => {
    expect(paidMinutes(longest)).toBe(120);
    expect(paidMinutes({ connectedAt: null, grantedUntil: null })).toBe(0);
  });

  it('is lengthened by coins, but not beyond the longest call', () => {
    expect(coinsLengthen(call, 120)).toBe(true);
    expect(coinsLengthen(longest, 120)).toBe(false);
    expect(coinsLengthen({ ...call, connectedAt: null, grantedUntil: null }, 120)).toBe(true);
  });

  it('is lengthened by coins as far as is known before the longest is', () => {
    expect(coinsLengthen(longest, undefined)).toBe(true);
  });

  it('is not lengthened by coins in a call that costs nothing', () => {
    expect(coinsLengthen({ ...call, coinsPerMinute: 0 }, undefined)).toBe(false);
  });

  it('is told to the caller, with whether the call ends there', () => {
    const caller = { role: 'caller', call: call as Call } as const;
    const left = { secondsLeft: 90, final: false };
    expect(paidTimeOf(caller, left, true)).toEqual({ secondsLeft: 90, ends: false });
    expect(paidTimeOf(caller, left, false)).toEqual({ secondsLeft: 90, ends: true });
    expect(paidTimeOf(caller, { ...left, final: true }, true)).toEqual({ secondsLeft: 90, ends: true });
    expect(paidTimeOf(caller, undefined, true)).toBeUndefined();
  });

  it('is not told to the listener, nor in a call that costs nothing', () => {
    const left = { secondsLeft: 7080, final: false };
    expect(paidTimeOf({ role: 'callee', call: call as Call }, left, true)).toBeUndefined();
    const free = { ...call, coinsPerMinute: 0 } as Call;
    expect(paidTimeOf({ role: 'caller', call: free }, left, false)).toBeUndefined();
  });
});
