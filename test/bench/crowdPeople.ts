/** The people of a crowd: callers with coins and a device, listeners who are there. */
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { pushTargets } from '../../functions/src/notifications/documents.ts';
import type { Store } from '../../functions/src/platform/store/port.ts';
import { presences } from '../../functions/src/presence/documents.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { cardOf, personOf } from '../../functions/src/testing/people.ts';
import { users } from '../../functions/src/users/documents.ts';
import type { Pair } from './world.ts';

const COINS = 500;

/** Makes both people of each pair. */
export async function settlePeople(store: Store, pairs: readonly Pair[]): Promise<void> {
  for (const { callerId, calleeId } of pairs) {
    await store.commit((writer) => {
      const person = personOf(START);
      writer.set(users.doc(callerId), person);
      writer.set(users.doc(calleeId), {
        ...person,
        roles: ['user', 'listener'],
        listenerStatus: 'approved',
      });
      writer.set(listenerCards.doc(calleeId), cardOf(calleeId));
      for (const uid of [callerId, calleeId]) {
        const hasCard = uid === calleeId;
        writer.set(presences.doc(uid), {
          at: START,
          online: true,
          willing: hasCard,
          busyUntil: null,
          hasCard,
        });
        const device = { token: `token-${uid}`, platform: 'android', seenAt: START } as const;
        writer.set(pushTargets.doc(uid), { devices: { [`device-${uid}`]: device } });
      }
    });
    const credit = {
      key: `purchase-${callerId}`,
      source: 'purchase',
      coins: COINS,
      description: 'Coins',
      ref: { kind: 'payment', id: callerId },
    } as const;
    await creditCoins(store, callerId, credit, START);
  }
}
