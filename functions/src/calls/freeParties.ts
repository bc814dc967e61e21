/** What the end of a call means for the presence of its parties, and for the cards of those who are listeners. */
import { availabilityFields, listenerCards } from '../listeners/documents.ts';
import type { PushTargets } from '../notifications/documents.ts';
import { addSec } from '../platform/clock.ts';
import { increment, type Patch, type Transaction } from '../platform/store/port.ts';
import { awayEndOf, hasLeft, shownOf, type Moment } from '../presence/availability.ts';
import { presences, type Presence } from '../presence/documents.ts';
import { postAwayEnd } from '../presence/effects.ts';
import { callBeats, type Call, type Party } from './documents.ts';

/** One party of a call that ends. */
export interface FreedParty {
  readonly party: Party;
  readonly uid: string;
  /** Vanished in the middle of the call. */
  readonly lost: boolean;
  /** Has left the media and was awaited in vain: the last sign of them. Else null. */
  readonly lastSign: Date | null;
  /** Whether there is a card to write. */
  readonly hasCard: boolean;
  /** As it is stored. */
  readonly presence: Presence | undefined;
  readonly targets: PushTargets | undefined;
}

export interface FreedCall {
  readonly callId: string;
  readonly ended: Call;
  readonly moment: Moment;
}

/**
 * After an accepted call a party has a fresh lease; one that has left the media has a lease from the last sign of them,
 * because the app may be there still, or not. One that was lost is offline, so that its next beat goes through the
 * operation, which writes the card. A card shows what the person has said before and during the call.
 */
export function freeParty(tx: Transaction, party: FreedParty, call: FreedCall): void {
  const { uid } = party;
  const { ended, callId } = call;
  if (ended.acceptedAt !== null) tx.delete(callBeats.doc(callId, uid));
  const change = changeOf(party, call);
  if (change === undefined) writeMissedRing(tx, party, ended);
  else tx.merge(presences.doc(uid), change);
  if (!party.hasCard) return;
  const presence = presenceAfter(party, call, change);
  const { targets } = party;
  const shown = shownOf({ presence, inCall: false, targets }, call.moment);
  const counted = party.party === 'callee' && ended.connectedAt !== null;
  tx.update(listenerCards.doc(uid), {
    ...availabilityFields(shown.availability, shown.away),
    ...(counted && { callCount: increment(1) }),
  });
  postAwayEnd(tx, { uid, until: awayEndOf(shown, targets), now: call.moment.now });
}

/** What an accepted call changes: both were there. Whoever has left by their own wish since stays offline. */
function changeOf(
  { party, lost, lastSign, presence }: FreedParty,
  { ended, moment }: FreedCall,
): (Partial<Presence> & Patch<Presence>) | undefined {
  if (ended.acceptedAt === null) return undefined;
  const { clock, now, leaseSec } = moment;
  const seenAt = lost ? (ended.endedAt ?? now) : (lastSign ?? now);
  // A lease that is over already is not left to the sweep: a direct beat would bring it back, and not the card.
  const gone = lost || addSec(seenAt, leaseSec) <= now;
  const at = clock.toServerTime(seenAt);
  const left = hasLeft(presence);
  const online = !gone && !left;
  return { at, online, lapsed: gone && !left, ...(party === 'callee' && { missedRings: 0 }) };
}

function missed({ party, presence }: FreedParty, { endReason }: Call): boolean {
  return party === 'callee' && endReason === 'no_answer' && presence !== undefined;
}

function writeMissedRing(tx: Transaction, party: FreedParty, ended: Call): void {
  if (missed(party, ended)) tx.update(presences.doc(party.uid), { missedRings: increment(1) });
}

function presenceAfter(
  party: FreedParty,
  { ended }: FreedCall,
  change: Partial<Presence> | undefined,
): Presence | undefined {
  const { presence } = party;
  if (presence === undefined) return undefined;
  const missedRings = (presence.missedRings ?? 0) + (missed(party, ended) ? 1 : 0);
  return { ...presence, missedRings, ...change };
}
