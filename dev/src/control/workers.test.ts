import { describe, expect, it } from '@jest/globals';
import { countersSince, sumCounters, type Worker } from './workers.ts';

const counts = (reads: number) => ({
  invocations: 1,
  reads,
  writes: 0,
  deletes: 0,
  taskOps: 0,
  configReads: 0,
  transactionRetries: 0,
});

function worker(pid: number, perOperation: Record<string, number>): Worker {
  const total = Object.values(perOperation).reduce((sum, reads) => sum + reads, 0);
  const operations = Object.entries(perOperation).map(([name, reads]) => [name, counts(reads)] as const);
  return {
    pid,
    service: 'calls',
    inFlight: 0,
    totals: counts(total),
    perOperation: Object.fromEntries(operations),
    handled: {},
  };
}

describe('counters', () => {
  it('are summed over workers, in all and by operation', () => {
    const sum = sumCounters([worker(1, { start: 2, accept: 3 }), worker(2, { start: 10 })]);
    expect(sum).toMatchObject({ invocations: 2, reads: 15 });
    expect(sum.perOperation['start']).toMatchObject({ invocations: 2, reads: 12 });
  });

  it('count from the baseline, without operations that did nothing since', () => {
    const baseline = sumCounters([worker(1, { start: 2 })]);
    const since = countersSince(sumCounters([worker(1, { start: 2 }), worker(2, { accept: 4 })]), baseline);
    expect(since).toMatchObject({ invocations: 1, reads: 4 });
    expect(Object.keys(since.perOperation)).toEqual(['accept']);
  });
});
