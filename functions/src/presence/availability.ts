/** Availability = reachable × willing × not occupied, judged from the lease itself and never from the card. */
import type { PushTargets } from '../notifications/documents.ts';
import { addSec, latest, type Clock } from '../platform/clock.ts';
import type { Availability } from '../listeners/documents.ts';
import type { Settings } from '../settings.ts';
import type { Presence } from './documents.ts';

/** Whoever is away can be called while a device of theirs was seen within this time. */
const AWAY_DEVICE_SEC = 24 * 3600;
/** Whoever is away and lets so many calls in a row ring in vain can be called no more. */
const AWAY_MISSED_RINGS = 3;

/** When a lease is judged. */
export interface Moment {
  readonly clock: Clock;
  readonly now: Date;
  readonly leaseSec: number;
}

/** What decides how a person is shown. */
export interface Standing {
  readonly presence: Presence | undefined;
  readonly inCall: boolean;
  /** The person's devices. Left out where nobody can be called who is away: then they are not worth a read. */
  readonly targets?: PushTargets | undefined;
}

/** What a card shows. */
export interface Shown {
  readonly availability: Availability;
  readonly away: boolean;
}

/** @returns until when a card that shows this is right without anybody's doing; undefined for one that is not away */
export function awayEndOf({ away }: Shown, targets: PushTargets | undefined): Date | undefined {
  return away ? awayUntil(targets) : undefined;
}

/** The moment of judging by the settings in force. */
export function momentOf(clock: Clock, { limits }: Settings): Moment {
  return { clock, now: clock.now(), leaseSec: limits.presenceLeaseSec };
}

/** @returns whether the lease of this presence runs at `now`; a missing presence is offline */
export function isReachable(presence: Presence | undefined, { clock, now, leaseSec }: Moment): boolean {
  if (presence === undefined || !presence.online) return false;
  return addSec(clock.fromServerTime(presence.at), leaseSec) > now;
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

/**
 * What a card shows, whoever writes it. A call makes busy, whatever the person has said; a lease that does not run, or
 * an unwilling person, is offline; only then does a busy mark count.
 */
export function shownOf({ presence, inCall, targets }: Standing, moment: Moment): Shown {
  if (inCall) return { availability: 'busy', away: false };
  if (presence === undefined) return { availability: 'offline', away: false };
  const reachable = isReachable(presence, moment);
  if (!reachable && !isAway({ presence, targets }, moment)) return { availability: 'offline', away: false };
  const availability = idleAvailability(presence, moment.now);
  return { availability, away: !reachable && availability === 'available' };
}

/** Whether somebody is offline by their own wish, and not because their beats have stopped. */
export function hasLeft(presence: Presence | undefined): boolean {
  return presence !== undefined && !presence.online && presence.lapsed !== true;
}

/** Whether the devices of this person are worth looking at: the lease lapsed by itself, and they take calls. */
export function mayBeAway(presence: Presence | undefined, moment: Moment): boolean {
  if (presence === undefined || !presence.willing) return false;
  const lapsed = presence.online ? !isReachable(presence, moment) : presence.lapsed === true;
  return lapsed && (presence.missedRings ?? 0) < AWAY_MISSED_RINGS;
}

/** Whether a person whose lease lapsed can be called all the same (`config/features.callableWhenAway`). */
export function isAway(
  { presence, targets }: Pick<Standing, 'presence' | 'targets'>,
  moment: Moment,
): boolean {
  const until = awayUntil(targets);
  return mayBeAway(presence, moment) && until !== undefined && until > moment.now;
}

/** @returns until when a person with these devices can be called while away; undefined without a device */
export function awayUntil(targets: PushTargets | undefined): Date | undefined {
  const [first, ...others] = Object.values(targets?.devices ?? {}).map(({ seenAt }) => seenAt);
  return first === undefined ? undefined : addSec(latest(first, ...others), AWAY_DEVICE_SEC);
}
