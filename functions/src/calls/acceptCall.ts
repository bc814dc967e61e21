/** The callee takes a ringing call on one device. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { commitAndDeliver, type Post, type Posted } from '../platform/outbox.ts';
import type { Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { Features } from '../settings.ts';
import { users } from '../users/documents.ts';
import type { acceptContract } from './contract.ts';
import { callBeats, callMedia, calls, type Call, type CallMedia } from './documents.ts';
import { applyEvent } from './domain/lifecycle.ts';
import { partyOf } from './domain/receipt.ts';
import { callTakenPush, deadlineEffects } from './effects.ts';
import { finishCall } from './finishCall.ts';
import {
  credentialsFor,
  mediaAnswer,
  mediaOutputOf,
  mediaTerms,
  newMedia,
  seatKeyOf,
  seatOf,
  type PartyCredentials,
} from './media.ts';
import { identityOf, invalidTransition } from './participant.ts';
import { upToDate } from './reachDeadline.ts';

type Input = z.output<typeof acceptContract.input>;
type Answer = z.input<typeof acceptContract.output>;

type Result =
  | {
      readonly kind: 'accepted';
      readonly call: Call;
      readonly media: PartyCredentials;
      readonly posted: Posted | undefined;
    }
  /** The time to ring has run out, or no token can be made: the call ends instead. */
  | { readonly kind: 'ends'; readonly call: Call; readonly event: 'timeout' | 'tokenFailed' }
  /** Not ringing any more: perhaps this accept's own replay. */
  | { readonly kind: 'settled'; readonly call: Call };

/**
 * Accepts. A second accept with the same requestId answers again; another device's is told that it was answered
 * elsewhere. An accept at or after `ringExpiresAt` ends the call as unanswered.
 * @throws Refusal NOT_FOUND, INVALID_TRANSITION
 */
export async function acceptCall(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const { callId, requestId } = input;
  const { features } = await ports.settings();
  const result = await commitAndDeliver(ports, async (tx, post) =>
    tryAccept(ports, { tx, post }, { actor, callId, requestId, features }),
  );
  switch (result.kind) {
    case 'accepted':
      return { callId, state: 'connecting', media: mediaOutputOf(result.media) };
    case 'ends': {
      const { call } = await finishCall(ports, identityOf(callId, result.call), {
        // Another accept may have come through in time: what it made is not ended by this one.
        decide: ({ call: fresh }) => (fresh.state === 'ringing' ? { type: result.event } : undefined),
      });
      return await answerAgain(ports, { callId, requestId, call });
    }
    case 'settled':
      return await answerAgain(ports, { callId, requestId, call: result.call });
  }
}

async function tryAccept(
  ports: AppPorts,
  { tx, post }: { readonly tx: Transaction; readonly post: Post },
  {
    actor,
    callId,
    requestId,
    features,
  }: { actor: Actor; callId: string; requestId: string; features: Features },
): Promise<Result> {
  const [call, me] = await tx.getAll(calls.doc(callId), users.doc(actor.uid));
  actor.admit(me);
  const party = call && partyOf(call, actor.uid);
  if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
  if (party === 'caller') throw invalidTransition(call);
  if (call.state !== 'ringing') return { kind: 'settled', call };
  const now = ports.clock.now();
  if (now >= call.ringExpiresAt) return { kind: 'ends', call, event: 'timeout' };
  const outcome = applyEvent(call, { type: 'accept', by: party }, now);
  if (outcome.kind !== 'moved') throw invalidTransition(call);
  const accepted = { ...outcome.call, ...mediaTerms(call, features) };
  const media = newMedia(ports, { callId, call: accepted, acceptRequestId: requestId });
  // Tokens are computed locally; the provider is not asked inside the transaction.
  const credentials = await credentialsFor(ports, {
    callId,
    call: accepted,
    party,
    seat: seatOf(media, party),
  });
  if (credentials === undefined) return { kind: 'ends', call, event: 'tokenFailed' };
  writeAccept(ports, tx, { callId, accepted, media, now });
  const effects = [
    ...deadlineEffects(callId, { before: call, after: accepted }),
    callTakenPush(callId, accepted),
  ];
  const posted = post(`call-${callId}-${accepted.slice}`, effects, now);
  return { kind: 'accepted', call: accepted, media: credentials, posted };
}

function writeAccept(
  { clock }: AppPorts,
  tx: Transaction,
  { callId, accepted, media, now }: { callId: string; accepted: Call; media: CallMedia; now: Date },
): void {
  const { state, acceptedAt, slice, deadlineAt, evidence, mediaProvider, relayOnly } = accepted;
  const seatKeys = {
    caller: seatKeyOf(seatOf(media, 'caller')),
    callee: seatKeyOf(seatOf(media, 'callee')),
  };
  const changed = { state, acceptedAt, slice, deadlineAt, evidence, seatKeys, mediaProvider, relayOnly };
  tx.update(calls.doc(callId), changed);
  tx.create(callMedia.doc(callId), media);
  const at = clock.toServerTime(now);
  for (const party of ['caller', 'callee'] as const) {
    const uid = accepted[`${party}Id`];
    tx.set(callBeats.doc(callId, uid), { callId, uid, at, seat: seatOf(media, party) });
  }
}

async function answerAgain(
  ports: AppPorts,
  { callId, requestId, call: seen }: { callId: string; requestId: string; call: Call },
): Promise<Answer> {
  if (seen.state === 'ended') throw invalidTransition(seen);
  const [media] = await ports.store.getAll(callMedia.doc(callId));
  if (media?.acceptRequestId !== requestId) {
    throw refuse('INVALID_TRANSITION', { state: seen.state, answeredElsewhere: true });
  }
  const call = await upToDate(ports, callId, seen);
  if (call.state === 'ended') throw invalidTransition(call);
  // A replay answers as before, with a token for the time that is paid by now.
  return {
    callId,
    state: 'connecting',
    media: await mediaAnswer(ports, { callId, call, party: 'callee', seat: seatOf(media, 'callee') }),
  };
}
