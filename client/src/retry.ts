/** Trying again when no answer comes. A refusal is an answer, and is never asked for twice. */
import { toEarshotError, type EarshotError } from './error.ts';

/** Tries of one request, the first included. */
const ATTEMPTS = 4;
/** A fault of the backend seldom goes away by itself. */
const ATTEMPTS_AT_FAULTS = 2;
const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 8000;

export interface Retrying {
  readonly attempts?: number | undefined;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly wait: (delayMs: number) => Promise<void>;
}

/**
 * How long to wait before the next try; undefined when there is none.
 * @param tried how often it was tried so far
 * @param random spreads clients that lost the same server: from half of the delay to all of it
 */
export function retryDelayMs(
  { reason }: EarshotError,
  tried: number,
  { attempts = ATTEMPTS, random }: Pick<Retrying, 'attempts' | 'random'>,
): number | undefined {
  const lost = reason === 'UNAVAILABLE' || reason === 'TIMEOUT';
  const most = reason === 'INTERNAL' ? Math.min(attempts, ATTEMPTS_AT_FAULTS) : lost ? attempts : 1;
  if (tried >= most) return undefined;
  const full = Math.min(FIRST_DELAY_MS * 2 ** (tried - 1), LONGEST_DELAY_MS);
  return full * (0.5 + random() / 2);
}

/** Runs `work` until it answers, is refused, or was tried often enough. @throws EarshotError */
export async function withRetries<T>(work: () => Promise<T>, retrying: Retrying): Promise<T> {
  let last: EarshotError | undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (fault) {
      const error = toEarshotError(fault);
      // The try that failed was counted, so this says nothing about what the person wanted.
      if (last?.reason === 'INTERNAL' && error.reason === 'RATE_LIMITED') throw last;
      last = error;
      const delayMs = retryDelayMs(error, tried, retrying);
      if (delayMs === undefined) throw error;
      await retrying.wait(delayMs);
    }
  }
}
