/**
 * A busy mark may have run out, or the time for which somebody who is away can be called. Run by the task of the mark
 * and by the sweep, on time, late, twice or in any order: only the stored state counts.
 */
import { wallets } from '../ledger/documents.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import type { AppPorts } from '../ports.ts';
import { awayEndOf, momentOf, shownOf } from './availability.ts';
import { presences, type Presence } from './documents.ts';
import { dropBusyEnd, postAwayEnd, type PresencePayload } from './effects.ts';
import { showOnCard } from './showOnCard.ts';

/** @returns the presence as it was found; undefined when there is none */
export async function refreshPresence(ports: AppPorts, uid: string): Promise<Presence | undefined> {
  const settings = await ports.settings();
  const { callableWhenAway } = settings.features;
  return await ports.store.transaction(async (tx) => {
    const [stored, wallet, card, targets] = await tx.getAll(
      presences.doc(uid),
      wallets.doc(uid),
      listenerCards.doc(uid),
      ...(callableWhenAway ? [pushTargets.doc(uid)] : []),
    );
    if (stored === undefined) return undefined;
    const moment = momentOf(ports.clock, settings);
    const { busyUntil } = stored;
    if (busyUntil !== null && busyUntil <= moment.now) {
      tx.update(presences.doc(uid), { busyUntil: null });
      dropBusyEnd(tx, uid, busyUntil);
    }
    const shown = shownOf({ presence: stored, inCall: wallet?.openCallId != null, targets }, moment);
    showOnCard(tx, uid, { card, shown });
    postAwayEnd(tx, { uid, until: awayEndOf(shown, targets), now: moment.now });
    return stored;
  });
}

/**
 * The task of a busy mark was delivered.
 * @throws when it came before its time (the clocks of two machines differ a little), so that the queue tries again
 */
export async function runPresenceTask(ports: AppPorts, { uid, busyUntil }: PresencePayload): Promise<void> {
  const found = await refreshPresence(ports, uid);
  const ofThisMark = found?.busyUntil?.toISOString() === new Date(busyUntil).toISOString();
  if (ofThisMark && ports.clock.now() < new Date(busyUntil))
    throw new Error('the task of a busy mark came before its time');
}
