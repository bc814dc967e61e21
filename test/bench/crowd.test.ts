/** What a call costs and where its writes go: exact counts, the same in every run. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../dev/src/stack/paths.ts';
import { perCall, playCrowd, SWEEPS_A_PLAY } from './crowd.ts';
import { CALL_LIMIT_MICROS, NAIVE_CALL, priceOf, type Usage } from './prices.ts';
import { WriteTimes } from './hottest.ts';

const FEW = 10;
const MANY = 100;
const NOTHING: Usage = {
  invocations: 0,
  reads: 0,
  writes: 0,
  deletes: 0,
  taskOps: 0,
  clientWrites: 0,
  listenerReads: 0,
};
let few: Usage;
let many: Usage;
let alone: Usage;
let sweeps: Usage;
let times: WriteTimes;

beforeAll(async () => {
  const small = await playCrowd({ calls: FEW });
  const large = await playCrowd({ calls: MANY, searchesPerSec: 1 });
  expect([small.settled, large.settled]).toEqual([FEW, MANY]);
  few = perCall(small.usage, FEW);
  many = perCall((await playCrowd({ calls: MANY })).usage, MANY);
  times = large.writeTimes;
  alone = (await playCrowd({ calls: 1 })).usage;
  sweeps = perCall((await playCrowd({ calls: 0 })).usage, SWEEPS_A_PLAY);
}, 60_000);

describe('a call of ten minutes', () => {
  it('costs at most $0.00020 where ten share the sweeps, with its beats and its listeners', () => {
    expect(priceOf(few).totalMicros).toBeLessThanOrEqual(CALL_LIMIT_MICROS);
    expect(priceOf(few).totalMicros).toBeLessThan(priceOf(NAIVE_CALL).totalMicros);
  });

  it('is counted whole: functions, tasks, beats and listeners', () => {
    expect(few).toEqual({
      // Start, accept, three tokens, two joins, an end, four of the media provider's events, a task, and 1.5 sweeps.
      invocations: 14.5,
      reads: 60.7,
      writes: 43,
      deletes: 7,
      taskOps: 8,
      clientWrites: 46,
      listenerReads: 31,
    });
  });

  it('costs what docs/performance.md says, part by part', () => {
    const { invocations, reads, writes, deletes, taskOps, clientWrites, listenerReads } = few;
    const { computeMicros, requestsMicros, firestoreMicros, tasksMicros, totalMicros } = priceOf(few);
    const micros = (usage: Partial<Usage>) => Math.round(priceOf({ ...NOTHING, ...usage }).totalMicros);
    const whole = Math.round;
    const rows = [
      `${invocations} | ${whole(computeMicros)} + ${whole(requestsMicros)} |`,
      `${whole(reads)} · ${writes} · ${deletes} | ${whole(firestoreMicros)} |`,
      `${taskOps} | ${whole(tasksMicros)} |`,
      `${clientWrites} | ${micros({ clientWrites })} |`,
      `${listenerReads} | ${micros({ listenerReads })} |`,
      `**${whole(totalMicros)}**, that is $0.00019 |`,
      `one call alone | ${micros(alone)} |`,
      `one call more | ${micros(alone) - whole(SWEEPS_A_PLAY * priceOf(sweeps).totalMicros)} |`,
      `the sweeps of a minute | ${priceOf(sweeps).totalMicros.toFixed(1)} |`,
    ];
    const documented = readFileSync(join(ROOT, 'docs/performance.md'), 'utf8');
    for (const row of rows) expect(documented).toContain(`| ${row}\n`);
  });

  it('pays for nothing else that is the same for one call as for many', () => {
    const fixedMicros = SWEEPS_A_PLAY * priceOf(sweeps).totalMicros;
    const further = (usage: Usage, calls: number) => priceOf(usage).totalMicros - fixedMicros / calls;
    expect(further(few, FEW) / further(alone, 1)).toBeCloseTo(1, 2);
    expect(further(many, MANY) / further(alone, 1)).toBeCloseTo(1, 2);
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
