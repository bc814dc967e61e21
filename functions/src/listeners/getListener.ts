/** The card of one listener. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { users } from '../users/documents.ts';
import { cardView } from './card.ts';
import type { getContract } from './contract.ts';
import { listenerCards } from './documents.ts';

/** @throws Refusal NOT_FOUND for whoever has no card: not a listener, not yet approved, or not there at all */
export async function getListener(
  { store }: PlatformPorts,
  actor: Actor,
  { listenerId }: z.output<typeof getContract.input>,
): Promise<z.input<typeof getContract.output>> {
  const [me, card] = await store.getAll(users.doc(actor.uid), listenerCards.doc(listenerId));
  actor.admit(me);
  if (card === undefined) throw refuse('NOT_FOUND');
  return { listener: cardView(card) };
}
