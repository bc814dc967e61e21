/** An operator adds or takes coins, with a reason that the owner sees. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { derivedId, inputHash } from '../platform/ids.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { deliverPosted, type Deliver } from '../platform/outbox.ts';
import type { adjustContract } from './contract.ts';
import { writeCredit } from './creditCoins.ts';
import { adjustments, entries, wallets } from './documents.ts';
import { changeWallet } from './domain/wallet.ts';
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
  const { userId, coins, note, requestId } = input;
  const id = derivedId('wallet/adjust', actor.uid, requestId);
  const hash = inputHash({ userId, coins, note });
  const key = `adjust-${requestId}`;
  const { answer, posted } = await ports.store.transaction(async (tx) => {
    const [me, owner, wallet, done, entry] = await tx.getAll(
      sessions.doc(actor.uid),
      sessions.doc(userId),
      wallets.doc(userId),
      adjustments.doc(id),
      entries.doc(userId, key),
    );
    actor.admit(me);
    if (done?.inputHash === hash) return { answer: done.answer, posted: undefined };
    // An entry without the record is another operator's, who has drawn the same requestId.
    if (done !== undefined || entry !== undefined) throw refuse('IDEMPOTENCY_MISMATCH');
    if (owner === undefined) throw refuse('NOT_FOUND');
    const now = ports.clock.now();
    const ref = { kind: 'admin', id: actor.uid } as const;
    const credit = { key, source: 'adjust', coins, description: note, ref, inputHash: hash } as const;
    const credited = writeCredit(tx, changeWallet(userId, wallet), credit, now);
    const made = { transactionId: key, balance: balanceView(credited.wallet) };
    tx.create(adjustments.doc(id), { by: actor.uid, userId, at: now, inputHash: hash, answer: made });
    return { answer: made, posted: credited.posted };
  });
  await deliverPosted(ports, posted, ports.deliver);
  return answer;
}
