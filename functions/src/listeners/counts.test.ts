import { describe, expect, it } from '@jest/globals';
import { cardOf } from '../testing/people.ts';
import { testPorts } from '../testing/ports.ts';
import { currentCounts, listenerCounts, refreshCounts } from './counts.ts';
import { availabilityFields, type Availability } from './documents.ts';

function worldOf(...all: Availability[]) {
  const ports = testPorts();
  for (const [index, availability] of all.entries())
    ports.store.write(`listeners/l${index}`, cardOf(`l${index}`, availabilityFields(availability)));
  const keptNow = async () => (await ports.store.getAll(listenerCounts))[0];
  return { ...ports, keptNow };
}

describe('the counts of listeners', () => {
  it('are of all, by availability, and kept', async () => {
    const world = worldOf('available', 'busy', 'offline', 'offline', 'busy', 'available', 'available');
    const counted = await refreshCounts(world);
    expect(counted).toEqual({ total: 7, online: 5, available: 3, busy: 2, countedAt: world.clock.now() });
    expect(await world.keptNow()).toEqual(counted);
  });

  it('hold for a minute', async () => {
    const world = worldOf('available');
    const first = await currentCounts(world, undefined);
    world.store.write('listeners/l1', cardOf('l1', availabilityFields('busy')));
    world.clock.advance(59.9);
    expect(await currentCounts(world, await world.keptNow())).toEqual(first);
    world.clock.advance(0.1);
    expect(await currentCounts(world, await world.keptNow())).toMatchObject({ total: 2, online: 2, busy: 1 });
  });

  it('are counted once for all who ask at the same moment, and anew for whoever asks later', async () => {
    const world = worldOf('available');
    let counted = 0;
    const count = world.store.count.bind(world.store);
    world.store.count = async (run) => {
      counted += 1;
      return count(run);
    };
    await Promise.all([1, 2, 3].map(async () => currentCounts(world, undefined)));
    expect(counted).toBe(3);
    await currentCounts(world, undefined);
    expect(counted).toBe(6);
  });

  it('are counted anew after a count that failed', async () => {
    const world = worldOf('available');
    const count = world.store.count.bind(world.store);
    world.store.count = () => Promise.reject(new Error('the store is away'));
    await expect(currentCounts(world, undefined)).rejects.toThrow('away');
    world.store.count = count;
    expect(await currentCounts(world, undefined)).toMatchObject({ total: 1 });
  });
});
