/** How many listeners there are: counted at most once a minute, and only while somebody looks. */
import { z } from 'zod';
import { addSec, type Clock } from '../platform/clock.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { defineCollection } from '../platform/store/collection.ts';
import type { Availability } from './documents.ts';
import { allCards, cardsByAvailability } from './queries.ts';

export const listenerCountsSchema = z.looseObject({
  total: z.number().int(),
  /** Available or busy. */
  online: z.number().int(),
  available: z.number().int(),
  busy: z.number().int(),
  countedAt: z.date(),
});
export type ListenerCounts = z.infer<typeof listenerCountsSchema>;

/** counts/listeners: numbers that everyone sees, counted once for all. */
const counts = defineCollection('counts/{}', listenerCountsSchema);
export const listenerCounts = counts.doc('listeners');

/** A search shows numbers that are at most this old. */
const COUNTS_LIFE_SEC = 60;

type CountPorts = Pick<PlatformPorts, 'store' | 'clock'>;

/**
 * The counts that are running in this instance, so that searches at the same moment share one. Each instance has one
 * clock. Nothing depends on it: two instances that count side by side write the same.
 */
const running = new WeakMap<Clock, Promise<ListenerCounts>>();

/** @param kept what was read of `listenerCounts` */
export async function currentCounts(
  ports: CountPorts,
  kept: ListenerCounts | undefined,
): Promise<ListenerCounts> {
  const { clock } = ports;
  if (kept !== undefined && addSec(kept.countedAt, COUNTS_LIFE_SEC) > clock.now()) return kept;
  const shared = running.get(clock);
  if (shared !== undefined) return shared;
  const counting = refreshCounts(ports).finally(() => running.delete(clock));
  running.set(clock, counting);
  return counting;
}

/** Counts the cards and keeps the result. Each thousand cards cost three reads. */
export async function refreshCounts({ store, clock }: CountPorts): Promise<ListenerCounts> {
  const countedAt = clock.now();
  const countOf = (availability: Availability) =>
    store.count({ query: cardsByAvailability, parentIds: [], values: [availability] });
  const [total, available, busy] = await Promise.all([
    store.count({ query: allCards, parentIds: [], values: [] }),
    countOf('available'),
    countOf('busy'),
  ]);
  const fresh = { total, online: available + busy, available, busy, countedAt };
  await store.commit((writer) => writer.set(listenerCounts, fresh));
  return fresh;
}
