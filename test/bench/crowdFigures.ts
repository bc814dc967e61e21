/** What a call costs, alone and in a crowd, and which document is written most: counted, not timed. */
import { perCall, playCrowd, type Crowd } from './crowd.ts';
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

/** The usage of one call by how many there are at once. */
export async function usageByCrowd(): Promise<ReadonlyMap<number, Usage>> {
  const found = new Map<number, Usage>();
  for (const calls of CONCURRENT) found.set(calls, perCall((await crowdOf(calls)).usage, calls));
  return found;
}

/** The price of a call, beside the design that charges every minute, and whether it stays the same in a crowd. */
export function priceFigures(byCrowd: ReadonlyMap<number, Usage>): Figure[] {
  const prices = [...byCrowd].map(([calls, usage]) => ({ calls, price: dollars(usage) }));
  const dearest = Math.max(...prices.map(({ price }) => price));
  const cheapest = Math.min(...prices.map(({ price }) => price));
  const limit = CALL_LIMIT_MICROS / MICROS_IN_DOLLAR;
  return [
    byValue({ name: 'call of 10 min', value: dearest, unit: '$' }, limit),
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
