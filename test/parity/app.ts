/** The whole of the use cases on the store of a script: everything they do lies below the script's root. */
import { deliverEffect } from '../../functions/src/effects.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { Actor } from '../../functions/src/platform/actor.ts';
import { Refusal } from '../../functions/src/platform/errors.ts';
import { deliverPosted } from '../../functions/src/platform/outbox.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { presences } from '../../functions/src/presence/documents.ts';
import { defaultSettings, type Settings } from '../../functions/src/settings.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import { cardOf, personOf } from '../../functions/src/testing/people.ts';
import { TestClock } from '../../functions/src/testing/ports.ts';
import { users } from '../../functions/src/users/documents.ts';
import { RootedStore } from './rootedStore.ts';
import type { Scene } from './scene.ts';

export const CALLER = 'caller';
export const RIVAL = 'rival';
export const CALLEE = 'callee';
export const ADMIN = 'admin';

/** Short slices, so that few steps show what a long call has. */
const SLICE_MINUTES = 2;

export interface App {
  readonly ports: AppPorts;
  readonly clock: TestClock;
  /** Effects of these kinds are refused as long as they are listed. */
  readonly refused: Set<string>;
  readonly actor: (uid: string) => Actor;
  /** @returns `done`, or why it was refused */
  readonly credit: (
    uid: string,
    key: string,
    coins: number,
    source?: 'purchase' | 'bonus',
  ) => Promise<string>;
}

/** Two callers with coins, one listener, one operator. */
export async function appOn({ store, root }: Scene, coins = 100): Promise<App> {
  const rooted = new RootedStore(store, root);
  const clock = new TestClock();
  const refused = new Set<string>();
  const settings = appSettings();
  let drawn = 0;
  const ports: AppPorts = {
    store: rooted,
    clock,
    log: { write: () => undefined },
    ids: { random128: () => String((drawn += 1)).padStart(32, '0'), integer: () => (drawn += 1) },
    ...silentGateways(),
    media: {
      credentials: ({ channel, uid, expiresAt }) =>
        Promise.resolve({ provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt }),
      closeChannel: () => Promise.resolve(),
    },
    settings: () => Promise.resolve(settings),
    deliver: async (effect) => {
      if (refused.has(effect.kind)) throw new Error('refused');
      await deliverEffect(ports, effect);
    },
  };
  const credit: App['credit'] = async (uid, key, amount, source = 'purchase') => {
    const ref = { kind: 'payment', id: key } as const;
    const change = { key, source, coins: amount, description: '', ref };
    return await reason(async () => {
      const { posted } = await creditCoins(rooted, uid, change, clock.now());
      await deliverPosted(ports, posted, ports.deliver);
    });
  };
  await rooted.commit((writer) => {
    for (const uid of [CALLER, RIVAL]) writer.create(users.doc(uid), personOf(START));
    const listener = personOf(START, { roles: ['user', 'listener'], listenerStatus: 'approved' });
    writer.create(users.doc(CALLEE), listener);
    writer.create(users.doc(ADMIN), personOf(START, { roles: ['user', 'admin'] }));
    writer.create(listenerCards.doc(CALLEE), cardOf(CALLEE));
    const lease = { at: START, online: true, willing: true, busyUntil: null, hasCard: true };
    writer.create(presences.doc(CALLEE), lease);
  });
  if (coins > 0) for (const uid of [CALLER, RIVAL]) await credit(uid, 'first', coins);
  const actor = (uid: string): Actor => {
    const admin = uid === ADMIN;
    const token = { uid, authTimeSec: 1, admin, phone: null };
    return new Actor(token, admin ? 'admin' : 'registered', clock);
  };
  return { ports, clock, refused, actor, credit };
}

function appSettings(): Settings {
  const settings = defaultSettings();
  return { ...settings, limits: { ...settings.limits, sliceMinutes: SLICE_MINUTES } };
}

/** @returns `done`, or why it was refused */
export async function reason(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (fault) {
    if (fault instanceof Refusal) return fault.reason;
    throw fault;
  }
}
