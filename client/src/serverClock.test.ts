import { describe, expect, it } from '@jest/globals';
import { ServerClock } from './serverClock.ts';

const AT = Date.parse('2026-01-05T10:00:00Z');
const iso = (sec: number) => new Date(AT + sec * 1000).toISOString();

describe('the clock of the server', () => {
  it('is the clock of the device as long as nothing speaks against it', () => {
    const clock = new ServerClock(() => AT);
    clock.hasPassed(iso(-5));
    clock.isAfter(iso(3), AT);
    clock.hasPassed(null);
    expect(clock.nowMs()).toBe(AT);
  });

  it('is ahead of a device that is slow', () => {
    const clock = new ServerClock(() => AT);
    clock.hasPassed(iso(90));
    expect(clock.offsetMs).toBe(90_000);
    expect(clock.untilMs(iso(100))).toBe(10_000);
  });

  it('is behind a device that is fast', () => {
    const clock = new ServerClock(() => AT);
    // Caused by a request that was sent at ten, and yet named half a minute to ten.
    clock.isAfter(iso(-30), AT);
    expect(clock.offsetMs).toBe(-30_000);
  });

  it('follows when one of the clocks is set', () => {
    const clock = new ServerClock(() => AT);
    clock.isAfter(iso(1), AT);
    clock.hasPassed(iso(0));
    clock.hasPassed(iso(240));
    expect(clock.offsetMs).toBe(240_000);
    clock.isAfter(iso(-60), AT);
    expect(clock.offsetMs).toBe(-60_000);
  });
});
