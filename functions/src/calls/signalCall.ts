/** Signals of a call without a media server, for clients that can neither write nor watch `calls/{callId}/signals`. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { sendSignalContract, signalsContract } from './contract.ts';
import { calls, MAX_CANDIDATE_BYTES, MAX_SDP_BYTES, signals, signalsTo } from './documents.ts';
import type { Call, Signal } from './documents.ts';
import { partyOf } from './domain/receipt.ts';
import { signalsEnd } from './media.ts';
import { invalidTransition, readAsParticipant } from './participant.ts';

type Input = z.output<typeof sendSignalContract.input>;

/** One answer holds this many: descriptions may be long. */
const PAGE = 50;

/**
 * Writes what firestore.rules would let this party write. The same signal again is the same document.
 * @throws Refusal NOT_FOUND, INVALID_TRANSITION for a call that is not between accept and end, or has a media server,
 *   IDEMPOTENCY_MISMATCH when another signal has this number
 */
export async function sendSignal({ store, clock }: AppPorts, actor: Actor, input: Input) {
  const { callId, kind, seq, gen } = input;
  const signalId = `${actor.uid}_${seq}`;
  await store.transaction(async (tx) => {
    const ref = signals.doc(callId, signalId);
    const [call, me, sent] = await tx.getAll(calls.doc(callId), users.doc(actor.uid), ref);
    actor.admit(me);
    // Who one is comes before what one asks.
    const content = contentOf(input);
    const party = call && partyOf(call, actor.uid);
    if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
    if (!takesSignals(call)) throw invalidTransition(call);
    if (sent !== undefined) {
      if (!isSame(sent, { kind, gen, ...content })) throw refuse('IDEMPOTENCY_MISMATCH');
      return;
    }
    const to = party === 'caller' ? call.calleeId : call.callerId;
    const times = { createdAt: clock.toServerTime(clock.now()), expireAt: signalsEnd(call) };
    tx.create(ref, { from: actor.uid, to, kind, seq, gen, ...content, ...times });
  });
  return { signalId };
}

function takesSignals({ state, mediaProvider }: Call): boolean {
  return mediaProvider === 'webrtc' && (state === 'connecting' || state === 'ongoing');
}

type Said = Pick<Signal, 'kind' | 'gen' | 'sdp' | 'candidate'>;

function isSame(one: Said, other: Said): boolean {
  return (['kind', 'gen', 'sdp', 'candidate'] as const).every((field) => one[field] === other[field]);
}

const CONTENT = { offer: 'sdp', answer: 'sdp', candidate: 'candidate', bye: undefined } as const;
const MOST_BYTES = { sdp: MAX_SDP_BYTES, candidate: MAX_CANDIDATE_BYTES };

/** @throws Refusal INVALID_INPUT for what does not belong to the kind, is missing, or is too long in bytes */
function contentOf(input: Input): Pick<Signal, 'sdp' | 'candidate'> {
  const wanted = CONTENT[input.kind];
  const issues = (['sdp', 'candidate'] as const).flatMap((path) => {
    const text = input[path];
    if ((text === undefined) !== (path !== wanted))
      return [{ path, message: `${input.kind} ${path === wanted ? 'needs it' : 'has none'}` }];
    const isTooLong = text !== undefined && Buffer.byteLength(text) > MOST_BYTES[path];
    return isTooLong ? [{ path, message: `at most ${MOST_BYTES[path]} bytes` }] : [];
  });
  if (issues.length > 0) throw refuse('INVALID_INPUT', { issues });
  const text = wanted && input[wanted];
  return wanted === undefined || text === undefined ? {} : { [wanted]: text };
}

/** @returns what this party was sent, by number; nothing once the call has ended. @throws Refusal NOT_FOUND */
export async function readSignals(
  ports: AppPorts,
  actor: Actor,
  { callId, afterSeq }: z.output<typeof signalsContract.input>,
): Promise<z.input<typeof signalsContract.output>> {
  await readAsParticipant(ports, actor, callId);
  const sent = await ports.store.query({
    query: signalsTo,
    parentIds: [callId],
    values: [actor.uid, afterSeq],
    limit: PAGE,
  });
  const items = sent.map(({ data: { from, kind, seq, gen, sdp, candidate } }) => ({
    from,
    kind,
    seq,
    gen,
    ...(sdp !== undefined && { sdp }),
    ...(candidate !== undefined && { candidate }),
  }));
  return { items };
}
