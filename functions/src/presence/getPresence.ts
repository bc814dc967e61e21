/** Who is there, of those whom the asker may know about. */
import type { z } from 'zod';
import { wallets, type Wallet } from '../ledger/documents.ts';
import type { Actor } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import { momentOf } from './availability.ts';
import type { getContract } from './contract.ts';
import { presences, type Presence } from './documents.ts';
import { hiddenView, presenceView } from './presenceView.ts';

/**
 * In the order asked, each person once. Told truly of approved listeners, of oneself and of the other party of one's
 * open call; everyone else reads as offline, also whoever does not exist.
 */
export async function getPresence(
  ports: AppPorts,
  actor: Actor,
  input: z.output<typeof getContract.input>,
): Promise<z.input<typeof getContract.output>> {
  const asked = [...new Set(input.userIds)];
  const people = [...new Set([actor.uid, ...asked])];
  const [me, ...documents] = await ports.store.getAll(
    users.doc(actor.uid),
    ...people.map((uid) => wallets.doc(uid)),
    ...people.map((uid) => presences.doc(uid)),
  );
  actor.admit(me);
  const walletOf = new Map(people.map((uid, at) => [uid, documents[at] as Wallet | undefined]));
  const presenceOf = new Map(
    people.map((uid, at) => [uid, documents[people.length + at] as Presence | undefined]),
  );
  const moment = momentOf(ports.clock, await ports.settings());
  const myCallId = walletOf.get(actor.uid)?.openCallId ?? null;
  const items = asked.map((uid) => {
    const presence = presenceOf.get(uid);
    const callId = walletOf.get(uid)?.openCallId ?? null;
    // A call occupies the wallets of both its parties, so the other one is known without reading the call.
    const talksToMe = callId !== null && callId === myCallId;
    const known = presence?.hasCard === true || uid === actor.uid || talksToMe;
    return known ? presenceView(uid, { presence, inCall: callId !== null }, moment) : hiddenView(uid);
  });
  return { items };
}
