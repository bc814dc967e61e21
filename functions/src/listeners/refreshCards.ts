/** Keeps cards in step with what they are copies of: prices, masking, and the age that grows by itself. */
import { describeFault } from '../platform/log.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import { readStoredSettings } from '../platform/config.ts';
import { readPage } from '../platform/paging.ts';
import { StoreError, type Found } from '../platform/store/port.ts';
import { defaultSettings, settingsDeclarations, type Settings } from '../settings.ts';
import { users, type User } from '../users/documents.ts';
import { changedFields, copiedFields, type CopiedFields } from './card.ts';
import { listenerCards, type ListenerCard } from './documents.ts';
import { allCards } from './queries.ts';

/** Cards that are read, and at most written, at once. */
const CARDS_PER_PAGE = 200;
/** Beyond this something else changes the cards all the time, and the retry of the trigger goes on later. */
const MOST_PASSES = 5;

type RefreshPorts = Pick<PlatformPorts, 'store' | 'clock' | 'log'>;
type Known = { readonly [K in keyof Settings]: Settings[K] | undefined };

/**
 * Goes over all cards until a pass finds nothing to write. That makes it safe without a lock: whatever an older run,
 * or a change of a profile at the same moment, has left behind is found by the pass after it. May run at any time, and
 * any number of times at once.
 * @throws when the cards did not come to rest
 */
export async function refreshCards(ports: RefreshPorts): Promise<void> {
  for (let pass = 0; pass < MOST_PASSES; pass += 1) if ((await refreshOnce(ports)) === 0) return;
  throw new Error(`the cards were still changing after ${MOST_PASSES} passes`);
}

/** @returns how many cards were not as they should be */
async function refreshOnce(ports: RefreshPorts): Promise<number> {
  const { store, log } = ports;
  const onUnreadable = (fault: unknown): void =>
    log.write('ERROR', 'a card cannot be read and stays as it is', { fault: describeFault(fault) });
  const settings = await readStoredSettings(store, settingsDeclarations);
  const run = { query: allCards, parentIds: [], values: [], onUnreadable };
  let changed = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readPage<ListenerCard>>> = await readPage(store, run, {
      limit: CARDS_PER_PAGE,
      cursor,
    });
    changed += await refreshPage(ports, settings, page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return changed;
}

/** What is wrong with one of the cards, or was deleted meanwhile, does not keep the others from being refreshed. */
async function refreshPage(
  ports: RefreshPorts,
  settings: Known,
  cards: readonly Found<ListenerCard>[],
): Promise<number> {
  try {
    return await writeChanges(ports, settings, cards);
  } catch (fault) {
    if (!(fault instanceof StoreError) || !['INVALID_DOCUMENT', 'NOT_FOUND'].includes(fault.code))
      throw fault;
    const [only] = cards;
    if (only !== undefined && cards.length === 1) {
      ports.log.write('WARNING', 'a card was left as it is', { uid: only.id, fault: describeFault(fault) });
      return 0;
    }
    const half = Math.ceil(cards.length / 2);
    const first = await refreshPage(ports, settings, cards.slice(0, half));
    return first + (await refreshPage(ports, settings, cards.slice(half)));
  }
}

async function writeChanges(
  { store, clock }: RefreshPorts,
  settings: Known,
  cards: readonly Found<ListenerCard>[],
): Promise<number> {
  const owners = await store.getAll(...cards.map(({ id }) => users.doc(id)));
  const changes = cards.flatMap(({ id, data }, index) => {
    const owner = owners[index];
    if (owner === undefined) return [];
    const patch = changedFields(data, wantedFields(data, owner, settings, clock.now()));
    return Object.keys(patch).length === 0 ? [] : [{ id, patch }];
  });
  await store.commit((writer) => {
    for (const { id, patch } of changes) writer.update(listenerCards.doc(id), patch);
  });
  return changes.length;
}

/** Where a settings document is not valid, what is copied from it stays: a typing error neither unmasks nor reprices. */
function wantedFields(card: ListenerCard, owner: User, known: Known, now: Date): CopiedFields {
  const { pricing, features } = known;
  const defaults = defaultSettings();
  const settings = {
    ...defaults,
    pricing: pricing ?? defaults.pricing,
    features: features ?? defaults.features,
  };
  return {
    ...copiedFields(owner, settings, now),
    ...(pricing === undefined && { rates: card.rates }),
    ...(features === undefined && { displayName: card.displayName }),
  };
}
