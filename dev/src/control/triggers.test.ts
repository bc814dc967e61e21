import { describe, expect, it } from '@jest/globals';
import { noCounts } from '../../../functions/src/platform/meter.ts';
import { handledMs } from './triggers.ts';
import type { Worker } from './workers.ts';

function worker(pid: number, handled: Worker['handled']): Worker {
  return { pid, service: 'cards', inFlight: 0, totals: noCounts(), perOperation: {}, handled };
}

describe('the change that was worked on last', () => {
  const workers = [
    worker(1, { 'config/a': { updatedMs: 1100, eventMs: 1000 } }),
    worker(2, {
      'config/a': { updatedMs: 2700, eventMs: 2000 },
      'config/b': { updatedMs: 500, eventMs: 0 },
    }),
    worker(3, { 'config/b': { updatedMs: null, eventMs: 3000 } }),
  ];

  it('is the newest of all workers', () => {
    expect(handledMs(workers, 'config/a', 0)).toBe(2700);
  });

  it('may be that the document went', () => {
    expect(handledMs(workers, 'config/b', 0)).toBeNull();
  });

  it('is none where nothing was worked on, or only before the reset', () => {
    expect(handledMs(workers, 'config/c', 0)).toBeNull();
    expect(handledMs(workers, 'config/a', 3000)).toBeNull();
  });

  it('may have happened in the second of the reset, after it', () => {
    expect(handledMs(workers, 'config/a', 2600)).toBe(2700);
  });
});
