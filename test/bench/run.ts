/**
 * `npm run bench [-- --json FILE] [--rounds N]`: the latency of the use cases in one process against the Firestore
 * emulator, beside the same I/O in the same order without our code, 32 pairs at once. Ratios count, not milliseconds:
 * both sides run in the same minute on the same machine.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { getFirestore } from 'firebase-admin/firestore';
import { controlOf } from '../../dev/src/phone/control.ts';
import { findFreeBase } from '../../dev/src/stack/free.ts';
import { parseBase } from '../../dev/src/stack/ports.ts';
import { withStack } from '../../dev/src/stack/session.ts';
import { replayBare, type Io } from './recorder.ts';
import { playCall, STEPS, type Pair, type Step } from './world.ts';

const PAIRS = 32;
const FIRST_BASE = 4810;
/** At p50, against the same I/O bare. */
const RATIO_LIMIT = 1.5;

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
  readonly limit: number;
  readonly ok: boolean;
}

type Db = ReturnType<typeof getFirestore>;
type Samples = Record<Step, number[]>;
const noSamples = (): Samples => ({ start: [], accept: [], joined: [], end: [] });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function timedMs(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

/** One round: every pair plays its call with our code, and then the same I/O runs bare, step by step. */
async function round(
  db: Db,
  pairs: readonly Pair[],
  ours: Samples,
  bare: Samples,
  scratch: string,
): Promise<void> {
  const logs: Record<Step, (readonly Io[])[]> = { start: [], accept: [], joined: [], end: [] };
  await Promise.all(
    pairs.map(async (pair) => {
      await playCall(db, pair, async (name, run, store) => {
        ours[name].push(await timedMs(run));
        logs[name].push(store.log);
      });
    }),
  );
  await Promise.all(
    pairs.map(async (_, index) => {
      for (const name of STEPS) {
        const log = logs[name][index] ?? [];
        bare[name].push(await timedMs(async () => replayBare(db, log, `${scratch}-${index}-${name}`)));
      }
    }),
  );
}

function figures(ours: Samples, bare: Samples): Figure[] {
  return STEPS.map((name) => {
    const value = median(ours[name]);
    const baseline = median(bare[name]);
    const ratio = value / baseline;
    return { name, value, unit: 'ms', baseline, ratio, limit: RATIO_LIMIT, ok: ratio <= RATIO_LIMIT };
  });
}

function print(rows: readonly Figure[]): void {
  const shown = rows.map(({ name, value, baseline, ratio, limit, ok }) => ({
    step: name,
    'p50 ms': Math.round(value * 10) / 10,
    'bare p50 ms': Math.round(baseline * 10) / 10,
    ratio: Math.round(ratio * 100) / 100,
    limit,
    ok,
  }));
  console.table(shown);
}

async function bench(controlUrl: string, rounds: number, jsonPath: string | undefined): Promise<number> {
  const control = controlOf(controlUrl);
  const people = await control.seed({ listeners: PAIRS, callers: PAIRS, coins: 100_000 });
  const idsOf = (role: string) => people.filter((person) => person.role === role).map(({ uid }) => uid);
  const callees = idsOf('listener');
  const pairs = idsOf('caller').map((callerId, index): Pair => ({
    callerId,
    calleeId: callees[index] ?? '',
  }));
  const db = getFirestore();
  await round(db, pairs, noSamples(), noSamples(), 'warm');
  const ours = noSamples();
  const bare = noSamples();
  for (let index = 0; index < rounds; index += 1) await round(db, pairs, ours, bare, `round${index}`);
  const rows = figures(ours, bare);
  print(rows);
  if (jsonPath !== undefined) writeFileSync(jsonPath, `${JSON.stringify(rows, null, 2)}\n`);
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

const { values } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '5' } },
});
const asked = process.env['EARSHOT_PORT_BASE'];
await withStack(
  () => (asked === undefined ? findFreeBase(FIRST_BASE) : parseBase(asked)),
  (stack) => bench(stack.controlUrl, Number(values.rounds), values.json),
);
