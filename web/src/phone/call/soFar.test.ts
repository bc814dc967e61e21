import { describe, expect, it } from '@jest/globals';
import { amountSoFar, nextReserveSec } from './soFar.ts';

describe('what a meter shows', () => {
  it.each([
    [0, 0],
    [9.9, 0],
    [10, 10],
    [60, 10],
    [61, 20],
    [600, 100],
  ])('after %s seconds is %s coins at 10 a minute', (elapsedSec, coins) => {
    expect(amountSoFar(elapsedSec, 10, 10)).toBe(coins);
  });

  it('counts down to the next slice, and not below nothing', () => {
    expect([nextReserveSec(600), nextReserveSec(61), nextReserveSec(30)]).toEqual([540, 1, 0]);
  });
});
