/** What the presence of listeners, and their cards, must be at any time and at rest. */
import { listenerCards, type ListenerCard } from '../../functions/src/listeners/documents.ts';
import { pushTargets, type PushTargets } from '../../functions/src/notifications/documents.ts';
import { momentOf, shownOf } from '../../functions/src/presence/availability.ts';
import { presences, type Presence } from '../../functions/src/presence/documents.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Settings } from '../../functions/src/settings.ts';
import type { Auditor } from './invariants.ts';
import { LISTENERS } from './scene.ts';

const PRESENCE = new Map<string, string>(LISTENERS.map((uid) => [uid, presences.doc(uid).path]));
const CARD = new Map<string, string>(LISTENERS.map((uid) => [uid, listenerCards.doc(uid).path]));

/** What of a world is looked at. */
interface Seen {
  readonly store: MemoryStore;
  readonly settings: Settings;
  readonly auditor: Pick<Auditor, 'wallets'>;
  readonly ports: Pick<AppPorts, 'clock'>;
}

/** What touches one listener: the paths by which a commit is known to concern them. */
const TOUCHED = new Map<string, string>(
  LISTENERS.flatMap((uid) =>
    [PRESENCE.get(uid) ?? '', CARD.get(uid) ?? '', `wallets/${uid}`].map((path) => [path, uid] as const),
  ),
);

/** The presence of a listener as it is stored. */
export function presenceOf(store: MemoryStore, uid: string): Presence {
  const stored = store.read(PRESENCE.get(uid) ?? '');
  // It is looked at in every minute of a schedule, so it is copied only where a field is missing.
  return (stored?.['busyUntil'] === undefined ? { busyUntil: null, ...stored } : stored) as Presence;
}

function cardOf(store: MemoryStore, uid: string): ListenerCard {
  return store.read(CARD.get(uid) ?? '') as ListenerCard;
}

/** Whether a sweep that ends at `untilMs` has a lease to note. */
export function leaseLapses({ store, settings }: Seen, untilMs: number): boolean {
  const lapsedMs = untilMs - settings.limits.presenceLeaseSec * 1000;
  return LISTENERS.some((uid) => {
    const { online, at } = presenceOf(store, uid);
    return online && at.getTime() < lapsedMs;
  });
}

/** I16: a card never shows what the presence and the wallet rule out. @returns what a commit has made wrong */
export function cardProblem(world: Seen, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const uid = TOUCHED.get(path);
    const problem = uid && shownWrongly(world, uid);
    if (problem !== undefined) return `I16: the card of ${uid} is ${problem}`;
  }
  return undefined;
}

function shownWrongly({ store, auditor }: Seen, uid: string): string | undefined {
  const { online, willing, lapsed, busyUntil } = presenceOf(store, uid);
  const { availability, away = false, online: listed } = cardOf(store, uid);
  const inCall = auditor.wallets.get(uid)?.openCallId != null;
  if (listed !== (availability !== 'offline')) return `${availability} and in the wrong list`;
  if (inCall && availability !== 'busy') return `${availability} in a call`;
  if (!inCall && availability === 'busy' && busyUntil === null) return 'busy for no reason';
  if (availability !== 'available') return away ? `${availability} and away` : undefined;
  if (!willing) return 'available, and takes no calls';
  return online || (away && lapsed === true) ? undefined : 'available, and is not there';
}

/** What is not at rest: a card that differs from what is stored, a mark that has not ended. */
export function presenceProblems({ store, ports, settings }: Seen): string[] {
  return LISTENERS.flatMap((uid) => {
    const presence = presenceOf(store, uid);
    const targets = settings.features.callableWhenAway
      ? (store.read(pushTargets.doc(uid).path) as PushTargets | undefined)
      : undefined;
    const shown = shownOf({ presence, inCall: false, targets }, momentOf(ports.clock, settings));
    const { availability, away = false } = cardOf(store, uid);
    return [
      ...(presence.online ? [`I13: ${uid} is still online`] : []),
      ...(presence.busyUntil === null ? [] : [`I13: ${uid} is still marked busy`]),
      ...(availability === shown.availability && away === shown.away
        ? []
        : [`I13: the card of ${uid} shows ${availability}, it should show ${shown.availability}`]),
    ];
  });
}
