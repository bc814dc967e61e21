/** Somebody leaves: every session ends, on every device, and nobody can reach them any more. */
import type { z } from 'zod';
import { wallets } from '../ledger/documents.ts';
import { availabilityFields, listenerCards, type ListenerCard } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { forgetDevices } from '../notifications/forgetDevices.ts';
import { sessions, type Actor } from '../platform/actor.ts';
import { commitAndDeliver } from '../platform/outbox.ts';
import type { Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { hasLeft } from '../presence/availability.ts';
import { presences, type Presence } from '../presence/documents.ts';
import type { logoutContract } from './contract.ts';

/** The effect of a logout: Firebase gives out no ID token for the old sessions any more. */
export interface EndSessions {
  readonly kind: 'auth.endSessions';
  readonly uid: string;
  /** When the person left, in real seconds; left out where no profile refuses the old sessions too. */
  readonly leftSec?: number | undefined;
}

/**
 * Delivered late, it would end the session of whoever has signed in again meanwhile. The profile refuses those of before
 * already, so then it is left undone.
 */
export async function endSessions(
  { accounts }: Pick<AppPorts, 'accounts'>,
  { uid, leftSec }: Omit<EndSessions, 'kind'>,
): Promise<void> {
  const signedInSec = leftSec === undefined ? undefined : await accounts.lastSignInSec(uid);
  const isBack = leftSec !== undefined && signedInSec !== undefined && signedInSec > leftSec;
  if (!isBack) await accounts.endSessions(uid);
}

/**
 * ID tokens live up to an hour, so the moment of leaving is kept on the profile, where every operation and every rule
 * of a private read looks. Whoever has no profile can only be kept from getting new tokens. A call that is open goes
 * on: the other side has paid for it.
 */
export async function logout(ports: AppPorts, actor: Actor): Promise<z.input<typeof logoutContract.output>> {
  const { uid } = actor;
  await commitAndDeliver(ports, async (tx, post) => {
    const [me, targets, presence, card, wallet] = await tx.getAll(
      sessions.doc(uid),
      pushTargets.doc(uid),
      presences.doc(uid),
      listenerCards.doc(uid),
      wallets.doc(uid),
    );
    actor.admit(me);
    const leftSec = ports.clock.authSec();
    if (me !== undefined) {
      const sessionsValidAfter = Math.max(leftSec, me.sessionsValidAfter ?? 0);
      tx.update(sessions.doc(uid), { sessionsValidAfter });
    }
    // All of them, whichever the app has named: a phone that is signed out must not show who calls.
    forgetDevices(tx, uid, targets);
    const inCall = wallet?.openCallId != null;
    takeOffline(tx, uid, { presence, card: inCall ? undefined : card });
    const effect: EndSessions = { kind: 'auth.endSessions', uid, ...(me !== undefined && { leftSec }) };
    return { posted: post(`logout-${uid}-${leftSec}`, [effect], ports.clock.now()) };
  });
  return {};
}

function takeOffline(
  tx: Transaction,
  uid: string,
  { presence, card }: { readonly presence: Presence | undefined; readonly card: ListenerCard | undefined },
): void {
  // By their own wish: neither the end of a call nor a push makes them reachable again.
  if (presence !== undefined && !hasLeft(presence))
    tx.update(presences.doc(uid), { online: false, lapsed: false });
  if (card !== undefined && card.availability !== 'offline')
    tx.update(listenerCards.doc(uid), availabilityFields('offline'));
}
