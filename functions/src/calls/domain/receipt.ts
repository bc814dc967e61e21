/** The receipt of an ended call, by viewer. Derived from the call alone, with the same formula that settled it. */
import type { Call, Evidence, Party } from '../documents.ts';
import { chargeFor, heldCoins } from './charging.ts';

/**
 * @param viewer whose receipt: the caller sees coins, the listener sees what was earned
 * @returns undefined while the call is open
 */
export function receiptOf(call: Call, viewer: Party) {
  if (call.state !== 'ended' || call.endedAt === null || call.endReason === null || call.endedBy === null) {
    return undefined;
  }
  const held = heldCoins(call);
  const charge = chargeFor(call, { connectedAt: call.connectedAt, endedAt: call.endedAt }, held);
  const common = {
    connectedAt: call.connectedAt?.toISOString() ?? null,
    endedAt: call.endedAt.toISOString(),
    durationSec: charge.durationSec,
    billedMinutes: charge.billedMinutes,
    endReason: call.endReason,
    endedBy: call.endedBy,
    evidence: inOrder(call.evidence).map((item) => ({ ...item, at: item.at.toISOString() })),
  };
  if (viewer === 'callee') return { ...common, earnedCoins: charge.earnedCoins };
  return {
    ...common,
    coinsPerMinute: call.coinsPerMinute,
    coinsSpent: charge.chargeCoins,
    coinsReleased: held - charge.chargeCoins,
  };
}

/** By the times at which things happened: the media provider's news come late. What happened at once stays as it came. */
function inOrder(evidence: readonly Evidence[]): Evidence[] {
  return evidence.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** @returns which side of the call this person is, undefined for a stranger */
export function partyOf(call: Pick<Call, 'callerId' | 'calleeId'>, uid: string): Party | undefined {
  if (uid === call.callerId) return 'caller';
  return uid === call.calleeId ? 'callee' : undefined;
}
