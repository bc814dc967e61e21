/** A person looks at their own profile. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import type { meContract } from './contract.ts';
import { users } from './documents.ts';
import { userView } from './userView.ts';

/** One read. */
export async function readMe(
  { store, clock }: PlatformPorts,
  actor: Actor,
): Promise<z.input<typeof meContract.output>> {
  const [user] = await store.getAll(users.doc(actor.uid));
  actor.admit(user);
  if (user === undefined) throw refuse('NOT_REGISTERED');
  return { user: userView(actor.uid, user, clock.now()) };
}
