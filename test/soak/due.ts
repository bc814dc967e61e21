import type { Call } from '../../functions/src/calls/documents.ts';

/** What a call comes to, in coins of the caller and earned coins of the listener. */
export interface Due {
  readonly charge: number;
  readonly earned: number;
}

/** What the contract says a call costs, written down a second time: it shares no code with the backend. */
export function dueOf(call: Call): Due {
  const { connectedAt, endedAt, terms, coinsPerMinute, grantedMinutes } = call;
  if (connectedAt === null || endedAt === null) return { charge: 0, earned: 0 };
  const wholeSec = Math.floor((endedAt.getTime() - connectedAt.getTime()) / 1000);
  if (wholeSec < terms.freeSec) return { charge: 0, earned: 0 };
  const minutes = Math.ceil(wholeSec / 60);
  const price = Math.max(terms.minimumCoins, minutes * coinsPerMinute);
  const charge = Math.min(grantedMinutes * coinsPerMinute, price);
  return { charge, earned: minutes * terms.earnedPerMinute };
}
