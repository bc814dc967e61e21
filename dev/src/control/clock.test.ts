import { describe, expect, it } from '@jest/globals';
import { VirtualClock, type ClockState } from './clock.ts';

function clockAt(startMs: number) {
  const machine = { ms: startMs };
  const saved: ClockState[] = [];
  const clock = new VirtualClock(
    () => machine.ms,
    (state) => saved.push(state),
  );
  return { machine, saved, clock };
}

describe('the virtual clock', () => {
  it('ticks with the machine until it is moved', () => {
    const { machine, clock } = clockAt(1000);
    machine.ms += 500;
    expect(clock.nowMs()).toBe(1500);
    expect(clock.leadMs()).toBe(0);
  });

  it('stands while frozen and goes on from there', () => {
    const { machine, clock } = clockAt(1000);
    clock.freeze(61_000);
    machine.ms += 5000;
    expect(clock.nowMs()).toBe(61_000);
    expect(clock.leadMs()).toBe(55_000);
    clock.resume();
    machine.ms += 10;
    expect(clock.nowMs()).toBe(61_010);
  });

  it('tells the workers of every change, in a form that gives them the same now', () => {
    const { machine, saved, clock } = clockAt(1000);
    clock.freeze(9000);
    expect(saved.at(-1)).toEqual({ epoch: 1, offsetMs: 8000, frozenAtMs: 9000 });
    machine.ms += 3000;
    clock.resume();
    expect(saved.at(-1)).toEqual({ epoch: 1, offsetMs: 5000, frozenAtMs: null });
    expect(machine.ms + (saved.at(-1)?.offsetMs ?? 0)).toBe(clock.nowMs());
  });

  it('returns to real time and a new epoch on reset', () => {
    const { clock, saved } = clockAt(1000);
    clock.freeze(9000);
    clock.nextEpoch();
    clock.reset();
    expect(clock.nowMs()).toBe(1000);
    expect(saved.at(-1)?.epoch).toBe(3);
  });
});
