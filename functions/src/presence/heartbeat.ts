/** Somebody is there. The first beat after being offline shows on the card; the others only renew the lease. */
import type { z } from 'zod';
import { wallets, type Wallet } from '../ledger/documents.ts';
import { profileFields } from '../listeners/card.ts';
import { listenerCards, type ListenerCard } from '../listeners/documents.ts';
import type { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { refuse } from '../platform/errors.ts';
import type { Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { users, type User } from '../users/documents.ts';
import { isReachable, momentOf, shownOf, type Moment } from './availability.ts';
import type { heartbeatContract } from './contract.ts';
import { presences, type Presence } from './documents.ts';
import { showOnCard } from './showOnCard.ts';

/** What the transaction read, once. */
interface Seen {
  readonly user: User;
  readonly presence: Presence | undefined;
  readonly wallet: Wallet | undefined;
  readonly card: ListenerCard | undefined;
}

/** Four reads; one write while the lease runs. */
export async function heartbeat(
  ports: AppPorts,
  actor: Actor,
): Promise<z.input<typeof heartbeatContract.output>> {
  const { uid } = actor;
  const settings = await ports.settings();
  const onlineUntil = await ports.store.transaction(async (tx) => {
    const [user, presence, wallet, card] = await tx.getAll(
      users.doc(uid),
      presences.doc(uid),
      wallets.doc(uid),
      listenerCards.doc(uid),
    );
    actor.admit(user);
    if (user === undefined) throw refuse('NOT_REGISTERED');
    const moment = momentOf(ports.clock, settings);
    const { clock, now, leaseSec } = moment;
    if (isReachable(presence, moment)) tx.update(presences.doc(uid), { at: clock.toServerTime(now) });
    else comeBack(tx, uid, { user, presence, wallet, card }, moment);
    return addSec(now, leaseSec);
  });
  return { onlineUntil: onlineUntil.toISOString() };
}

/** Age and profile may have changed meanwhile, so what the card shows of them is looked at too. */
function comeBack(tx: Transaction, uid: string, seen: Seen, moment: Moment): void {
  const { user, card, wallet } = seen;
  const presence = onlineAgain(seen.presence, moment, card !== undefined);
  tx.set(presences.doc(uid), presence);
  const shown = shownOf({ presence, inCall: wallet?.openCallId != null }, moment);
  showOnCard(tx, uid, { card, shown, copied: profileFields(user, moment.now) });
}

/** The presence of whoever has just said that they are there. */
export function onlineAgain(stored: Presence | undefined, moment: Moment, hasCard: boolean): Presence {
  const at = moment.clock.toServerTime(moment.now);
  const before = stored ?? { willing: false, busyUntil: null };
  return { ...before, at, online: true, lapsed: false, missedRings: 0, hasCard };
}
