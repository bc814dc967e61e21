/** Availability = reachable × willing × not occupied, judged from the lease itself and never from the card. */
import { addSec, type Clock } from '../platform/clock.ts';
import type { Availability } from '../listeners/documents.ts';
import type { Presence } from './documents.ts';

/** @returns whether the lease of this presence runs at `now`; a missing presence is offline */
export function isReachable(
  presence: Presence | undefined,
  options: { readonly clock: Clock; readonly now: Date; readonly leaseSec: number },
): boolean {
  if (presence === undefined || !presence.online) return false;
  return addSec(options.clock.fromServerTime(presence.at), options.leaseSec) > options.now;
}

/** @returns whether the person has marked themselves busy at `now` */
export function isMarkedBusy(presence: Presence | undefined, now: Date): boolean {
  return presence?.busyUntil != null && presence.busyUntil > now;
}

/** What the card shows for a reachable person who is in no call. Unwilling shows as offline. */
export function idleAvailability(presence: Presence, now: Date): Availability {
  if (!presence.willing) return 'offline';
  return isMarkedBusy(presence, now) ? 'busy' : 'available';
}
