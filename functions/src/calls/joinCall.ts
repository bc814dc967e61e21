/** A party is in the channel. The later of the two joins starts the paid time. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { joinedContract } from './contract.ts';
import { callMedia, calls, type Call, type CallMedia, type Party } from './documents.ts';
import { applyEvent, notedJoin } from './domain/lifecycle.ts';
import { partyOf } from './domain/receipt.ts';
import { deadlineEffects } from './effects.ts';
import { finishCall } from './finishCall.ts';
import { mediaAnswer, seatOf } from './media.ts';
import { identityOf, invalidTransition } from './participant.ts';
import { upToDate } from './reachDeadline.ts';

interface Joined {
  readonly kind: 'joined';
  readonly call: Call;
  readonly party: Party;
  readonly media: CallMedia;
  readonly repeated: boolean;
  readonly posted?: Posted | undefined;
}
/** The time to connect had run out before this join. */
interface TooLate {
  readonly kind: 'tooLate';
  readonly call: Call;
}

/** The fields that a join changes. */
export function joinPatch(after: Call) {
  const { state, joined, evidence, connectedAt, grantedUntil, final, slice, deadlineAt, dueAt } = after;
  return { state, joined, evidence, connectedAt, grantedUntil, final, slice, deadlineAt, dueAt };
}

/** @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function joinCall(
  ports: AppPorts,
  actor: Actor,
  { callId }: z.output<typeof joinedContract.input>,
) {
  const result = await commitAndDeliver(ports, async (tx, post): Promise<Joined | TooLate> => {
    const [call, me, media] = await tx.getAll(calls.doc(callId), users.doc(actor.uid), callMedia.doc(callId));
    actor.admit(me);
    const party = call && partyOf(call, actor.uid);
    if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
    if (media === undefined) throw invalidTransition(call);
    const now = ports.clock.now();
    const overdue = call.deadlineAt !== null && now >= call.deadlineAt;
    if (overdue && call.state === 'connecting') return { kind: 'tooLate', call };
    const outcome = applyEvent(call, { type: 'joined', by: party, at: now }, now);
    if (outcome.kind === 'refused' || outcome.call.state === 'ended') throw invalidTransition(call);
    if (outcome.kind === 'replayed') {
      const noted = overdue ? undefined : notedJoin(call, party, now);
      if (noted !== undefined) tx.update(calls.doc(callId), { evidence: noted.evidence });
      // What was written came in time, so it is answered as it was then.
      return { kind: 'joined', call: noted ?? call, party, media, repeated: noted === undefined };
    }
    const after = outcome.call;
    tx.update(calls.doc(callId), joinPatch(after));
    const posted = post(
      `call-${callId}-${after.slice}`,
      deadlineEffects(callId, { before: call, after }),
      now,
    );
    return { kind: 'joined', call: after, party, media, repeated: false, posted };
  });
  if (result.kind === 'tooLate') {
    const { call } = await finishCall(ports, identityOf(callId, result.call), {
      decide: () => ({ type: 'timeout' }),
    });
    throw invalidTransition(call);
  }
  const { party } = result;
  // Only a repetition can come so late that a deadline has passed.
  const call = result.repeated ? await upToDate(ports, callId, result.call) : result.call;
  if (call.state === 'ended') throw invalidTransition(call);
  return {
    state: call.state,
    connectedAt: call.connectedAt?.toISOString() ?? null,
    grantedUntil: call.grantedUntil?.toISOString() ?? null,
    media: await mediaAnswer(ports, { callId, call, party, seat: seatOf(result.media, party) }),
  };
}
