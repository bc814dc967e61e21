/** A person's own balance and entries. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { readPage } from '../platform/paging.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import type { balanceOutput, transactionOutput, transactionsContract } from './contract.ts';
import { entriesOfOwner, entriesOfOwnerByType, wallets, type Entry, type Wallet } from './documents.ts';
import { emptyWallet } from './domain/wallet.ts';

/** The balance, also of someone who never had a coin. */
export async function readBalance({ store }: PlatformPorts, actor: Actor) {
  const [me, wallet] = await store.getAll(sessions.doc(actor.uid), wallets.doc(actor.uid));
  actor.admit(me);
  return balanceView(wallet ?? emptyWallet());
}

/** @throws Refusal INVALID_INPUT for a cursor that is not one of this list */
export async function readTransactions(
  { store }: PlatformPorts,
  actor: Actor,
  input: z.output<typeof transactionsContract.input>,
) {
  const [me] = await store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  const run =
    input.type === undefined
      ? { query: entriesOfOwner, parentIds: [actor.uid], values: [] }
      : { query: entriesOfOwnerByType, parentIds: [actor.uid], values: [input.type] };
  const { items, nextCursor } = await readPage(store, run, input);
  return { items: items.map(({ data }) => entryView(data)), nextCursor };
}

/** What of a wallet is the balance. */
export function balanceView({ coins, earnings }: Wallet): z.input<typeof balanceOutput> {
  return { coins, earnings };
}

function entryView(entry: Entry): z.input<typeof transactionOutput> {
  const { transactionId, type, asset, amount, balanceAfter, description, ref, createdAt } = entry;
  return {
    transactionId,
    type,
    asset,
    amount,
    balanceAfter,
    description,
    ref,
    createdAt: createdAt.toISOString(),
  };
}
