/** Discovery: the listeners that somebody may call, best rated first. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { describeFault } from '../platform/log.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { readPage } from '../platform/paging.ts';
import { users } from '../users/documents.ts';
import { cardView } from './card.ts';
import type { searchContract } from './contract.ts';
import { currentCounts, listenerCounts } from './counts.ts';
import { planSearch, type SearchInput } from './queries.ts';

/**
 * One page. The session is checked while the query runs, so that the answer takes as long as the slower of the two.
 * @throws Refusal INVALID_INPUT naming `cursor` when it is not one of this list
 */
export async function searchListeners(
  ports: PlatformPorts,
  actor: Actor,
  input: SearchInput,
): Promise<z.input<typeof searchContract.output>> {
  const { store, log } = ports;
  const { run, keep } = planSearch(input);
  const onUnreadable = (fault: unknown): void =>
    log.write('ERROR', 'a card cannot be read and is not shown', { fault: describeFault(fault) });
  const found = readPage(
    store,
    { ...run, onUnreadable },
    { ...input, keep: keep && (({ data }) => keep(data)) },
  );
  // Whoever is refused for the session hears of that, and not of the cursor.
  void found.catch(() => undefined);
  const [me, kept] = await store.getAll(users.doc(actor.uid), listenerCounts);
  actor.admit(me);
  const [page, counts] = await Promise.all([found, currentCounts(ports, kept)]);
  // The contract keeps what it names of a card and of the counts, and drops the rest.
  return { items: page.items.map(({ data }) => cardView(data)), nextCursor: page.nextCursor, counts };
}
