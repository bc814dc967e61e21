/** The five ways in which a person ends a call: reject, cancel, end, emergencyEnd, adminEnd. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { invariant, refuse } from '../platform/errors.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { adminEndContract, endContract, rejectContract } from './contract.ts';
import { calls, type Call, type EndOperation } from './documents.ts';
import { receiptOf } from './domain/receipt.ts';
import type { CallEvent } from './domain/transitions.ts';
import { finishCall, type CallIdentity } from './finishCall.ts';
import { identityOf, invalidTransition, readAsParticipant } from './participant.ts';

type EndInput = z.output<typeof endContract.input>;
type Ended = z.input<typeof rejectContract.output>;

/** The callee declines. @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function rejectCall(ports: AppPorts, actor: Actor, input: EndInput): Promise<Ended> {
  return endedAnswer(input.callId, (await endAsParticipant(ports, actor, 'reject', input)).call);
}

/** The caller takes the call back. @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function cancelCall(ports: AppPorts, actor: Actor, input: EndInput): Promise<Ended> {
  return endedAnswer(input.callId, (await endAsParticipant(ports, actor, 'cancel', input)).call);
}

/** Either party hangs up. @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function hangUp(ports: AppPorts, actor: Actor, input: EndInput) {
  return await endWithReceipt(ports, actor, 'end', input);
}

/** Either party hangs up in an emergency. @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function emergencyEnd(ports: AppPorts, actor: Actor, input: EndInput) {
  return await endWithReceipt(ports, actor, 'emergencyEnd', input);
}

/** An operator ends any open call. @throws Refusal NOT_FOUND, INVALID_TRANSITION */
export async function adminEndCall(
  ports: AppPorts,
  actor: Actor,
  input: z.output<typeof adminEndContract.input>,
): Promise<Ended> {
  const [call, me] = await ports.store.getAll(calls.doc(input.callId), users.doc(actor.uid));
  actor.admit(me);
  if (call === undefined) throw refuse('NOT_FOUND');
  const identity = identityOf(input.callId, call);
  const ended = await finish(ports, {
    identity,
    event: { type: 'adminEnd' },
    operation: 'adminEnd',
    actor,
    note: input.note,
  });
  return endedAnswer(input.callId, ended);
}

type PartyOperation = Exclude<EndOperation, 'adminEnd'>;

async function endAsParticipant(ports: AppPorts, actor: Actor, operation: PartyOperation, input: EndInput) {
  const { party, identity } = await readAsParticipant(ports, actor, input.callId);
  const event: CallEvent = { type: operation, by: party };
  const call = await finish(ports, { identity, event, operation, actor, note: input.note });
  return { call, party };
}

async function endWithReceipt(
  ports: AppPorts,
  actor: Actor,
  operation: 'end' | 'emergencyEnd',
  input: EndInput,
) {
  const { call, party } = await endAsParticipant(ports, actor, operation, input);
  const receipt = receiptOf(call, party);
  invariant(receipt !== undefined, 'an ended call has a receipt');
  return { ...endedAnswer(input.callId, call), receipt };
}

interface FinishByPerson {
  readonly identity: CallIdentity;
  readonly event: CallEvent;
  readonly operation: EndOperation;
  readonly actor: Actor;
  readonly note: string | undefined;
}

async function finish(
  ports: AppPorts,
  { identity, event, operation, actor, note }: FinishByPerson,
): Promise<Call> {
  const { outcome, call } = await finishCall(ports, identity, {
    decide: () => event,
    // An emergency is kept for review also without a word.
    ...((note !== undefined || operation === 'emergencyEnd') && {
      note: { operation, by: actor.uid, text: note ?? '' },
    }),
  });
  if (outcome === 'refused') throw invalidTransition(call);
  return call;
}

function endedAnswer(callId: string, call: Call): Ended {
  invariant(call.state === 'ended' && call.endReason !== null, 'the call has ended');
  return { callId, state: 'ended', endReason: call.endReason };
}
