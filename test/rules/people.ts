/** The people who ask, and the documents they ask for. */
import { Timestamp } from 'firebase/firestore';
import type { Asker, Documents } from './emulator.ts';

const NOW_SEC = Math.floor(Date.now() / 1000);
/** When everyone signed in. */
export const SIGNED_IN_SEC = NOW_SEC - 600;
const DAY_MS = 86_400_000;
export const TOMORROW = Timestamp.fromMillis(Date.now() + DAY_MS);
export const YESTERDAY = Timestamp.fromMillis(Date.now() - DAY_MS);

export const ROLES = [
  'anonymous',
  'other',
  'owner',
  'caller',
  'callee',
  'listener',
  'admin',
  'banned',
  'loggedOut',
  'unregistered',
] as const;
export type Role = (typeof ROLES)[number];

interface RoleScene {
  /** Who asks; undefined without a token. */
  readonly uid: string | undefined;
  /** Whose documents are asked for; of a call, the one the document is named after. */
  readonly target: string;
}

/** The last three ask for what is their own: that is what they lose. Parties of a call ask for the other party's. */
export const SCENES: Readonly<Record<Role, RoleScene>> = {
  anonymous: { uid: undefined, target: 'olga' },
  other: { uid: 'otto', target: 'olga' },
  owner: { uid: 'olga', target: 'olga' },
  caller: { uid: 'cora', target: 'lena' },
  callee: { uid: 'lena', target: 'cora' },
  listener: { uid: 'lisa', target: 'olga' },
  admin: { uid: 'ada', target: 'olga' },
  banned: { uid: 'bert', target: 'bert' },
  loggedOut: { uid: 'lou', target: 'lou' },
  unregistered: { uid: 'una', target: 'una' },
};

export const TARGETS: readonly string[] = [...new Set(Object.values(SCENES).map((scene) => scene.target))];

/** @param suffix makes another person of the same kind, who has a profile and nothing else */
export function askerOf(role: Role, suffix = ''): Asker | undefined {
  const { uid } = SCENES[role];
  if (uid === undefined) return undefined;
  return { uid: `${uid}${suffix}`, authTimeSec: SIGNED_IN_SEC, admin: role === 'admin' };
}

/** A profile, as far as rules look at it. */
export function profile(role: Role): Record<string, unknown> {
  return {
    roles: role === 'admin' ? ['user', 'admin'] : ['user'],
    listenerStatus: role === 'listener' || role === 'callee' ? 'approved' : 'none',
    // The owner has signed in again since leaving; whoever is logged out has not.
    sessionsValidAfter:
      role === 'loggedOut' ? SIGNED_IN_SEC + 60 : role === 'owner' ? SIGNED_IN_SEC - 60 : null,
    bannedUntil: role === 'banned' ? TOMORROW : null,
  };
}

/** The profiles of everyone who has one. */
export function profiles(suffix = ''): Documents {
  const registered = ROLES.filter((role) => role !== 'anonymous' && role !== 'unregistered');
  return Object.fromEntries(registered.map((role) => [`users/${SCENES[role].uid}${suffix}`, profile(role)]));
}

/** The call that is named after a person. Lena is called by everyone; only the call named after her is Cora's. */
export function callNamedAfter(person: string): Record<string, unknown> {
  return {
    callerId: person === 'lena' ? 'cora' : person,
    calleeId: 'lena',
    state: 'ringing',
    createdAt: YESTERDAY,
  };
}
