/**
 * `npm run bench [-- --json FILE] [--rounds N]`: latency, price, load and crowd, each beside what it is to be held
 * against, measured in the same run. What docs/performance.md says of each figure is what is measured here. Exit 1 when a
 * limit is broken.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { getFirestore } from 'firebase-admin/firestore';
import { controlOf } from '../../dev/src/phone/control.ts';
import { findFreeBase } from '../../dev/src/stack/free.ts';
import { parseBase } from '../../dev/src/stack/ports.ts';
import { withStack } from '../../dev/src/stack/session.ts';
import { Counters } from '../simulation/counters.ts';
import { runSuite } from '../simulation/simulate.ts';
import { measureCallables } from './callables.ts';
import { countUsages, hottestFigures, priceFigures } from './crowdFigures.ts';
import { print, told, type Figure } from './figures.ts';
import { measureLatency } from './latency.ts';
import { measureLoads } from './loads.ts';
import { measureSearch, writeCards } from './search.ts';
import type { Pair } from './world.ts';

const PAIRS = 32;
const FIRST_BASE = 4810;
/** As many as it takes for the medians to be firm on a machine that does other things as well; never more or fewer. */
const LATENCY_ROUNDS = '12';
const LOAD_ROUNDS = 5;
const SEARCH_ROUNDS = 10;
const HTTP_CALLS = 8;
const SIMULATION_SEC = 3;
const FIRST_SEED = 1;

/** A part of the bench; what it finds is shown at once. */
async function part(title: string, measure: () => Promise<Figure[]>): Promise<Figure[]> {
  const beginMs = performance.now();
  const figures = await measure();
  console.log(`\n${title} (${Math.round((performance.now() - beginMs) / 1000)} s)`);
  print(figures);
  return figures;
}

async function measureSimulation(): Promise<Figure[]> {
  const beginMs = performance.now();
  const enough = () => performance.now() - beginMs >= SIMULATION_SEC * 1000;
  const suite = { firstSeed: FIRST_SEED, schedules: Infinity, counters: new Counters(), enough };
  const ran = await runSuite(suite);
  const value = ran / ((performance.now() - beginMs) / 1000);
  return [told({ name: 'simulation', value, unit: 'schedules/s' })];
}

async function measureCrowd(): Promise<Figure[]> {
  const hottest = await hottestFigures();
  console.log(`\nthe hottest document was ${hottest.path}`);
  return [...priceFigures(await countUsages()), ...hottest.figures];
}

async function bench(controlUrl: string, rounds: number, jsonPath: string | undefined): Promise<number> {
  const control = controlOf(controlUrl);
  const people = await control.seed({ listeners: PAIRS, callers: PAIRS, coins: 100_000 });
  const idsOf = (role: string) => people.filter((person) => person.role === role).map(({ uid }) => uid);
  const callees = idsOf('listener');
  const callers = idsOf('caller');
  const pairs = callers.map((callerId, index): Pair => ({ callerId, calleeId: callees[index] ?? '' }));
  const db = getFirestore();
  const figures = [
    ...(await part('use cases, 32 pairs at once, beside the same I/O bare', async () =>
      measureLatency(db, pairs, rounds),
    )),
    ...(await part('callables', async () => measureCallables(control, HTTP_CALLS))),
    ...(await part('discovery', async () => {
      await writeCards(db);
      return [await measureSearch(db, callers[0] ?? '', SEARCH_ROUNDS)];
    })),
    ...(await part('cold start, beside a bare module', async () => measureLoads(LOAD_ROUNDS))),
    ...(await part('a call of ten minutes, counted', measureCrowd)),
    ...(await part('simulation', measureSimulation)),
  ];
  if (jsonPath !== undefined) writeFileSync(jsonPath, `${JSON.stringify(figures, null, 2)}\n`);
  const broken = figures.filter(({ ok }) => !ok).map(({ name }) => name);
  console.log(broken.length === 0 ? '\nevery limit holds' : `\nbroken limits: ${broken.join(', ')}`);
  return broken.length === 0 ? 0 : 1;
}

const { values } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: LATENCY_ROUNDS } },
});
const asked = process.env['EARSHOT_PORT_BASE'];
await withStack(
  () => (asked === undefined ? findFreeBase(FIRST_BASE) : parseBase(asked)),
  (stack) => bench(stack.controlUrl, Number(values.rounds), values.json),
);
