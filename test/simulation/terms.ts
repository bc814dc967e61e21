/** What a call costs and grants, read a second time from the settings of whichever version has served its start. */
import type { Call, Terms } from '../../functions/src/calls/documents.ts';
import type { Settings } from '../../functions/src/settings.ts';

/**
 * The settings decide, not the card of the listener. In a schedule nobody calls an operator, which would be free.
 * @param settings of the version that served the start
 * @returns what is wrong with the price or the terms of a new call; undefined when all is well
 */
export function termsProblem(call: Call, { pricing, limits }: Settings): string | undefined {
  const { coinsPerMinute, minimumCoins, earnedPerMinute } =
    call.type === 'video' ? pricing.video : pricing.audio;
  const due: Terms = {
    minimumCoins,
    earnedPerMinute,
    freeSec: pricing.freeSeconds,
    sliceMinutes: limits.sliceMinutes,
    maxMinutes: limits.maxCallMinutes,
    connectSec: limits.connectSec,
    extendBeforeSec: limits.extendBeforeSec,
    tokenGraceSec: limits.tokenGraceSec,
    rejoinSec: limits.mediaRejoinSec,
  };
  if (call.coinsPerMinute !== coinsPerMinute)
    return `costs ${call.coinsPerMinute} coins a minute, due: ${coinsPerMinute}`;
  const ringSec = (call.ringExpiresAt.getTime() - call.createdAt.getTime()) / 1000;
  if (ringSec !== limits.ringSec) return `rings for ${ringSec} s, due: ${limits.ringSec}`;
  return difference(call.terms, due);
}

/** @returns what has changed that was agreed when the call began; undefined when nothing has */
export function changedTerms(before: Call, after: Call): string | undefined {
  const agreed = ['callerId', 'calleeId', 'type', 'coinsPerMinute'] as const;
  const changed = agreed.find((name) => before[name] !== after[name]);
  if (changed !== undefined) return `has another ${changed} than it began with`;
  return before.terms === after.terms ? undefined : difference(after.terms, before.terms);
}

function difference(found: Terms, due: Terms): string | undefined {
  const names = Object.keys(due) as (keyof Terms)[];
  const name = names.find((one) => found[one] !== due[one]);
  return name === undefined ? undefined : `has ${name} ${found[name]}, due: ${due[name]}`;
}
