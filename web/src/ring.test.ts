import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ring } from './ring.ts';

/** A loudspeaker that stays silent until the page is touched, and notes from when each tone sounds. */
class Loudspeaker {
  static made: Loudspeaker[] = [];
  state: 'suspended' | 'running' | 'closed' = 'suspended';
  currentTime = 0;
  readonly destination = {};
  readonly tonesFromSec: number[] = [];
  #resumed: (() => void)[] = [];

  constructor() {
    Loudspeaker.made.push(this);
  }

  async resume(): Promise<void> {
    if (this.state === 'suspended') await new Promise<void>((resolve) => this.#resumed.push(resolve));
  }

  async touch(): Promise<void> {
    this.state = 'running';
    for (const resolve of this.#resumed.splice(0)) resolve();
    await jest.advanceTimersByTimeAsync(0);
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await Promise.resolve();
  }

  createGain(): object {
    const ignore = (): void => undefined;
    return { connect: ignore, gain: { setValueAtTime: ignore, linearRampToValueAtTime: ignore } };
  }

  createOscillator(): object {
    return {
      frequency: { value: 0 },
      connect: () => undefined,
      start: (fromSec: number) => void this.tonesFromSec.push(fromSec),
      stop: () => undefined,
    };
  }
}

const original = globalThis.AudioContext;

describe('the ring', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    Loudspeaker.made = [];
    Object.assign(globalThis, { AudioContext: Loudspeaker });
  });
  afterEach(() => {
    jest.useRealTimers();
    Object.assign(globalThis, { AudioContext: original });
  });

  it('is one ring at the first touch of a page, and not all that nobody has heard', async () => {
    const stop = ring('outgoing');
    const [speaker] = Loudspeaker.made;
    await jest.advanceTimersByTimeAsync(20_000);
    expect(speaker?.tonesFromSec).toEqual([]);
    await speaker?.touch();
    expect(speaker?.tonesFromSec).toEqual([0, 0]);
    await jest.advanceTimersByTimeAsync(3000);
    expect(speaker?.tonesFromSec).toHaveLength(4);
    stop();
    await jest.advanceTimersByTimeAsync(20_000);
    expect(speaker?.tonesFromSec).toHaveLength(4);
    expect(speaker?.state).toBe('closed');
  });
});
