import { describe, expect, it } from '@jest/globals';
import { at } from '../testing/calls.ts';
import { countHit, countHits, type RateLimits, type Window } from './rateLimit.ts';

const minute: Window = { key: 'token', max: 3, windowSec: 60 };

function hits(times: readonly number[], windows: readonly Window[] = [minute]): RateLimits | undefined {
  return times.reduce<RateLimits | undefined>((stored, sec) => countHit(stored, windows, at(sec)), undefined);
}

describe('a rate limit', () => {
  it('takes as many as it allows in its window, and then says how long to wait', () => {
    const stored = hits([0, 10, 20]);
    expect(() => countHit(stored, [minute], at(25))).toThrow(
      expect.objectContaining({ details: { retryAfterSec: 35 } }),
    );
    expect(() => countHit(stored, [minute], at(59.5))).toThrow(
      expect.objectContaining({ details: { retryAfterSec: 1 } }),
    );
    expect(countHit(stored, [minute], at(60)).hits['token']).toEqual([at(10), at(20), at(60)]);
  });

  it('slides: room comes hit by hit, not all at once', () => {
    const stored = hits([0, 50, 55, 60]);
    expect(() => countHit(stored, [minute], at(61))).toThrow(
      expect.objectContaining({ reason: 'RATE_LIMITED' }),
    );
  });

  it('counts in all windows or in none', () => {
    const all: Window = { key: 'start', max: 2, windowSec: 3600 };
    const one: Window = { key: 'start:ravi', max: 1, windowSec: 3600 };
    const stored = hits([0], [all, one]);
    expect(() => countHit(stored, [all, one], at(1))).toThrow(
      expect.objectContaining({ details: { retryAfterSec: 3599 } }),
    );
    const other = countHit(stored, [all, { ...one, key: 'start:mira' }], at(2));
    expect(Object.keys(other.hits).toSorted()).toEqual(['start', 'start:mira', 'start:ravi']);
  });

  it('forgets windows that have run empty', () => {
    const stored = hits([0], [{ key: 'old', max: 1, windowSec: 60 }]);
    expect(Object.keys(countHit(stored, [minute], at(4000)).hits)).toEqual(['token']);
  });
});

describe('several rate limits together', () => {
  const tight: Window = { key: 'sent', max: 1, windowSec: 60 };
  const wide: Window = { key: 'sent', max: 1, windowSec: 900 };

  it('count in all documents, or in none and say the longest wait', () => {
    const counters = [
      { stored: undefined, windows: [tight] },
      { stored: undefined, windows: [wide] },
    ];
    const [first, second] = countHits(counters, at(0));
    expect([first?.hits['sent'], second?.hits['sent']]).toEqual([[at(0)], [at(0)]]);
    const again = [
      { stored: first, windows: [tight] },
      { stored: second, windows: [wide] },
    ];
    expect(() => countHits(again, at(10))).toThrow(
      expect.objectContaining({ details: { retryAfterSec: 890 } }),
    );
  });
});
