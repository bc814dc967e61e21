/** What a person has ordered. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { readPage } from '../platform/paging.ts';
import type { AppPorts } from '../ports.ts';
import type { historyContract } from './contract.ts';
import { ordersOfOwner } from './documents.ts';

/** @throws Refusal INVALID_INPUT for a cursor that is not one of this list */
export async function orderHistory(
  { store }: AppPorts,
  actor: Actor,
  input: z.output<typeof historyContract.input>,
): Promise<z.input<typeof historyContract.output>> {
  const [me] = await store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  const run = { query: ordersOfOwner, parentIds: [], values: [actor.uid] };
  const { items, nextCursor } = await readPage(store, run, input);
  return {
    items: items.map(({ id, data }) => {
      const { packageId, name, coins, amountPaise, currency, gateway, status, createdAt, paidAt } = data;
      const times = { createdAt: createdAt.toISOString(), paidAt: paidAt?.toISOString() ?? null };
      return { orderId: id, packageId, name, coins, amountPaise, currency, gateway, status, ...times };
    }),
    nextCursor,
  };
}
