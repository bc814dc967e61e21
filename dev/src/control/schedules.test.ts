import { describe, expect, it } from '@jest/globals';
import { lastBoundary, nextBoundary, parseInterval, ScheduleBook } from './schedules.ts';

const MINUTE = 60_000;
const sweep = { name: 'sweep', everyMs: MINUTE };
const count = { name: 'count', everyMs: 5 * MINUTE };

describe('schedules', () => {
  it('are read from the words of a bundle', () => {
    expect(parseInterval('every 1 minutes')).toBe(MINUTE);
    expect(parseInterval('every 15 minutes')).toBe(15 * MINUTE);
    expect(parseInterval('every 24 hours')).toBe(1440 * MINUTE);
    for (const text of ['* * * * *', 'every 0 minutes', 'every day 10:00', ''])
      expect(parseInterval(text)).toBeUndefined();
  });

  it('have boundaries at multiples of their interval', () => {
    expect(nextBoundary(sweep, 0)).toBe(MINUTE);
    expect(nextBoundary(sweep, MINUTE - 1)).toBe(MINUTE);
    expect(lastBoundary(sweep, MINUTE - 1)).toBe(0);
    expect(lastBoundary(sweep, MINUTE)).toBe(MINUTE);
  });

  it('run once, at the last boundary due, when no work is in sight', () => {
    const book = new ScheduleBook([sweep], 10);
    const firing = book.next(10 * MINUTE + 5, Infinity);
    expect(firing).toEqual({ schedule: sweep, atMs: 10 * MINUTE });
    book.served({ schedule: sweep, atMs: 10 * MINUTE });
    expect(book.next(10 * MINUTE + 5, -Infinity)).toBeUndefined();
  });

  it('run at every boundary when work could exist, and from there on when it comes later', () => {
    const run = (worthFromMs: number) => {
      const book = new ScheduleBook([sweep], 0);
      const at: number[] = [];
      for (let next = book.next(4 * MINUTE, worthFromMs); next; next = book.next(4 * MINUTE, worthFromMs)) {
        at.push(next.atMs / MINUTE);
        book.served(next);
      }
      return at;
    };
    expect(run(-Infinity)).toEqual([1, 2, 3, 4]);
    expect(run(2.5 * MINUTE)).toEqual([3, 4]);
    expect(run(3 * MINUTE)).toEqual([3, 4]);
    expect(run(Infinity)).toEqual([4]);
  });

  it('are served in order of time, then of name', () => {
    const book = new ScheduleBook([sweep, count], 4 * MINUTE);
    const order: string[] = [];
    for (let next = book.next(6 * MINUTE, -Infinity); next; next = book.next(6 * MINUTE, -Infinity)) {
      order.push(`${next.schedule.name} ${next.atMs / MINUTE}`);
      book.served(next);
    }
    expect(order).toEqual(['count 5', 'sweep 5', 'sweep 6']);
  });

  it('start over when the clock is set back', () => {
    const book = new ScheduleBook([sweep], 100 * MINUTE);
    book.restart(0);
    expect(book.next(MINUTE, Infinity)?.atMs).toBe(MINUTE);
  });
});
