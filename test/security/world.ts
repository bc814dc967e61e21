/** One of each kind of person, on the store in memory, with all operations and an eye on what they do outside of it. */
import { deliverEffect } from '../../functions/src/effects.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { allOperations } from '../../functions/src/operations.ts';
import type { VerifiedToken } from '../../functions/src/platform/actor.ts';
import { addSec } from '../../functions/src/platform/clock.ts';
import type { Access } from '../../functions/src/platform/contract.ts';
import type { Reason } from '../../functions/src/platform/errors.ts';
import { runOperation, type Answer } from '../../functions/src/platform/invocation.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { presences } from '../../functions/src/presence/documents.ts';
import { defaultSettings } from '../../functions/src/settings.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import { cardOf, personOf } from '../../functions/src/testing/people.ts';
import { testPorts } from '../../functions/src/testing/ports.ts';
import { users, type User } from '../../functions/src/users/documents.ts';

export type AnyOperation = (typeof allOperations)[number];

/** When every token was issued, in real seconds. */
const AUTH_SEC = 1000;
const everything: Partial<User> = { roles: ['user', 'listener', 'admin'], listenerStatus: 'approved' };

interface LevelScene {
  /** Undefined for somebody who has no profile. */
  readonly profile?: Partial<User>;
  readonly admin?: boolean;
}

/** Everyone who may ask. Whoever has lost something has everything else: only what was lost can be in the way. */
export const LEVELS = {
  anonymous: {},
  unregistered: {},
  'unregistered with the claim of an operator': { admin: true },
  registered: { profile: { roles: ['user'] } },
  'listener not approved': { profile: { roles: ['user', 'listener'], listenerStatus: 'pending' } },
  listener: { profile: { roles: ['user', 'listener'], listenerStatus: 'approved' } },
  'operator by the claim alone': { profile: { roles: ['user', 'listener'] }, admin: true },
  'operator by the role alone': { profile: everything },
  admin: { profile: { ...everything, roles: ['user', 'admin'] }, admin: true },
  banned: { profile: { ...everything, bannedUntil: addSec(START, 60) }, admin: true },
  'logged out': { profile: { ...everything, sessionsValidAfter: AUTH_SEC + 1 }, admin: true },
  'somebody who may do everything': { profile: everything, admin: true },
} satisfies Readonly<Record<string, LevelScene>>;
export type Level = keyof typeof LEVELS;
export const levels = Object.keys(LEVELS) as Level[];

/** @returns what an operation of this access must refuse this person with; undefined when it has to let them in */
export function refusalFor(access: Access, level: Level): Reason | undefined {
  if (access === 'public') return undefined;
  const { profile, admin = false }: LevelScene = LEVELS[level];
  if (level === 'anonymous') return 'SIGN_IN_REQUIRED';
  if (level === 'logged out') return 'SESSION_REVOKED';
  if (level === 'banned') return 'USER_BANNED';
  if (access === 'signedIn') return undefined;
  if (profile === undefined) return 'NOT_REGISTERED';
  const roles: readonly string[] = profile.roles ?? [];
  if (access === 'listener' && !roles.includes('listener')) return 'NOT_ALLOWED';
  if (access === 'admin' && !(admin && roles.includes('admin'))) return 'NOT_ALLOWED';
  return undefined;
}

/** Who asks, and who is there besides. */
export const ME = 'me';
export const OTHER = 'other';

const tokenOf = (level: Level): VerifiedToken | undefined => {
  const { admin = false }: LevelScene = LEVELS[level];
  return level === 'anonymous'
    ? undefined
    : { uid: ME, authTimeSec: AUTH_SEC, admin, phone: '+919810000002' };
};

/** Every function of these ports, counted when it is called. */
function watched<T extends object>(ports: T, called: string[], path = ''): T {
  return new Proxy(ports, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      const full = `${path}${String(name)}`;
      if (typeof value === 'object' && value !== null) return watched(value, called, `${full}.`);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        called.push(full);
        return Reflect.apply(value, target, given);
      };
    },
  });
}

function gateways(called: string[]) {
  const send = () => Promise.resolve({ messageId: 'message' });
  const { keys, ...silent } = silentGateways();
  return {
    keys,
    ...watched({ ...silent, codes: { whatsapp: { send }, sms: { send } } }, called),
    media: watched<AppPorts['media']>(
      {
        credentials: ({ channel, uid, expiresAt }) =>
          Promise.resolve({ provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt }),
        closeChannel: () => Promise.resolve(),
      },
      called,
    ),
  };
}

/** A world in which somebody of this level asks. */
export async function worldOf(level: Level) {
  const base = testPorts();
  const called: string[] = [];
  let drawn = 0;
  const ids = { random128: () => (drawn += 1).toString(16).padStart(32, '0'), integer: () => (drawn += 1) };
  const outside = gateways(called);
  const ports: AppPorts = {
    ...base,
    ids,
    ...outside,
    settings: () => Promise.resolve(defaultSettings()),
    deliver: (effect) => deliverEffect(ports, effect),
  };
  const { store } = base;
  const { profile }: LevelScene = LEVELS[level];
  const listener = personOf(START, { roles: ['user', 'listener'], listenerStatus: 'approved' });
  await store.commit((writer) => {
    if (profile !== undefined)
      writer.create(users.doc(ME), personOf(START, { phone: '+919810000002', ...profile }));
    writer.create(users.doc(OTHER), listener);
    writer.create(listenerCards.doc(OTHER), cardOf(OTHER));
    writer.create(presences.doc(OTHER), {
      at: START,
      online: true,
      willing: true,
      busyUntil: null,
      hasCard: true,
    });
  });
  const ref = { kind: 'payment', id: '1' } as const;
  const credit = { key: 'purchase-1', source: 'purchase', coins: 1000, description: '', ref } as const;
  for (const uid of [ME, OTHER]) await creditCoins(store, uid, credit, START);
  return { ports, store, lines: base.lines, called, token: tokenOf(level) };
}
export type World = Awaited<ReturnType<typeof worldOf>>;

/** Asks as whoever the world is made for. */
export async function ask(world: World, operation: AnyOperation, input: unknown): Promise<Answer> {
  return await runOperation(operation, () => world.ports, {
    token: world.token,
    input,
    address: '203.0.113.7',
  });
}

/** What there is, and what was done outside: equal before and after whatever did nothing. Documents never change in place. */
export function traces({ store, called }: World): readonly unknown[] {
  return [...Object.entries(store.dump()).flat(), ...called];
}

/** @returns whether two traces are of the same documents, one by one, and the same calls */
export function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((value, index) => value === after[index]);
}

/** Log lines that only a bug writes. */
export function faults({ lines }: World): string[] {
  return lines.filter(({ severity }) => severity === 'ERROR').map((line) => JSON.stringify(line));
}
