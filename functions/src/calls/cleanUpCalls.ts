/** An operator has the sweep run now, instead of within a minute. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import type { cleanupContract } from './contract.ts';
import { sweep } from './events.ts';

/** Ends only what is due, so a repetition finds nothing left to do, and needs no record. */
export async function cleanUpCalls(
  ports: AppPorts,
  actor: Actor,
): Promise<z.input<typeof cleanupContract.output>> {
  const [me] = await ports.store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  return await sweep(ports);
}
