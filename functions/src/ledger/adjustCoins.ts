/** An operator adds or takes coins, with a reason that the owner sees. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { deliverPosted, type Deliver } from '../platform/outbox.ts';
import type { adjustContract } from './contract.ts';
import { creditCoins } from './creditCoins.ts';
import { balanceView } from './readWallet.ts';

/** What the ledger's operations reach. */
export type LedgerPorts = PlatformPorts & { readonly deliver: Deliver };

/**
 * Once for each requestId.
 * @throws Refusal NOT_FOUND for an unknown person, INSUFFICIENT_COINS when more is taken than is available,
 *   IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function adjustCoins(
  ports: LedgerPorts,
  actor: Actor,
  input: z.output<typeof adjustContract.input>,
) {
  const [me, owner] = await ports.store.getAll(sessions.doc(actor.uid), sessions.doc(input.userId));
  actor.admit(me);
  if (owner === undefined) throw refuse('NOT_FOUND');
  const credit = {
    key: `adjust-${input.requestId}`,
    source: 'adjust' as const,
    coins: input.coins,
    description: input.note,
    ref: { kind: 'admin' as const, id: actor.uid },
  };
  const { entry, wallet, posted } = await creditCoins(ports.store, input.userId, credit, ports.clock.now());
  await deliverPosted(ports, posted, ports.deliver);
  return { transactionId: entry.transactionId, balance: balanceView(wallet) };
}
