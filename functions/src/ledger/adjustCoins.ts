/** An operator adds or takes coins, or gives some as a bonus, with a reason that the owner sees. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { answerBefore, keepAnswer, requestKey } from '../platform/idempotency.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { commitAndDeliver, type Deliver } from '../platform/outbox.ts';
import { adjustContract } from './contract.ts';
import { writeCredit } from './creditCoins.ts';
import { wallets } from './documents.ts';
import { changeWallet, creditWallet } from './domain/wallet.ts';
import { balanceView } from './readWallet.ts';

/** What the ledger's operations reach. */
export type LedgerPorts = PlatformPorts & { readonly deliver: Deliver };

/**
 * Once for each requestId of an operator, whoever it is for.
 * @throws Refusal NOT_FOUND for an unknown person, INSUFFICIENT_COINS when more is taken than is available,
 *   IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function adjustCoins(
  ports: LedgerPorts,
  actor: Actor,
  input: z.output<typeof adjustContract.input>,
): Promise<z.output<typeof adjustContract.output>> {
  const { userId, coins, source, note } = input;
  const key = requestKey(actor.uid, adjustContract.name, input);
  const { answer } = await commitAndDeliver(ports, async (tx, post) => {
    const [me, owner, wallet, record] = await tx.getAll(
      sessions.doc(actor.uid),
      sessions.doc(userId),
      wallets.doc(userId),
      key.ref,
    );
    actor.admit(me);
    const before = answerBefore(key, record, adjustContract.output);
    if (before !== undefined) return { answer: before, posted: undefined };
    if (owner === undefined) throw refuse('NOT_FOUND');
    const now = ports.clock.now();
    const ref = { kind: 'admin', id: actor.uid } as const;
    const entryId = `${source}-${key.id}`;
    const credit = {
      key: entryId,
      source,
      coins,
      description: note,
      ref,
      inputHash: key.inputHash,
    } as const;
    const credited = writeCredit(tx, creditWallet(changeWallet(userId, wallet), credit, now), post);
    const made = { transactionId: entryId, balance: balanceView(credited.wallet) };
    keepAnswer(tx, key, made, now);
    return { answer: made, posted: credited.posted };
  });
  return answer;
}
