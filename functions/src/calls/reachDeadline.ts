/**
 * A deadline of a call: run by its task, by a token renewal and by the sweep, with the same result whoever comes
 * first, twice or late. Only what the stored state says counts, never when this runs.
 */
import { changeWallet, placeHold } from '../ledger/domain/wallet.ts';
import { wallets } from '../ledger/documents.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { calls, type Call } from './documents.ts';
import { decideAtCredit, decideAtDeadline, type Decision } from './domain/extension.ts';
import { deadlineEffects, lowBalancePush, type CallEffect } from './effects.ts';
import { finishCall } from './finishCall.ts';
import { identityOf } from './participant.ts';

export interface DeadlineRequest {
  readonly callId: string;
  readonly callerId: string;
  /** The slice that the trigger was armed for; a call that has moved on is left alone. Undefined: whatever is due. */
  readonly slice?: number;
  /** Set when the slice's task is what runs now: then it needs no removal. */
  readonly fromTask?: boolean;
}

interface Advanced {
  readonly decision: Decision['kind'];
  readonly call: Call | undefined;
  readonly posted?: Posted | undefined;
}

/**
 * Does what is due.
 * @returns the call as it is now; undefined when there is none
 */
export async function reachDeadline(ports: AppPorts, request: DeadlineRequest): Promise<Call | undefined> {
  return await advance(ports, request, (call, availableCoins, now) =>
    request.slice === undefined || request.slice === call.slice
      ? decideAtDeadline(call, availableCoins, now)
      : { kind: 'none' },
  );
}

/**
 * What a late request finds: a deadline that has passed is carried out first.
 * @returns the call as it is then
 */
export async function upToDate(ports: AppPorts, callId: string, seen: Call): Promise<Call> {
  const due = seen.deadlineAt !== null && ports.clock.now() >= seen.deadlineAt;
  if (!due) return seen;
  return (await reachDeadline(ports, { callId, callerId: seen.callerId })) ?? seen;
}

/** A credit came in: an open call of its owner may go on. Does nothing for a callee's credit. */
export async function creditArrived(ports: AppPorts, credit: { uid: string; callId: string }): Promise<void> {
  await advance(ports, { callId: credit.callId, callerId: credit.uid }, (call, availableCoins, now) =>
    call.callerId === credit.uid ? decideAtCredit(call, availableCoins, now) : { kind: 'none' },
  );
}

type Decide = (call: Call, availableCoins: number, now: Date) => Decision;

async function advance(ports: AppPorts, request: DeadlineRequest, decide: Decide): Promise<Call | undefined> {
  const { callId, callerId } = request;
  const result = await commitAndDeliver(ports, async (tx, post): Promise<Advanced> => {
    const [call, wallet] = await tx.getAll(calls.doc(callId), wallets.doc(callerId));
    if (call === undefined) return { decision: 'none', call };
    const now = ports.clock.now();
    const decision = decide(call, wallet?.coins.available ?? 0, now);
    if (decision.kind === 'none' || decision.kind === 'end') return { decision: decision.kind, call };
    const after = decision.call;
    const { grantedMinutes, grantedUntil, final, lastHold, slice, deadlineAt, dueAt, evidence } = after;
    const changed = { grantedMinutes, grantedUntil, final, lastHold, slice, deadlineAt, dueAt, evidence };
    tx.update(calls.doc(callId), changed);
    if (decision.kind === 'extend') {
      saveWallet(
        tx,
        placeHold(changeWallet(callerId, wallet), { callId, slice, coins: decision.coins }, now),
      );
    }
    const firedSlice = request.fromTask === true ? request.slice : undefined;
    const effects: CallEffect[] = deadlineEffects(callId, {
      before: call,
      after,
      ...(firedSlice !== undefined && { firedSlice }),
    });
    if (decision.kind === 'announce' && decision.lowBalance) effects.push(lowBalancePush(callId, after, now));
    return {
      decision: decision.kind,
      call: after,
      posted: post(`call-${callId}-${slice}`, effects, now),
    };
  });
  if (result.decision !== 'end' || result.call === undefined) return result.call;
  return await endAtDeadline(ports, request, result.call);
}

/** The end needs more documents than an extension, so it has a transaction of its own, which decides anew. */
async function endAtDeadline(ports: AppPorts, request: DeadlineRequest, seen: Call): Promise<Call> {
  const { caller, callee } = seen.mediaTracks;
  const { call } = await finishCall(ports, identityOf(request.callId, seen), {
    withBeats: caller.leftAt !== null || callee.leftAt !== null,
    decide: ({ call: fresh, callerWallet }, now) => {
      const decision = decideAtDeadline(fresh, callerWallet?.coins.available ?? 0, now);
      return decision.kind === 'end' ? decision.event : undefined;
    },
    ...(request.fromTask === true && request.slice !== undefined && { firedSlice: request.slice }),
  });
  return call;
}
