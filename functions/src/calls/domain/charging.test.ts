import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, defaultTerms, ringingCall } from '../../testing/calls.ts';
import {
  affordableMinutes,
  chargeFor,
  clampToGrant,
  planHold,
  requiredCoins,
  type Price,
} from './charging.ts';

const price = (coinsPerMinute: number, terms: Partial<Price['terms']> = {}): Price => ({
  coinsPerMinute,
  terms: { ...defaultTerms(), minimumCoins: coinsPerMinute, ...terms },
});
const audio = price(10);
const charged = (sec: number, held = 1200, of = audio) =>
  chargeFor(of, { connectedAt: at(0), endedAt: at(sec) }, held);

describe('the charge', () => {
  it.each([
    [0, 0, 0, 0],
    [9.999, 0, 0, 0],
    [10, 1, 10, 15],
    [59.999, 1, 10, 15],
    [60, 1, 10, 15],
    [60.999, 1, 10, 15],
    [61, 2, 20, 30],
    [600, 10, 100, 150],
    [600.5, 10, 100, 150],
    [601, 11, 110, 165],
    [7200, 120, 1200, 1800],
  ])('of %d s is %d minutes: %d coins, %d earned', (sec, minutes, coins, earned) => {
    expect(charged(sec)).toEqual({
      durationSec: Math.floor(sec),
      billedMinutes: minutes,
      chargeCoins: coins,
      earnedCoins: earned,
    });
  });

  it('is never more than what is held', () => {
    expect(charged(600, 30).chargeCoins).toBe(30);
  });

  it('is at least the minimum', () => {
    expect(charged(30, 100, price(10, { minimumCoins: 25 })).chargeCoins).toBe(25);
  });

  it('is nothing when the call was never connected', () => {
    const never = chargeFor(audio, { connectedAt: null, endedAt: at(50) }, 100);
    expect(never).toEqual({ durationSec: 0, billedMinutes: 0, chargeCoins: 0, earnedCoins: 0 });
  });

  it('is nothing for a free call, for both sides', () => {
    expect(charged(300, 0, price(0))).toMatchObject({ billedMinutes: 5, chargeCoins: 0, earnedCoins: 0 });
  });

  const anyCharge = fc.record({
    sec: fc.double({ min: 0, max: 7200, noNaN: true }),
    rate: fc.integer({ min: 1, max: 500 }),
    minutes: fc.integer({ min: 1, max: 120 }),
  });

  it('is a whole number, within the hold, for any call', () => {
    fc.assert(
      fc.property(anyCharge, ({ sec, rate, minutes }) => {
        const held = rate * minutes;
        const { chargeCoins, earnedCoins, billedMinutes } = charged(sec, held, price(rate));
        expect(Number.isSafeInteger(chargeCoins) && Number.isSafeInteger(earnedCoins)).toBe(true);
        expect(chargeCoins).toBeGreaterThanOrEqual(0);
        expect(chargeCoins).toBeLessThanOrEqual(held);
        expect(billedMinutes).toBeLessThanOrEqual(120);
      }),
      { numRuns: 2000 },
    );
  });

  it('never falls as the call grows longer', () => {
    fc.assert(
      fc.property(anyCharge, fc.double({ min: 0, max: 600, noNaN: true }), ({ sec, rate, minutes }, more) => {
        const held = rate * minutes;
        const longer = charged(sec + more, held, price(rate)).chargeCoins;
        expect(longer).toBeGreaterThanOrEqual(charged(sec, held, price(rate)).chargeCoins);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the hold', () => {
  it.each([
    // available, granted so far → minutes, coins, final
    [1000, 0, 10, 100, false],
    [105, 0, 10, 100, true],
    [110, 0, 10, 100, false],
    [35, 0, 3, 30, true],
    [9, 0, 0, 0, true],
    [1000, 115, 5, 50, false],
    [1000, 120, 0, 0, false],
  ])('with %d coins after %d minutes', (available, granted, minutes, coins, final) => {
    expect(planHold(audio, available, granted)).toEqual({ minutes, coins, final });
  });

  it('of a free call grants the longest call at once and holds nothing', () => {
    expect(planHold(price(0), 0, 0)).toEqual({ minutes: 120, coins: 0, final: false });
  });

  it('never takes more than is available nor grants more than the longest call', () => {
    const any = fc.record({
      rate: fc.integer({ min: 1, max: 300 }),
      available: fc.nat(100_000),
      granted: fc.nat(120),
    });
    fc.assert(
      fc.property(any, ({ rate, available, granted }) => {
        const hold = planHold(price(rate), available, granted);
        expect(hold.coins).toBe(hold.minutes * rate);
        expect(hold.coins).toBeLessThanOrEqual(available);
        expect(hold.minutes + granted).toBeLessThanOrEqual(120);
        expect(hold.minutes).toBeLessThanOrEqual(10);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what a start needs', () => {
  it('is one minute or the minimum, whichever is more', () => {
    expect(requiredCoins(audio)).toBe(10);
    expect(requiredCoins(price(10, { minimumCoins: 50 }))).toBe(50);
    expect(requiredCoins(price(0))).toBe(0);
  });

  it('affords at most the longest call', () => {
    expect(affordableMinutes(audio, 205)).toBe(20);
    expect(affordableMinutes(audio, 1_000_000)).toBe(120);
  });
});

describe('clamping', () => {
  it('keeps an instant between the connection and the end of the grant', () => {
    const call = ringingCall({ connectedAt: at(10), grantedUntil: at(70) });
    expect([at(5), at(30), at(99)].map((instant) => clampToGrant(call, instant))).toEqual([
      at(10),
      at(30),
      at(70),
    ]);
  });
});
