/** The people of a schedule and the settings in force. */
import { cardOf, personOf } from '../../functions/src/testing/people.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { pushTargets } from '../../functions/src/notifications/documents.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import { presences } from '../../functions/src/presence/documents.ts';
import { defaultSettings, type Settings } from '../../functions/src/settings.ts';
import { users, type User } from '../../functions/src/users/documents.ts';
import type { Random } from './random.ts';

export const CALLERS = ['caller-1', 'caller-2', 'caller-3'] as const;
export const LISTENERS = ['listener-1', 'listener-2'] as const;
export const ADMIN = 'admin-1';
/** Everyone who can have a wallet. */
export const PEOPLE: readonly string[] = [...CALLERS, ...LISTENERS];

const DEFAULTS = defaultSettings();

/** Small ones too: a minute more matters in the middle of a call. */
const PACKAGES = [5, 50, 120, 300].map((coins) => ({
  packageId: `coins-${coins}`,
  name: `${coins} coins`,
  coins,
  amountPaise: coins * 50,
  currency: 'INR' as const,
  active: true,
}));

/** Prices and limits of one schedule: the defaults, and what an operator might make of them. */
export function drawSettings(random: Random): Settings {
  const sliceMinutes = Number(random.weighted({ 10: 6, 5: 3, 2: 2, 1: 1 }));
  // Now and then everything is free: such a call has no hold and no slices.
  const rate = random.chance(0.05) ? 0 : random.pick([1, 5, 10, 10, 10, 30]);
  const videoRate = random.pick([50, 50, 25]);
  return {
    ...DEFAULTS,
    features: { ...DEFAULTS.features, callableWhenAway: random.chance(0.3) },
    pricing: {
      ...DEFAULTS.pricing,
      allowSubsidy: true,
      freeSeconds: random.pick([0, 10, 10, 30]),
      audio: {
        coinsPerMinute: rate,
        minimumCoins: random.pick([0, rate, 3 * rate]),
        earnedPerMinute: random.pick([0, 7, 15]),
      },
      packages: PACKAGES,
      video: { coinsPerMinute: videoRate, minimumCoins: videoRate, earnedPerMinute: 75 },
    },
    limits: {
      ...DEFAULTS.limits,
      sliceMinutes,
      maxCallMinutes: Math.max(sliceMinutes, random.pick([120, 120, 30, 15, 7])),
      extendBeforeSec: random.pick([60, 60, 30]),
      callsPerHourToOne: random.pick([5, 50]),
      callsPerHour: random.pick([30, 3]),
      ordersPerHour: random.pick([20, 20, 1]),
    },
  };
}

function person(uid: string, listenerStatus: User['listenerStatus'], roles: User['roles'], at: Date): User {
  return personOf(at, { username: uid, alias: `alias of ${uid}`, roles, listenerStatus });
}

/** Puts everyone in place. Coins come later, through the ledger. */
export function setScene(store: MemoryStore, settings: Settings, at: Date): void {
  for (const uid of CALLERS) store.write(users.doc(uid).path, person(uid, 'none', ['user'], at));
  store.write(users.doc(ADMIN).path, person(ADMIN, 'none', ['user', 'admin'], at));
  const { audio, video } = settings.pricing;
  const rates = { audio: audio.coinsPerMinute, video: video.coinsPerMinute };
  for (const uid of LISTENERS) {
    store.write(users.doc(uid).path, person(uid, 'approved', ['user', 'listener'], at));
    store.write(listenerCards.doc(uid).path, cardOf(uid, { displayName: uid, rates }));
    presenceBeat(store, uid, at);
  }
  for (const uid of PEOPLE) {
    const devices = { phone: { token: `token of ${uid}`, platform: 'android', seenAt: at } };
    store.write(pushTargets.doc(uid).path, { devices });
  }
}

/** A listener who is here. */
function presenceBeat(store: MemoryStore, uid: string, at: Date): void {
  store.write(presences.doc(uid).path, { at, online: true, willing: true, busyUntil: null, hasCard: true });
}

/** Where the beat of a party lies; `callBeats` would check the ids anew each time. */
export function beatPath(callId: string, uid: string): string {
  return `calls/${callId}/beats/${uid}`;
}

/** A party's own beat in a call: an update, so that a beat of a call that is over does not come back. */
export function callBeat(store: MemoryStore, path: string, at: Date): void {
  const stored = store.read(path);
  if (stored !== undefined) store.write(path, { ...stored, at });
}
