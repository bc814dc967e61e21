/**
 * How often codes are sent: to one phone, at the wish of one network, and to one block of numbers, because whoever is
 * paid for SMS traffic works through blocks. Requests and repetitions count together; all count, or none.
 */
import { networkOf } from '../platform/address.ts';
import { countHits, rateLimits, type RateLimits, type Window } from '../platform/rateLimit.ts';
import type { DocRef } from '../platform/store/collection.ts';
import type { Limits } from '../settings.ts';
import { phoneHash } from '../users/phoneHash.ts';

const SEND_WINDOW_SEC = 15 * 60;
const PREFIX_WINDOW_SEC = 3600;
/** Numbers of a block share all but this many digits. */
const PREFIX_TAIL = 4;

/** Who asks for whom. */
export interface Asking {
  /** E.164. */
  readonly phone: string;
  readonly address: string;
}

/** One document, and the windows that a send falls into. */
export interface SendCounter {
  readonly ref: DocRef<RateLimits>;
  readonly windows: readonly Window[];
}

/**
 * @param key from `keys.phone()`: neither phones nor addresses stand in the ids
 * @returns what one send is counted in, in this order: phone, network, block of numbers
 */
export function sendCounters(
  key: string,
  { phone, address }: Asking,
  limits: Limits,
): readonly SendCounter[] {
  const counter = (kind: string, whom: string, windows: readonly Window[]): SendCounter => ({
    ref: rateLimits.doc(`${kind}-${phoneHash(key, whom)}`),
    windows,
  });
  const sent = { key: 'sent', windowSec: SEND_WINDOW_SEC };
  return [
    counter('phone', phone, [
      { key: 'spaced', max: 1, windowSec: limits.otpResendSec },
      { ...sent, max: limits.otpSendsPerPhone },
    ]),
    counter('address', networkOf(address), [{ ...sent, max: limits.otpSendsPerAddress }]),
    counter('prefix', phone.slice(0, -PREFIX_TAIL), [
      { key: 'sent', max: limits.otpSendsPerPrefix, windowSec: PREFIX_WINDOW_SEC },
    ]),
  ];
}

/**
 * Counts one send.
 * @param stored what lies at the counters, in their order
 * @returns the documents to write
 * @throws Refusal RATE_LIMITED
 */
export function countSend(
  counters: readonly SendCounter[],
  stored: readonly (RateLimits | undefined)[],
  now: Date,
): readonly { readonly ref: DocRef<RateLimits>; readonly data: RateLimits }[] {
  const all = counters.map(({ windows }, index) => ({ stored: stored[index], windows }));
  const counted = countHits(all, now);
  return counters.flatMap(({ ref }, index) => {
    const data = counted[index];
    return data === undefined ? [] : [{ ref, data }];
  });
}
