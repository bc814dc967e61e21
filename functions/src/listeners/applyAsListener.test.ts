import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Actor } from '../platform/actor.ts';
import type { User } from '../users/documents.ts';
import { users } from '../users/documents.ts';
import { callWorld } from '../testing/callWorld.ts';
import { START } from '../testing/calls.ts';
import { personOf } from '../testing/people.ts';
import { applyAsListener } from './applyAsListener.ts';
import { applyContract } from './contract.ts';
import { listenerCards } from './documents.ts';

const complete: Partial<User> = {
  username: 'asha',
  phone: '+919812345678',
  country: 'IN',
  dateOfBirth: '2000-01-05',
};

async function world(profile: Partial<User> = complete) {
  const { ports, store, clock } = await callWorld(1);
  await store.commit((writer) => writer.create(users.doc('asha'), personOf(START, profile)));
  const actor = () =>
    new Actor({ uid: 'asha', authTimeSec: 1, admin: false, phone: null }, 'registered', clock);
  const apply = async (input: Record<string, unknown> = {}) => {
    const parsed = applyContract.input.parse({ bio: 'I listen.', ...input });
    return (await applyAsListener(ports, actor(), parsed)).listener;
  };
  const profileNow = async () => (await store.getAll(users.doc('asha')))[0];
  return { store, apply, profileNow };
}

describe('applying', () => {
  it('makes a pending listener without a card', async () => {
    const { apply, profileNow, store } = await world();
    const said = { languages: ['Tamil', 'en'], interests: ['Music'], callTypes: ['audio'] };
    expect(await apply(said)).toEqual({
      listenerId: 'asha',
      status: 'pending',
      displayName: 'asha',
      bio: 'I listen.',
      languages: ['ta', 'en'],
      interests: ['music'],
      callTypes: ['audio'],
      gender: 'other',
      age: 26,
      country: 'IN',
    });
    expect(await profileNow()).toMatchObject({
      bio: 'I listen.',
      languages: ['ta', 'en'],
      interests: ['music'],
      callTypes: ['audio'],
      roles: ['user', 'listener'],
      listenerStatus: 'pending',
    });
    expect(await store.getAll(listenerCards.doc('asha'))).toEqual([undefined]);
  });

  it('keeps what is not said', async () => {
    const { apply } = await world({ ...complete, languages: ['hi'], interests: ['chess'] });
    expect(await apply()).toMatchObject({
      languages: ['hi'],
      interests: ['chess'],
      callTypes: ['audio', 'video'],
    });
  });

  it.each([
    ['everything', {}, ' ', ['dateOfBirth', 'phone', 'bio']],
    ['the date of birth', { ...complete, dateOfBirth: null }, 'I listen.', ['dateOfBirth']],
    ['the phone', { ...complete, phone: null }, 'I listen.', ['phone']],
    ['the bio', complete, ' \n ', ['bio']],
  ])('says that %s is missing', async (_what, profile, bio, missing) => {
    const { apply, profileNow } = await world(profile);
    await expect(apply({ bio })).rejects.toMatchObject({
      reason: 'REQUIREMENTS_NOT_MET',
      details: { missing },
    });
    expect((await profileNow())?.listenerStatus).toBe('none');
  });

  it.each([
    ['pending', undefined],
    ['rejected', undefined],
    ['approved', 'ALREADY_REGISTERED'],
  ] as const)('again as a %s listener: %s', async (listenerStatus, reason) => {
    const { apply, profileNow } = await world({ ...complete, listenerStatus, roles: ['listener', 'user'] });
    const outcome = await apply({ bio: 'Anew.' }).then(
      () => undefined,
      (fault: { reason?: string }) => fault.reason,
    );
    expect(outcome).toBe(reason);
    expect(await profileNow()).toMatchObject(
      reason === undefined
        ? { bio: 'Anew.', listenerStatus: 'pending', roles: ['listener', 'user'] }
        : { bio: '', listenerStatus: 'approved' },
    );
  });

  it('twice with one requestId is one, also when an operator has decided between', async () => {
    const { apply, profileNow, store } = await world();
    const requestId = randomUUID();
    const first = await apply({ requestId });
    await store.commit((writer) => writer.update(users.doc('asha'), { listenerStatus: 'rejected' }));
    expect(await apply({ requestId })).toEqual(first);
    expect((await profileNow())?.listenerStatus).toBe('rejected');
    await expect(apply({ requestId, bio: 'Anew.' })).rejects.toMatchObject({
      reason: 'IDEMPOTENCY_MISMATCH',
    });
  });
});
