import { describe, expect, it } from '@jest/globals';
import { cardOf } from '../testing/people.ts';
import { searchContract } from './contract.ts';
import { planSearch } from './queries.ts';

function planOf(input: Record<string, unknown>) {
  const { run, keep } = planSearch(searchContract.input.parse(input));
  const filters = run.query.filters.map(({ field, op }, index) => [field, op, run.values[index]]);
  return { filters, keep };
}

describe('the plan of a search', () => {
  it('asks for everybody when nothing is asked', () => {
    expect(planOf({})).toEqual({ filters: [['rating', '>=', 0]], keep: undefined });
    expect(planOf({ onlineOnly: false, availableOnly: false, interests: [] }).filters).toEqual([
      ['rating', '>=', 0],
    ]);
  });

  it('takes the narrower of online and available', () => {
    expect(planOf({ onlineOnly: true }).filters[0]).toEqual(['online', '==', true]);
    for (const onlineOnly of [true, false])
      expect(planOf({ onlineOnly, availableOnly: true }).filters).toEqual([
        ['availability', '==', 'available'],
        ['rating', '>=', 0],
      ]);
  });

  it('puts language, gender and rating into the query', () => {
    expect(planOf({ language: 'Hindi', gender: 'male', minRating: 4.5 })).toEqual({
      filters: [
        ['languageKeys.hi', '==', true],
        ['gender', '==', 'male'],
        ['rating', '>=', 4.5],
      ],
      keep: undefined,
    });
  });

  it('looks at the gender afterwards when there are interests', () => {
    const { filters, keep } = planOf({ interests: ['Music', 'music '], gender: 'male', language: 'en' });
    expect(filters).toEqual([
      ['languageKeys.en', '==', true],
      ['interests', 'array-contains-any', ['music']],
      ['rating', '>=', 0],
    ]);
    expect(keep?.(cardOf('a', { gender: 'male' }))).toBe(true);
    expect(keep?.(cardOf('a', { gender: 'female' }))).toBe(false);
  });

  it('looks at the age afterwards, bounds included', () => {
    const { keep } = planOf({ ageMin: 25, ageMax: 30 });
    expect([24, 25, 30, 31].map((age) => keep?.(cardOf('a', { age })))).toEqual([false, true, true, false]);
    expect(planOf({ ageMin: 25 }).keep?.(cardOf('a', { age: 99 }))).toBe(true);
    expect(planOf({ ageMax: 25 }).keep?.(cardOf('a', { age: 18 }))).toBe(true);
  });
});
