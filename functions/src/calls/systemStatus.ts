/** What operators see of all calls together, counted and not read. */
import type { z } from 'zod';
import { occupiedWallets } from '../ledger/documents.ts';
import { sessions, type Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import type { systemStatusContract } from './contract.ts';
import { callsInStates, overdueCalls, type OpenState } from './documents.ts';

/** Two rounds of the sweep: what is due for longer has been missed. */
export const SWEEP_GRACE_SEC = 120;

const OPEN: readonly OpenState[] = ['ringing', 'connecting', 'ongoing'];

/** Five counts; each costs one read for a thousand documents. */
export async function systemStatus(
  ports: PlatformPorts,
  actor: Actor,
): Promise<z.input<typeof systemStatusContract.output>> {
  const [me] = await ports.store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  const countIn = async (...states: OpenState[]) =>
    await ports.store.count({ query: callsInStates, parentIds: [], values: [states] });
  const [ongoingCalls, ringingCalls, openCalls, busyUsers, overdue] = await Promise.all([
    countIn('ongoing'),
    countIn('ringing'),
    countIn(...OPEN),
    // Every string comes after the empty one, and null is no string.
    ports.store.count({ query: occupiedWallets, parentIds: [], values: [''] }),
    overdueCallCount(ports),
  ]);
  const status = overdue === 0 ? 'ok' : 'degraded';
  return { ongoingCalls, ringingCalls, openCalls, busyUsers, overdueCalls: overdue, status };
}

/** Open calls whose deadline neither its task nor the sweep has served, though both had the time. */
export async function overdueCallCount({ store, clock }: PlatformPorts): Promise<number> {
  const values = [addSec(clock.now(), -SWEEP_GRACE_SEC)];
  return await store.count({ query: overdueCalls, parentIds: [], values });
}
