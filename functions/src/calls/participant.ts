/** Reading a call as one of its participants. */
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import { calls, type Call, type Party } from './documents.ts';
import { partyOf } from './domain/receipt.ts';
import type { CallIdentity } from './finishCall.ts';

/**
 * Reads the call and checks the session, in one `getAll`.
 * @throws Refusal NOT_FOUND for a call that does not exist or is not theirs: the two are not told apart
 */
export async function readAsParticipant(
  { store }: AppPorts,
  actor: Actor,
  callId: string,
): Promise<{ call: Call; party: Party; identity: CallIdentity }> {
  const [call, me] = await store.getAll(calls.doc(callId), users.doc(actor.uid));
  actor.admit(me);
  const party = call && partyOf(call, actor.uid);
  if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
  return { call, party, identity: identityOf(callId, call) };
}

/** The fields of a call that never change. */
export function identityOf(callId: string, call: Call): CallIdentity {
  const { callerId, calleeId, callerHasCard, calleeHasCard } = call;
  return { callId, callerId, calleeId, callerHasCard, calleeHasCard };
}

/** The refusal that tells a client what state it has to show instead. */
export function invalidTransition(call: Call) {
  return refuse('INVALID_TRANSITION', {
    state: call.state,
    ...(call.endReason && { endReason: call.endReason }),
  });
}
