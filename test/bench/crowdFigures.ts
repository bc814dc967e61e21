/** What a call costs, alone and in a crowd, and which document is written most: counted, not timed. */
import { perCall, playCrowd, SWEEPS_A_PLAY, type Crowd } from './crowd.ts';
import { byRatio, byValue, told, type Figure } from './figures.ts';
import { CALL_LIMIT_MICROS, NAIVE_CALL, priceOf, type Usage } from './prices.ts';

const CONCURRENT = [10, 100, 1000] as const;
/** The price of a call may differ so much between a quiet hour and a busy one. */
const FLAT_LIMIT = 1.1;
const WRITES_PER_SEC_LIMIT = 1;
const SEARCHES_PER_SEC = 5;
const MICROS_IN_DOLLAR = 1_000_000;

const dollars = (usage: Usage): number => priceOf(usage).totalMicros / MICROS_IN_DOLLAR;

/** @throws when a call was not settled as it should: then the count would be of something else */
async function crowdOf(calls: number, searchesPerSec = 0): Promise<Crowd> {
  const crowd = await playCrowd({ calls, searchesPerSec });
  if (crowd.settled !== calls) throw new Error(`${crowd.settled} of ${calls} calls were settled`);
  return crowd;
}

/** What calls use, and what is used without any. */
export interface Usages {
  /** Of a call that nobody shares the sweeps with. */
  readonly alone: Usage;
  /** Of one call, by how many there are at once. */
  readonly byCrowd: ReadonlyMap<number, Usage>;
  /** Of the sweeps of one minute in which nobody calls. */
  readonly sweeps: Usage;
}

/** Counts them, from nobody to a thousand at once. */
export async function countUsages(): Promise<Usages> {
  const sweeps = perCall((await crowdOf(0)).usage, SWEEPS_A_PLAY);
  const alone = (await crowdOf(1)).usage;
  const byCrowd = new Map<number, Usage>();
  for (const calls of CONCURRENT) byCrowd.set(calls, perCall((await crowdOf(calls)).usage, calls));
  return { alone, byCrowd, sweeps };
}

/**
 * The price of a call with its share of the sweeps, beside the design that charges every minute, and whether it stays the
 * same in a crowd. The limit takes it that ten calls at least share the sweeps, which cost the same for one call as for
 * a thousand; so their price, and that of a call without them, are told as well.
 */
export function priceFigures({ alone, byCrowd, sweeps }: Usages): Figure[] {
  const prices = [...byCrowd].map(([calls, usage]) => ({ calls, price: dollars(usage) }));
  const dearest = Math.max(...prices.map(({ price }) => price));
  const cheapest = Math.min(...prices.map(({ price }) => price));
  const limit = CALL_LIMIT_MICROS / MICROS_IN_DOLLAR;
  return [
    byValue({ name: 'call of 10 min, ten at once', value: dearest, unit: '$' }, limit),
    told({ name: 'call alone', value: dollars(alone), unit: '$' }),
    told({
      name: 'one more call',
      value: dollars(alone) - SWEEPS_A_PLAY * dollars(sweeps),
      unit: '$',
    }),
    told({ name: 'the sweeps, a minute', value: dollars(sweeps), unit: '$' }),
    told({ name: 'the same, charged every minute', value: dollars(NAIVE_CALL), unit: '$' }, dearest),
    ...prices.map(({ calls, price }) => told({ name: `call among ${calls}`, value: price, unit: '$' })),
    byRatio({ name: 'dearest by cheapest', value: dearest, unit: '$' }, cheapest, FLAT_LIMIT),
  ];
}

/** The busiest document of a thousand calls at once, while people search. */
export async function hottestFigures(): Promise<{ figures: Figure[]; path: string }> {
  const { writeTimes } = await crowdOf(1000, SEARCHES_PER_SEC);
  const hottest = writeTimes.hottest();
  // What belongs to one call or one person is not written more often because there are more of them.
  const shared = writeTimes.hottest((path) => !/caller-|listener-|^calls\/|^outbox\//u.test(path));
  const unit = 'writes/s';
  return {
    path: hottest.path,
    figures: [
      byValue({ name: 'hottest document', value: hottest.writesPerSec, unit }, WRITES_PER_SEC_LIMIT),
      byValue({ name: 'hottest shared document', value: shared.writesPerSec, unit }, WRITES_PER_SEC_LIMIT),
    ],
  };
}
