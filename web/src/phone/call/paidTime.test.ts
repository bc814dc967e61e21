import { describe, expect, it } from '@jest/globals';
import { lengthens, paidMinutes } from './paidTime.ts';

describe('the end of the paid time', () => {
  it('is moved by coins while they are what ends it, or while nothing ends it', () => {
    expect(lengthens(10, { final: true, availableCoins: 9 })).toBe('byCoins');
    expect(lengthens(10, { final: true, availableCoins: undefined })).toBe('byCoins');
    expect(lengthens(10, { final: false, availableCoins: 500 })).toBe('byCoins');
  });

  it('is moved by nothing when it comes although there are coins', () => {
    expect(lengthens(10, { final: true, availableCoins: 10 })).toBe('never');
  });

  it('is none that is paid for in a call that costs nothing', () => {
    expect(lengthens(0, { final: true, availableCoins: 0 })).toBe('free');
  });

  it('tells how many minutes the call lasts in all', () => {
    const connectedAt = '2026-01-01T10:00:00.250Z';
    expect(paidMinutes({ connectedAt, grantedUntil: '2026-01-01T12:00:00.250Z' })).toBe(120);
    expect(paidMinutes({ connectedAt: null, grantedUntil: null })).toBe(0);
  });
});
