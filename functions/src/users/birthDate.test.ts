import { describe, expect, it } from '@jest/globals';
import { birthDateProblem } from './birthDate.ts';

describe('a date of birth', () => {
  it.each([
    ['2026-01-05', undefined],
    ['2026-01-06', 'lies in the future'],
    ['2027-01-01', 'lies in the future'],
    ['1906-01-05', undefined],
    ['1906-01-04', 'is more than 120 years ago'],
    ['0001-01-01', 'is more than 120 years ago'],
  ])('%s: %s', (dateOfBirth, problem) => {
    expect(birthDateProblem(dateOfBirth, new Date('2026-01-05T23:59:59.999Z'))).toBe(problem);
  });
});
