import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { entries, wallets } from '../ledger/documents.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import type { Store } from '../platform/store/port.ts';
import { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import type { AppPorts } from '../ports.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import { forgetful } from '../testing/forgetful.ts';
import { START } from '../testing/calls.ts';
import { personOf } from '../testing/people.ts';
import { silentGateways } from '../testing/gateways.ts';
import { testPorts } from '../testing/ports.ts';
import { aliases, bonuses, usernames, users } from '../users/documents.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { registerContract } from './contract.ts';
import { registerUser } from './registerUser.ts';

const PHONE = '+919812345678';
const HASH = phoneHash('phone key', PHONE);

interface World {
  readonly store?: Store;
  readonly settings?: Settings;
  /** What the ids draw, one after the other; then ever higher numbers. */
  readonly drawn?: number[];
}

function world({ store = new MemoryStore(), settings = defaultSettings(), drawn = [] }: World = {}) {
  let last = 1000;
  const queue = [...drawn];
  const ports: AppPorts = {
    ...testPorts(),
    ...silentGateways(),
    store,
    ids: { random128: () => `random${(last += 1)}`, integer: () => queue.shift() ?? (last += 1) },
    media: { credentials: () => Promise.resolve(undefined), closeChannel: () => Promise.resolve() },
    settings: () => Promise.resolve(settings),
    deliver: () => Promise.resolve(),
  };
  const register = async (
    more: Record<string, unknown> = {},
    who: { uid?: string; phone?: string | null } = {},
  ) => {
    const { uid = 'asha', phone = PHONE } = who;
    const actor = new Actor({ uid, authTimeSec: 1, admin: false, phone }, 'signedIn', ports.clock);
    const said = { username: 'Asha.K', gender: 'female', dateOfBirth: '2000-02-29', languages: ['Hindi'] };
    return (await registerUser(ports, actor, registerContract.input.parse({ ...said, ...more }))).user;
  };
  return { ports, store, register };
}

function priced(bonusCoins: number): Settings {
  const settings = defaultSettings();
  return { ...settings, pricing: { ...settings.pricing, bonusCoins } };
}

describe('registering', () => {
  it('derives everything that is not said', async () => {
    const { register, store } = world({ drawn: [68_902] });
    expect(await register()).toEqual({
      userId: 'asha',
      username: 'Asha.K',
      alias: 'OTO#78901',
      phone: PHONE,
      country: 'IN',
      fullName: null,
      gender: 'female',
      dateOfBirth: '2000-02-29',
      age: 25,
      languages: ['hi'],
      bio: '',
      interests: [],
      location: null,
      imageUrl: null,
      roles: ['user'],
      listenerStatus: 'none',
      createdAt: START.toISOString(),
    });
    const [name, alias, bonus, wallet, entry] = await store.getAll(
      usernames.doc('ashak'),
      aliases.doc('OTO-78901'),
      bonuses.doc(HASH),
      wallets.doc('asha'),
      entries.doc('asha', 'bonus-signup'),
    );
    expect([name, alias]).toEqual([
      { uid: 'asha', createdAt: START },
      { uid: 'asha', createdAt: START },
    ]);
    expect(bonus).toEqual({ grantedAt: START });
    expect(wallet?.coins).toEqual({ available: 50, held: 0, bonus: 50, purchased: 0, spent: 0 });
    expect(entry).toMatchObject({ type: 'bonus', amount: 50, ref: { kind: 'admin', id: 'signup-bonus' } });
  });

  it('of a listener leaves the decision to an operator', async () => {
    expect(await world().register({ role: 'listener' })).toMatchObject({
      roles: ['user', 'listener'],
      listenerStatus: 'pending',
    });
  });

  it.each(['admin', 'operator', ''])('as %j is no input at all', (role) => {
    expect(registerContract.input.shape.role.safeParse(role).success).toBe(false);
  });

  it.each([
    ['2008-01-05', undefined],
    ['2008-01-06', 'UNDERAGE'],
    ['2025-12-31', 'UNDERAGE'],
    ['2026-01-06', 'INVALID_INPUT'],
    ['1900-01-01', 'INVALID_INPUT'],
  ])('born on %s: %s', async (dateOfBirth, reason) => {
    const { register, store } = world();
    const outcome = await register({ dateOfBirth }).then(
      () => undefined,
      (fault: { reason?: string }) => fault.reason,
    );
    expect(outcome).toBe(reason);
    const [me] = await store.getAll(users.doc('asha'));
    expect(me === undefined).toBe(reason !== undefined);
  });

  it('follows the age that the settings ask for', async () => {
    const settings = defaultSettings();
    const strict = { ...settings, limits: { ...settings.limits, minimumAge: 26 } };
    await expect(world({ settings: strict }).register()).rejects.toMatchObject({ reason: 'UNDERAGE' });
  });

  it('names every field that a schema could not judge', async () => {
    const refused = world().register({ username: '.x', dateOfBirth: '2030-01-01' });
    await expect(refused).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
      details: { issues: [{ path: 'username' }, { path: 'dateOfBirth', message: 'lies in the future' }] },
    });
  });

  it('needs a verified phone', async () => {
    const { register, store } = world();
    await expect(register({}, { phone: null })).rejects.toMatchObject({
      reason: 'REQUIREMENTS_NOT_MET',
      details: { missing: ['phone'] },
    });
    expect((store as MemoryStore).dump()).toEqual(new MemoryStore().dump());
  });

  it.each([
    [addSec(START, 1), 'USER_BANNED'],
    [START, undefined],
  ])('waits while another account of the phone is banned: until %s', async (bannedUntil, reason) => {
    const { register, store } = world();
    await store.commit((writer) => {
      writer.create(users.doc('before'), personOf(START, { phone: PHONE, bannedUntil }));
      writer.create(
        users.doc('stranger'),
        personOf(START, { phone: '+919800000001', bannedUntil: addSec(START, 9) }),
      );
    });
    const outcome = await register().then(
      () => undefined,
      (fault: { reason?: string }) => fault.reason,
    );
    expect(outcome).toBe(reason);
  });

  it('gives the bonus that the settings say, and none when they say none', async () => {
    const generous = world({ settings: priced(75) });
    await generous.register();
    const [wallet] = await generous.store.getAll(wallets.doc('asha'));
    expect(wallet?.coins.bonus).toBe(75);
    const sparing = world({ settings: priced(0) });
    await sparing.register();
    const [empty, entry, mark] = await sparing.store.getAll(
      wallets.doc('asha'),
      entries.doc('asha', 'bonus-signup'),
      bonuses.doc(HASH),
    );
    expect(empty?.coins.available).toBe(0);
    expect([entry, mark]).toEqual([undefined, undefined]);
  });

  it('gives the bonus once for a phone and once for an account, whatever was deleted', async () => {
    const { register, store } = world();
    await register();
    await store.commit((writer) => writer.delete(users.doc('asha')));
    // The same account with a new phone, the same phone with a new account.
    await register({}, { phone: '+919812345679' });
    await register({ username: 'asha2' }, { uid: 'asha-again' });
    const [first, second] = await store.getAll(wallets.doc('asha'), wallets.doc('asha-again'));
    expect([first?.coins.available, second?.coins.available]).toEqual([50, 0]);
  });

  it('goes back to its own name after a deletion, and to no alias', async () => {
    const { register, store } = world({ drawn: [1, 1, 1, 1, 2, 2] });
    const before = await register();
    await store.commit((writer) => writer.delete(users.doc('asha')));
    const after = await register();
    expect(after.username).toBe(before.username);
    expect([before.alias, after.alias]).toEqual(['OTO#10000', 'OTO#1000001']);
  });
});

