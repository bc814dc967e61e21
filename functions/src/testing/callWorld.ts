/** The real use cases of a call on the store in memory: one funded caller, one listener, nobody else. */
import { deliverEffect } from '../effects.ts';
import { creditCoins } from '../ledger/creditCoins.ts';
import { listenerCards } from '../listeners/documents.ts';
import { Actor } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import { presences } from '../presence/documents.ts';
import { defaultSettings } from '../settings.ts';
import { users, type User } from '../users/documents.ts';
import { START } from './calls.ts';
import { silentGateways } from './gateways.ts';
import { cardOf, personOf } from './people.ts';
import { testPorts } from './ports.ts';

export const CALLER = 'caller';
export const CALLEE = 'callee';

const person = personOf(START);
const card = cardOf(CALLEE);

/** Ports whose providers take everything and do nothing. */
function silentPorts() {
  const base = testPorts();
  let drawn = 0;
  const ids = { random128: () => (drawn += 1).toString(16).padStart(32, '0'), integer: () => (drawn += 1) };
  const ports: AppPorts = {
    ...base,
    ids,
    ...silentGateways(),
    media: {
      credentials: ({ channel, uid, expiresAt }) =>
        Promise.resolve({ provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt }),
      closeChannel: () => Promise.resolve(),
    },
    settings: () => Promise.resolve(defaultSettings()),
    deliver: (effect) => deliverEffect(ports, effect),
  };
  return { ports, clock: base.clock, lines: base.lines, store: base.store };
}

/** @param coins what the caller has */
export async function callWorld(coins: number) {
  const world = silentPorts();
  const { ports, store } = world;
  const listener: User = { ...person, roles: ['user', 'listener'], listenerStatus: 'approved' };
  await store.commit((writer) => {
    writer.create(users.doc(CALLER), person);
    writer.create(users.doc(CALLEE), listener);
    writer.create(listenerCards.doc(CALLEE), card);
    const lease = { at: START, online: true, willing: true, busyUntil: null, hasCard: true };
    writer.create(presences.doc(CALLEE), lease);
  });
  const credit = {
    key: 'purchase-1',
    source: 'purchase',
    description: '',
    ref: { kind: 'payment', id: '1' },
  } as const;
  await creditCoins(store, CALLER, { ...credit, coins }, START);
  const actor = (uid: string): Actor =>
    new Actor({ uid, authTimeSec: 1, admin: false, phone: null }, 'registered', ports.clock);
  return { ...world, actor };
}
