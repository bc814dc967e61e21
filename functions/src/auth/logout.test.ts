import { describe, expect, it } from '@jest/globals';
import { deliverEffect } from '../effects.ts';
import { changeWallet, occupy } from '../ledger/domain/wallet.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { Actor } from '../platform/actor.ts';
import { sweepOutbox } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { presences } from '../presence/documents.ts';
import { users } from '../users/documents.ts';
import { CALLEE, callWorld } from '../testing/callWorld.ts';
import { START } from '../testing/calls.ts';
import { logout } from './logout.ts';

const START_SEC = START.getTime() / 1000;

async function world() {
  const { ports: base, store, clock } = await callWorld(100);
  const ended: string[] = [];
  const ports: AppPorts = {
    ...base,
    accounts: { ...base.accounts, endSessions: (uid) => Promise.resolve(void ended.push(uid)) },
    deliver: (effect) => deliverEffect(ports, effect),
  };
  await store.commit((writer) => {
    const device = { token: 'token', platform: 'android', seenAt: START } as const;
    writer.create(pushTargets.doc(CALLEE), { devices: { d1: device, d2: device } });
  });
  const leave = async (uid: string, authTimeSec = START_SEC) => {
    const actor = new Actor({ uid, authTimeSec, admin: false, phone: null }, 'signedIn', clock);
    return await logout(ports, actor);
  };
  const left = async () =>
    await store.getAll(
      users.doc(CALLEE),
      pushTargets.doc(CALLEE),
      presences.doc(CALLEE),
      listenerCards.doc(CALLEE),
    );
  return { ports, store, clock, ended, leave, left };
}

describe('leaving', () => {
  it('ends the sessions, forgets the phones and takes the listener offline', async () => {
    const { leave, left, ended } = await world();
    expect(await leave(CALLEE)).toEqual({});
    const [me, targets, presence, card] = await left();
    expect(me?.sessionsValidAfter).toBe(START_SEC);
    expect(targets?.devices).toEqual({});
    expect(presence?.online).toBe(false);
    expect(card).toMatchObject({ availability: 'offline', online: false });
    expect(ended).toEqual([CALLEE]);
  });

  it('does not end the session of whoever was back before Firebase could be told', async () => {
    const { ports, store, clock, ended } = await world();
    const away = { ...ports.accounts, endSessions: () => Promise.reject(new Error('away')) };
    const refused: AppPorts = {
      ...ports,
      accounts: away,
      deliver: (effect) => deliverEffect(refused, effect),
    };
    // Without a profile nothing else refuses the sessions of before.
    for (const uid of [CALLEE, 'nobody'])
      await logout(
        refused,
        new Actor({ uid, authTimeSec: START_SEC, admin: false, phone: null }, 'signedIn', clock),
      );
    clock.advance(120);
    const accounts = { ...ports.accounts, lastSignInSec: () => Promise.resolve(START_SEC + 5) };
    const again: AppPorts = { ...ports, accounts };
    await sweepOutbox(again, (effect) => deliverEffect(again, effect));
    expect(ended).toEqual(['nobody']);
    expect(store.all('outbox')).toEqual([]);
  });

  it('may come twice, and never lets an earlier session in again', async () => {
    const { leave, left, ended, store } = await world();
    await leave(CALLEE);
    await leave(CALLEE);
    expect(ended).toEqual([CALLEE, CALLEE]);
    const later = START_SEC + 1000;
    await store.commit((writer) => writer.update(users.doc(CALLEE), { sessionsValidAfter: later }));
    await leave(CALLEE, later);
    expect((await left())[0]?.sessionsValidAfter).toBe(later);
  });

  it('is refused to a session that has ended already', async () => {
    const { leave, clock } = await world();
    clock.advance(1);
    await leave(CALLEE);
    await expect(leave(CALLEE)).rejects.toMatchObject({ reason: 'SESSION_REVOKED' });
  });

  it('in a call leaves the card busy, because the call goes on', async () => {
    const { leave, left, store } = await world();
    await store.commit((writer) => {
      saveWallet(writer, occupy(changeWallet(CALLEE, undefined), 'c1', 'callee'));
      writer.update(listenerCards.doc(CALLEE), { availability: 'busy', online: true });
    });
    await leave(CALLEE);
    const [, , presence, card] = await left();
    expect(presence?.online).toBe(false);
    expect(card?.availability).toBe('busy');
  });

  it('works for somebody without a profile: only the sessions end', async () => {
    const { leave, ended, store } = await world();
    const before = JSON.stringify(store.dump());
    await leave('nobody');
    expect(ended).toEqual(['nobody']);
    expect(JSON.stringify(store.dump())).toBe(before);
  });
});