describe('an alias', () => {
  it('is the shortest that is free; when none is, others are drawn', async () => {
    const { register, store } = world({ drawn: [1, 1, 1, 2, 1, 1] });
    await store.commit((writer) => {
      for (const id of ['OTO-10000', 'OTO-1000000', 'OTO-100000000'])
        writer.create(aliases.doc(id), { uid: 'somebody', createdAt: START });
    });
    expect((await register()).alias).toBe('OTO#10001');
  });

  it('that cannot be found ends in a fault and writes nothing', async () => {
    const { register, store } = world({ drawn: Array<number>(15).fill(1) });
    await store.commit((writer) => {
      for (const id of ['OTO-10000', 'OTO-1000000', 'OTO-100000000'])
        writer.create(aliases.doc(id), { uid: 'somebody', createdAt: START });
    });
    const before = JSON.stringify((store as MemoryStore).dump());
    await expect(register()).rejects.toThrow('no alias is free');
    expect(JSON.stringify((store as MemoryStore).dump())).toBe(before);
  });
});

describe('a registration that comes twice', () => {
  it('with the same requestId is answered again, with the profile as it is now', async () => {
    const { register, store } = world();
    const requestId = randomUUID();
    const first = await register({ requestId });
    await store.commit((writer) => writer.update(users.doc('asha'), { bio: 'changed since' }));
    expect(await register({ requestId })).toEqual({ ...first, bio: 'changed since' });
  });

  it('with other input is found out', async () => {
    const { register } = world();
    const requestId = randomUUID();
    await register({ requestId });
    const again = register({ requestId, gender: 'other' });
    await expect(again).rejects.toMatchObject({ reason: 'IDEMPOTENCY_MISMATCH' });
  });

  it.each([
    ['another requestId', () => ({ requestId: randomUUID() })],
    ['none', () => ({})],
  ])('with %s is a second one', async (_which, more) => {
    const { register } = world();
    await register({ requestId: randomUUID() });
    await expect(register(more())).rejects.toMatchObject({ reason: 'ALREADY_REGISTERED' });
    await expect(register(more(), { phone: null })).rejects.toMatchObject({ reason: 'ALREADY_REGISTERED' });
  });

  it('is one, when only the acknowledgement of the commit was lost', async () => {
    const { register, store } = world({ store: forgetful(new MemoryStore()) });
    expect(await register()).toMatchObject({ userId: 'asha', username: 'Asha.K' });
    const [wallet] = await store.getAll(wallets.doc('asha'));
    expect(wallet?.coins.available).toBe(50);
  });
});
