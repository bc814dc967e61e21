/** Whose beats have stopped is noted, and shown on the card. Runs every 60 s; one read when there is nobody. */
import { wallets } from '../ledger/documents.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { batchesOf } from '../platform/batches.ts';
import { addSec } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { Found } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { awayEndOf, isReachable, momentOf, shownOf } from './availability.ts';
import { lapsedPresences, presences, type Presence } from './documents.ts';
import { postAwayEnd } from './effects.ts';
import { showOnCard } from './showOnCard.ts';

const PAGE = 200;
/** What is left after so many waits for the next sweep: a run must end before its time is up. */
const MAX_PAGES = 25;
/** Transactions at a time. */
const AT_ONCE = 20;

/**
 * Each person in a transaction of their own, so that nothing that is wrong with one keeps the others online.
 * @returns how many leases were looked at
 */
export async function sweepPresence(ports: AppPorts): Promise<number> {
  const settings = await ports.settings();
  const { clock } = ports;
  const lapsedBefore = clock.toServerTime(addSec(clock.now(), -settings.limits.presenceLeaseSec));
  let looked = 0;
  let last: Found<Presence> | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await lapsedPage(ports, lapsedBefore, last);
    for (const some of batchesOf(page.found, AT_ONCE))
      await Promise.all(some.map(async (found) => await lapseSafely(ports, found, settings)));
    looked += page.found.length;
    last = page.found.at(-1);
    if (!page.full || last === undefined) break;
  }
  return looked;
}

/** @param after the last one of the page before */
async function lapsedPage(ports: AppPorts, lapsedBefore: Date, after: Found<Presence> | undefined) {
  let unreadable = 0;
  const found = await ports.store.query({
    query: lapsedPresences,
    parentIds: [],
    values: [true, lapsedBefore],
    limit: PAGE,
    ...(after && { startAfter: { values: [after.data.at], path: after.path } }),
    onUnreadable: (fault) => {
      unreadable += 1;
      const text = 'a presence cannot be read and is not swept';
      ports.log.write('ERROR', text, { fault: describeFault(fault) });
    },
  });
  return { found, full: found.length + unreadable === PAGE };
}

async function lapseSafely(
  ports: AppPorts,
  { id, data }: Found<Presence>,
  settings: Settings,
): Promise<void> {
  try {
    if (data.hasCard) await lapseListener(ports, id, settings);
    else await lapseOther(ports, id, settings);
  } catch (fault) {
    ports.log.write('ERROR', 'sweep of a presence failed', { uid: id, fault: describeFault(fault) });
  }
}

async function lapseOther({ store, clock }: AppPorts, uid: string, settings: Settings): Promise<void> {
  await store.transaction(async (tx) => {
    const [presence] = await tx.getAll(presences.doc(uid));
    // A beat may have come meanwhile; and who has become a listener is looked at by the next sweep.
    const over = presence?.online === true && !isReachable(presence, momentOf(clock, settings));
    if (over && !presence.hasCard) tx.update(presences.doc(uid), { online: false, lapsed: true });
  });
}

async function lapseListener(ports: AppPorts, uid: string, settings: Settings): Promise<void> {
  const { callableWhenAway } = settings.features;
  await ports.store.transaction(async (tx) => {
    const [stored, wallet, card, targets] = await tx.getAll(
      presences.doc(uid),
      wallets.doc(uid),
      listenerCards.doc(uid),
      ...(callableWhenAway ? [pushTargets.doc(uid)] : []),
    );
    const moment = momentOf(ports.clock, settings);
    if (stored?.online !== true || isReachable(stored, moment)) return;
    const noted = { online: false, lapsed: true };
    tx.update(presences.doc(uid), noted);
    // In a call the call's beat counts: the card stays busy, and the end of the call begins a new lease.
    const inCall = wallet?.openCallId != null;
    const shown = shownOf({ presence: { ...stored, ...noted }, inCall, targets }, moment);
    showOnCard(tx, uid, { card, shown });
    postAwayEnd(tx, { uid, until: awayEndOf(shown, targets), now: moment.now });
  });
}
