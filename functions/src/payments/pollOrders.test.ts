import { describe, expect, it } from '@jest/globals';
import { addSec } from '../platform/clock.ts';
import { START } from '../testing/calls.ts';
import { callWorld } from '../testing/callWorld.ts';
import { order } from '../testing/orders.ts';
import { orders } from './documents.ts';
import { pollOrders } from './pollOrders.ts';

/** Nobody was ever told how to pay it, so the gateway is not asked. */
const unasked = { ...order, gatewayOrderId: null };

async function worldWith(count: number) {
  const made = await callWorld(1);
  const ids = Array.from({ length: count }, (_, index) => `RCH_${String(index).padStart(4, '0')}`);
  for (const id of ids) await made.store.commit((writer) => writer.create(orders.doc(id), unasked));
  const stillDue = async (): Promise<number> => {
    const found = await made.store.getAll(...ids.map((id) => orders.doc(id)));
    return found.filter((one) => (one?.nextPollAt ?? START) <= START).length;
  };
  return { ...made, stillDue };
}

describe('a run of the poll', () => {
  it('looks at all that is due, however many pages that is', async () => {
    const { ports, stillDue } = await worldWith(450);
    await pollOrders(ports);
    expect(await stillDue()).toBe(0);
  });

  it('ends before its function does, and leaves the rest to the next', async () => {
    const { ports, stillDue } = await worldWith(250);
    let asked = 0;
    const clock = { ...ports.clock, now: () => addSec(START, (asked += 1)) };
    await pollOrders({ ...ports, clock });
    expect(await stillDue()).toBeGreaterThan(0);
    expect(await stillDue()).toBeLessThan(250);
    await pollOrders(ports);
    expect(await stillDue()).toBe(0);
  });
});
