/** Rate limits that hold across instances: sliding windows in one document a person, changed in the transaction. */
import { z } from 'zod';
import { addSec, secBetween } from './clock.ts';
import { refuse } from './errors.ts';
import { defineCollection } from './store/collection.ts';

export const rateLimitSchema = z.looseObject({
  /** Times of what was counted, by key, oldest first. */
  hits: z.record(z.string(), z.array(z.date())),
  /** For the TTL policy: nothing in here matters after this. */
  expireAt: z.date(),
});
export type RateLimits = z.infer<typeof rateLimitSchema>;
export const rateLimits = defineCollection('limits/{}', rateLimitSchema);

export interface Window {
  readonly key: string;
  readonly max: number;
  readonly windowSec: number;
}

/**
 * Counts one hit in every window, or refuses.
 * @param stored the person's document, undefined if there is none yet
 * @returns the document to set; windows that have run empty are dropped from it
 * @throws Refusal RATE_LIMITED with the seconds until the fullest window has room
 */
export function countHit(stored: RateLimits | undefined, windows: readonly Window[], now: Date): RateLimits {
  const counter = { stored, windows };
  refuseUnless([counter], now);
  return counted(counter, now);
}

/** One document and the windows that a hit falls into. */
export interface Counter {
  readonly stored: RateLimits | undefined;
  readonly windows: readonly Window[];
}

/**
 * Counts one hit in several documents, or in none.
 * @returns the documents to set, in order
 * @throws Refusal RATE_LIMITED with the longest of the waits
 */
export function countHits(counters: readonly Counter[], now: Date): RateLimits[] {
  refuseUnless(counters, now);
  return counters.map((counter) => counted(counter, now));
}

function refuseUnless(counters: readonly Counter[], now: Date): void {
  const waits = counters.flatMap(({ stored, windows }) =>
    windows.map((window) => waitSec(stored?.hits[window.key] ?? [], window, now)),
  );
  const retryAfterSec = Math.max(...waits);
  if (retryAfterSec > 0) throw refuse('RATE_LIMITED', { retryAfterSec });
}

function counted({ stored, windows }: Counter, now: Date): RateLimits {
  const longestSec = Math.max(...windows.map((window) => window.windowSec), 3600);
  const hits: Record<string, Date[]> = {};
  for (const [key, times] of Object.entries(stored?.hits ?? {})) {
    const recent = times.filter((at) => secBetween(at, now) < longestSec);
    if (recent.length > 0) hits[key] = recent;
  }
  for (const { key, windowSec, max } of windows) {
    const inWindow = (hits[key] ?? []).filter((at) => secBetween(at, now) < windowSec);
    hits[key] = [...inWindow.slice(-max), now];
  }
  return { hits, expireAt: addSec(now, longestSec) };
}

function waitSec(times: readonly Date[], { max, windowSec }: Window, now: Date): number {
  const inWindow = times.filter((at) => secBetween(at, now) < windowSec);
  if (inWindow.length < max) return 0;
  const oldest = inWindow[inWindow.length - max];
  return oldest === undefined ? windowSec : Math.max(1, Math.ceil(windowSec - secBetween(oldest, now)));
}
