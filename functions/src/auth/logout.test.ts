import { describe, expect, it } from '@jest/globals';
import { deliverEffect } from '../effects.ts';
import { changeWallet, occupy } from '../ledger/domain/wallet.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import { Actor } from '../platform/actor.ts';
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
  return { store, clock, ended, leave, left };
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
