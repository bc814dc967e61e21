import { describe, expect, it } from '@jest/globals';
import { updateContract } from './contract.ts';

describe('until when somebody is busy', () => {
  const taken = (busyUntil: unknown): boolean => updateContract.input.safeParse({ busyUntil }).success;

  it.each([
    '2026-01-01T10:00:00.000Z',
    '2026-01-01T10:00:00Z',
    '2026-01-01T10:00:00+00:00',
    '2026-01-01T15:30:00+05:30',
    null,
  ])('may be said as %j', (busyUntil) => {
    expect(taken(busyUntil)).toBe(true);
  });

  it.each(['2026-01-01T10:00:00', '2026-01-01', 'tomorrow', '', 1_767_261_600])(
    'is not told by %j, which names no moment',
    (busyUntil) => {
      expect(taken(busyUntil)).toBe(false);
    },
  );
});
