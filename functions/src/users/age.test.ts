import { describe, expect, it } from '@jest/globals';
import { ageOn } from './age.ts';

describe('the age', () => {
  it.each([
    ['2000-06-15', '2018-06-14T23:59:59.999Z', 17],
    ['2000-06-15', '2018-06-15T00:00:00.000Z', 18],
    ['2000-06-15', '2018-07-01T00:00:00.000Z', 18],
    ['2000-02-29', '2018-02-28T12:00:00.000Z', 17],
    ['2000-02-29', '2018-03-01T00:00:00.000Z', 18],
    ['2000-02-29', '2020-02-29T00:00:00.000Z', 20],
  ])('of somebody born on %s is at %s', (dateOfBirth, now, years) => {
    expect(ageOn(dateOfBirth, new Date(now))).toBe(years);
  });
});
