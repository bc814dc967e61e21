/** The beat in a call, for clients that cannot write `calls/{callId}/beats/{uid}` themselves. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { StoreError } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { heartbeatContract } from './contract.ts';
import { callBeats } from './documents.ts';
import { invalidTransition, readAsParticipant } from './participant.ts';

/** @throws Refusal NOT_FOUND, INVALID_TRANSITION when the call is ringing or has ended */
export async function callHeartbeat(
  ports: AppPorts,
  actor: Actor,
  { callId }: z.output<typeof heartbeatContract.input>,
) {
  const { call } = await readAsParticipant(ports, actor, callId);
  if (call.state !== 'connecting' && call.state !== 'ongoing') throw invalidTransition(call);
  const at = ports.clock.toServerTime(ports.clock.now());
  try {
    // An update, not a set: a beat of a call that ended meanwhile must not come back.
    await ports.store.commit((writer) => writer.update(callBeats.doc(callId, actor.uid), { at }));
  } catch (fault) {
    if (!(fault instanceof StoreError) || fault.code !== 'NOT_FOUND') throw fault;
    throw invalidTransition({ ...call, state: 'ended' });
  }
  return {};
}
