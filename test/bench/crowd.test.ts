/** What a call costs and where its writes go: exact counts, the same in every run. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { perCall, playCrowd } from './crowd.ts';
import { CALL_LIMIT_MICROS, NAIVE_CALL, priceOf, type Usage } from './prices.ts';
import { WriteTimes } from './hottest.ts';

const FEW = 10;
const MANY = 100;
let few: Usage;
let many: Usage;
let times: WriteTimes;

beforeAll(async () => {
  const small = await playCrowd({ calls: FEW });
  const large = await playCrowd({ calls: MANY, searchesPerSec: 1 });
  expect([small.settled, large.settled]).toEqual([FEW, MANY]);
  few = perCall(small.usage, FEW);
  many = perCall((await playCrowd({ calls: MANY })).usage, MANY);
  times = large.writeTimes;
}, 60_000);

describe('a call of ten minutes', () => {
  it('costs at most $0.00020, with its beats, its listeners and its share of the sweeps', () => {
    expect(priceOf(few).totalMicros).toBeLessThanOrEqual(CALL_LIMIT_MICROS);
    expect(priceOf(few).totalMicros).toBeLessThan(priceOf(NAIVE_CALL).totalMicros);
  });

  it('is counted whole: functions, tasks, beats and listeners', () => {
    // Start, accept, three tokens, two joins, an end, four of the media provider's events, a task, and the sweeps.
    expect(few.invocations).toBeGreaterThan(13);
    expect(few.taskOps).toBe(8);
    expect(few.clientWrites).toBe(46);
    expect(few.listenerReads).toBeGreaterThan(20);
  });

  it('costs the same in a crowd within a tenth', () => {
    const ratio = priceOf(few).totalMicros / priceOf(many).totalMicros;
    expect(ratio).toBeGreaterThanOrEqual(1);
    expect(ratio).toBeLessThanOrEqual(1.1);
  });

  it('writes no document more than once a second, whoever searches meanwhile', () => {
    expect(times.hottest().writesPerSec).toBeLessThanOrEqual(1);
    expect(times.hottest((path) => path === 'counts/listeners').writesPerSec).toBeGreaterThan(0);
  });
});

describe('the busiest document', () => {
  it('is told by its busiest ten seconds', () => {
    const written = new WriteTimes();
    for (const sec of [0, 1, 9, 10, 300]) written.note('a', sec);
    for (const sec of [0, 100, 200, 300, 400, 500]) written.note('b', sec);
    expect(written.hottest()).toEqual({ path: 'a', writes: 5, writesPerSec: 0.3 });
    expect(written.hottest((path) => path !== 'a')).toEqual({ path: 'b', writes: 6, writesPerSec: 0.1 });
  });
});
