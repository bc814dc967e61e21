import { describe, expect, it } from '@jest/globals';
import { Meter } from '../platform/meter.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import { START } from '../testing/calls.ts';
import { cardOf, personOf } from '../testing/people.ts';
import { testPorts } from '../testing/ports.ts';
import { users } from '../users/documents.ts';
import { availabilityFields, listenerCards } from './documents.ts';
import { refreshCards } from './refreshCards.ts';

/** Listeners whose cards are as they should be under the default settings. */
function worldOf(count: number) {
  const meter = new Meter();
  const ports = { ...testPorts(), store: new MemoryStore({ meter }) };
  const ids = Array.from({ length: count }, (_, index) => `l${String(index).padStart(4, '0')}`);
  for (const id of ids) {
    const profile = { username: `name of ${id}`, alias: `alias of ${id}`, dateOfBirth: '1996-01-01' };
    ports.store.write(`users/${id}`, personOf(START, { ...profile, listenerStatus: 'approved' }));
    ports.store.write(`listeners/${id}`, cardOf(id, { displayName: profile.username }));
  }
  return {
    ...ports,
    ids,
    cardsNow: async () => ports.store.getAll(...ids.map((id) => listenerCards.doc(id))),
    /** Cards written so far. */
    written: () => meter.counts.writes,
  };
}

describe('the cards', () => {
  it('follow prices and masking on every page, and nothing else of them changes', async () => {
    const world = worldOf(450);
    world.store.write('config/pricing', { audio: { coinsPerMinute: 20 } });
    world.store.write('config/features', { masking: true });
    const history = { rating: 4, callCount: 3, ...availabilityFields('busy') };
    world.store.write('listeners/l0007', { ...cardOf('l0007', history), away: true });
    await refreshCards(world);
    const cards = await world.cardsNow();
    expect(cards.map((card) => card?.displayName)).toEqual(world.ids.map((id) => `alias of ${id}`));
    expect(cards.every((card) => card?.rates.audio === 20 && card.rates.video === 50)).toBe(true);
    expect(cards[7]).toMatchObject({ ...history, away: true });
    expect(world.written()).toBe(450);
  });

  it('are not written without need', async () => {
    const world = worldOf(3);
    world.store.write('users/l0001', personOf(START, { username: 'renamed', dateOfBirth: '1996-01-01' }));
    await refreshCards(world);
    await refreshCards(world);
    expect((await world.cardsNow())[1]).toMatchObject({ displayName: 'renamed' });
    expect(world.written()).toBe(1);
  });

  it('follow a birthday', async () => {
    const world = worldOf(1);
    world.clock.advance(366 * 24 * 3600);
    await refreshCards(world);
    expect((await world.cardsNow())[0]).toMatchObject({ age: 31 });
  });

  it('keep the prices where these are not valid, and the name where masking is not', async () => {
    const world = worldOf(2);
    world.store.write('config/pricing', { audio: { coinsPerMinute: 20 } });
    world.store.write('config/features', { masking: true });
    await refreshCards(world);
    world.store.write('config/features', { masking: 'no' });
    world.store.write('config/pricing', { audio: { coinsPerMinute: 30 } });
    await refreshCards(world);
    const card = { displayName: 'alias of l0000', rates: { audio: 30, video: 50 } };
    expect((await world.cardsNow())[0]).toMatchObject(card);
    world.store.write('config/pricing', { audio: { coinsPerMinute: -1 } });
    world.store.write('config/features', { masking: false });
    await refreshCards(world);
    expect((await world.cardsNow())[0]).toMatchObject({ ...card, displayName: 'name of l0000' });
  });

  it('that are broken, or whose owner is, do not keep the others from following', async () => {
    const world = worldOf(5);
    world.store.write('config/pricing', { audio: { coinsPerMinute: 20 } });
    world.store.write('listeners/l0000', { listenerId: 'l0000' });
    world.store.write('users/l0002', { username: 'nothing else' });
    await world.store.commit((writer) => writer.delete(users.doc('l0003')));
    await refreshCards(world);
    const refs = ['l0001', 'l0002', 'l0003', 'l0004'].map((id) => listenerCards.doc(id));
    const cards = await world.store.getAll(...refs);
    expect(cards.map((card) => card?.rates.audio)).toEqual([20, 10, 10, 20]);
    const told = world.lines.filter(({ severity }) => severity !== 'INFO');
    expect(new Set(told.map(({ message, fields }) => `${message}, ${fields.uid ?? 'unnamed'}`))).toEqual(
      new Set(['a card cannot be read and stays as it is, unnamed', 'a card was left as it is, l0002']),
    );
  });

  it('that are deleted meanwhile stay deleted', async () => {
    const world = worldOf(4);
    world.store.write('config/pricing', { audio: { coinsPerMinute: 20 } });
    const commit = world.store.commit.bind(world.store);
    let first = true;
    world.store.commit = async (write) => {
      if (first) await commit((writer) => writer.delete(listenerCards.doc('l0002')));
      first = false;
      await commit(write);
    };
    await refreshCards(world);
    expect((await world.cardsNow()).map((card) => card?.rates.audio)).toEqual([20, 20, undefined, 20]);
  });

  it('end right when the settings change again while they are followed', async () => {
    const world = worldOf(3);
    world.store.write('config/pricing', { audio: { coinsPerMinute: 20 } });
    const commit = world.store.commit.bind(world.store);
    let commits = 0;
    world.store.commit = async (write) => {
      commits += 1;
      if (commits === 1) world.store.write('config/pricing', { audio: { coinsPerMinute: 25 } });
      await commit(write);
    };
    await refreshCards(world);
    expect((await world.cardsNow()).map((card) => card?.rates.audio)).toEqual([25, 25, 25]);
  });

  it('are left to the next run when they never come to rest', async () => {
    const world = worldOf(1);
    const commit = world.store.commit.bind(world.store);
    let price = 20;
    world.store.commit = async (write) => {
      world.store.write('config/pricing', { audio: { coinsPerMinute: (price += 1) } });
      await commit(write);
    };
    world.store.write('config/pricing', { audio: { coinsPerMinute: price } });
    await expect(refreshCards(world)).rejects.toThrow('still changing');
  });
});
