/** Presence as operations answer it. */
import type { z } from 'zod';
import { isMarkedBusy, isReachable, type Moment, type Standing } from './availability.ts';
import type { ownPresenceOutput, presenceOutput } from './contract.ts';
import type { Presence } from './documents.ts';

type View = z.input<typeof presenceOutput>;

/** Whoever is in a call is online and busy. Only an approved listener can be available. */
export function presenceView(userId: string, { presence, inCall }: Standing, moment: Moment): View {
  const online = inCall || isReachable(presence, moment);
  const busy = inCall || isMarkedBusy(presence, moment.now);
  const takesCalls = presence?.hasCard === true && presence.willing;
  const lastSeen = presence && moment.clock.fromServerTime(presence.at).toISOString();
  return { userId, online, lastSeen: lastSeen ?? null, busy, available: online && !busy && takesCalls };
}

/** What everybody reads as about whom they may know nothing. */
export function hiddenView(userId: string): View {
  return { userId, online: false, lastSeen: null, busy: false, available: false };
}

/** One's own presence. */
export function ownPresenceView(
  userId: string,
  standing: Standing & { readonly presence: Presence },
  moment: Moment,
): z.input<typeof ownPresenceOutput> {
  const { willing, busyUntil } = standing.presence;
  const mark = isMarkedBusy(standing.presence, moment.now) ? busyUntil : null;
  return { ...presenceView(userId, standing, moment), willing, busyUntil: mark?.toISOString() ?? null };
}
