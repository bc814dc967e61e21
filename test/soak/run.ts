/**
 * `npm run soak [-- --seed N] [--calls N] [--within SEC]`: calls of twenty people on the real stack, while tasks, webhooks and
 * providers misbehave and workers are killed. Then the faults end, time runs on, and everything must have come right.
 * Exit 1 when something has not, or when it took longer than SEC.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setLogLevel } from 'firebase/firestore';
import { getFirestore } from 'firebase-admin/firestore';
import { controlOf } from '../../dev/src/phone/control.ts';
import { findFreeBase } from '../../dev/src/stack/free.ts';
import { parseBase } from '../../dev/src/stack/ports.ts';
import { withStack } from '../../dev/src/stack/session.ts';
import { Random } from '../simulation/random.ts';
import { Chaos, fallSilent } from './chaos.ts';
import { checksOf } from './checks.ts';
import type { Check, Known } from './evidence.ts';
import { gather, type Scene } from './people.ts';
import { readPaid, readRest } from './rest.ts';
import { Stories } from './stories.ts';
import { Tally } from './tally.ts';

const FIRST_BASE = 5010;
const LISTENERS = 10;
const CALLERS = 10;
/** Enough for some calls; then they have to buy. */
const COINS = 150;
/** Whoever has not made all calls by then, on whatever machine, has met something that does not come right. */
const CHAOS_LIMIT_MS = 360_000;
/** Of virtual time: the outbox and the poll of orders wait longer with each failure. */
const QUIET_HOURS = 8;
const MOST_SHOWN = 10;
const WORKERS = '8';

interface Wish {
  readonly seed: number;
  readonly calls: number;
  /** Infinity where nobody asked. */
  readonly withinSec: number;
}

async function soak(controlUrl: string, { seed, calls, withinSec }: Wish): Promise<number> {
  const beganMs = performance.now();
  const told = (what: string): void =>
    console.log(`${String(Math.round((performance.now() - beganMs) / 1000)).padStart(4)} s  ${what}`);
  const control = controlOf(controlUrl);
  const scene: Scene = { control, random: new Random(seed), tally: new Tally(), away: new Set() };
  const { listeners, callers } = await gather(control, {
    listeners: LISTENERS,
    callers: CALLERS,
    coins: COINS,
  });
  told(`${LISTENERS + CALLERS} people are there, seed ${seed}`);
  const db = getFirestore();
  const paidBefore = await readPaid(db);
  const stories = new Stories(scene, listeners, calls);
  const chaos = new Chaos(scene, () => stories.progress);
  const people = [...listeners, ...callers];
  const uids = people.map(({ uid }) => uid);
  const knownNow = (): Known => ({ ...stories.told, ...chaos.happened, people: uids, paidBefore });
  await chaos.begin();
  const limit = setTimeout(() => stories.stop(), CHAOS_LIMIT_MS);
  await Promise.all(callers.map(async (caller) => stories.live(caller)));
  await stories.settled();
  clearTimeout(limit);
  await chaos.end();
  const minutes = Math.round(chaos.passedSec / 60);
  told(
    `${stories.told.started.size} calls in ${minutes} minutes, ${chaos.happened.kills} workers killed; the faults are over`,
  );
  const checksNow = async (): Promise<Check[]> => checksOf(await readRest(db, control), knownNow(), calls);
  // What has not happened does not come by waiting.
  const allHold = async () => (await checksNow()).slice(1, -1).every(({ problems }) => problems.length === 0);
  const quietSec = await fallSilent(scene, uids, { hours: QUIET_HOURS, atRest: allHold });
  told(`${quietSec / 60} minutes of virtual time have passed in silence`);
  const rest = await readRest(db, control);
  const ended = new Tally();
  for (const { endReason } of rest.calls.values()) ended.hit(endReason ?? 'not ended');
  const checks = checksOf(rest, knownNow(), calls);
  console.log('\nfaults that were put in');
  console.table(chaos.happened.faults);
  report(scene.tally, ended, checks);
  await Promise.all(people.map(async ({ phone }) => phone.close()));
  const inTime = tellTime(withinSec);
  return inTime && checks.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

/**
 * Tells how long all has taken since the start of this process, the start of the stack included, beside how busy the
 * machine was: where others work on it too, a right run may be late.
 * @returns whether that is within the limit
 */
function tellTime(withinSec: number): boolean {
  const tookSec = Math.round(performance.now() / 1000);
  const [lastMinute = 0, fiveMinutes = 0] = loadavg();
  const load = `load average ${lastMinute.toFixed(1)} now and ${fiveMinutes.toFixed(1)} over five minutes`;
  const inTime = tookSec <= withinSec;
  const verdict = inTime ? '' : `, longer than ${withinSec} s`;
  console.log(`\nit took ${tookSec} s${verdict}; ${load}, on ${availableParallelism()} cores`);
  return inTime;
}

function report(happened: Tally, ended: Tally, checks: readonly Check[]): void {
  console.log('\nhow the calls ended');
  console.table(ended.rows());
  console.log('what the clients met');
  console.table(happened.rows());
  console.log('what they asked for, and how long that took');
  console.table(happened.durations());
  console.table(
    Object.fromEntries(
      checks.map(({ name, problems }) => [
        name,
        { holds: problems.length === 0 ? 'yes' : 'NO', problems: problems.length },
      ]),
    ),
  );
  for (const { name, problems } of checks)
    for (const problem of problems.slice(0, MOST_SHOWN)) console.log(`${name}: ${problem}`);
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    calls: { type: 'string', default: '200' },
    within: { type: 'string' },
  },
});
// Whatever the seed, the machine decides what meets what; it makes the same choices, not the same run.
const seed = values.seed === undefined ? Math.floor(performance.timeOrigin) % 2 ** 31 : Number(values.seed);
const asked = process.env['EARSHOT_PORT_BASE'];
// Twenty people at once; a worker that waits for a lock of the emulator takes no other request.
process.env['FUNCTIONS_EMULATOR_PARALLEL'] ??= WORKERS;
// Refusals are warnings; a phone hears by the errors that its stream is broken.
setLogLevel('error');
await withStack(
  () => (asked === undefined ? findFreeBase(FIRST_BASE) : parseBase(asked)),
  (stack) =>
    soak(stack.controlUrl, {
      seed,
      calls: Number(values.calls),
      withinSec: Number(values.within ?? Infinity),
    }),
);
