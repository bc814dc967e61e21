/** What a call costs, from the settings in force when it starts. */
import type { Settings } from '../settings.ts';
import type { CallType } from './documents.ts';
import type { Price } from './domain/charging.ts';

/**
 * The price of a call type. The settings decide and not the listener's card, which is a copy made to be shown: a
 * price that an operator changes holds from the next call.
 */
export function priceOf({ pricing, limits }: Settings, type: CallType): Price {
  const { coinsPerMinute, minimumCoins, earnedPerMinute } = pricing[type];
  return {
    coinsPerMinute,
    terms: {
      minimumCoins,
      earnedPerMinute,
      freeSec: pricing.freeSeconds,
      sliceMinutes: limits.sliceMinutes,
      maxMinutes: limits.maxCallMinutes,
      connectSec: limits.connectSec,
      extendBeforeSec: limits.extendBeforeSec,
      tokenGraceSec: limits.tokenGraceSec,
      rejoinSec: limits.mediaRejoinSec,
    },
  };
}

/** An operator calls listeners free of charge: nothing is reserved, nothing spent, and nothing earned. */
export function freeOfCharge({ terms }: Price): Price {
  return { coinsPerMinute: 0, terms: { ...terms, minimumCoins: 0, earnedPerMinute: 0 } };
}
