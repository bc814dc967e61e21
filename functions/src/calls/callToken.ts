/** A fresh media token; a client asks when the call connects, when the grant moves, and when its token runs out. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { countHit } from '../platform/rateLimit.ts';
import type { AppPorts } from '../ports.ts';
import type { Limits } from '../settings.ts';
import { users } from '../users/documents.ts';
import type { tokenContract } from './contract.ts';
import { callBeats, calls } from './documents.ts';
import { partyOf } from './domain/receipt.ts';
import { mediaAnswer } from './media.ts';
import { invalidTransition } from './participant.ts';
import { upToDate } from './reachDeadline.ts';

/**
 * Answers with a token for the paid time. When the slice's deadline has passed, the call is extended first: the
 * client's renewal is the second trigger beside the task. It never shortens a grant.
 * @throws Refusal NOT_FOUND, INVALID_TRANSITION, RATE_LIMITED
 */
export async function callToken(
  ports: AppPorts,
  actor: Actor,
  { callId }: z.output<typeof tokenContract.input>,
) {
  const { limits } = await ports.settings();
  const seen = await ports.store.transaction(async (tx) => {
    const [call, me, beat] = await tx.getAll(
      calls.doc(callId),
      users.doc(actor.uid),
      callBeats.doc(callId, actor.uid),
    );
    actor.admit(me);
    const party = call && partyOf(call, actor.uid);
    if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
    const seat = beat?.seat;
    if (seat === undefined || (call.state !== 'connecting' && call.state !== 'ongoing'))
      throw invalidTransition(call);
    const now = ports.clock.now();
    tx.update(callBeats.doc(callId, actor.uid), { tokens: counted(beat?.tokens, limits, now) });
    return { callId, call, party, seat };
  });
  const call = await upToDate(ports, callId, seen.call);
  if (call.state === 'ended') throw invalidTransition(call);
  return {
    media: await mediaAnswer(ports, { ...seen, call }),
    grantedUntil: call.grantedUntil?.toISOString() ?? null,
    final: call.final,
  };
}

const TOKENS = 'calls.token';

/** @throws Refusal RATE_LIMITED */
function counted(tokens: Date[] | undefined, { mediaTokensPerMinute }: Limits, now: Date): Date[] {
  const window = { key: TOKENS, max: mediaTokensPerMinute, windowSec: 60 };
  const { hits } = countHit({ hits: { [TOKENS]: tokens ?? [] }, expireAt: now }, [window], now);
  return hits[TOKENS] ?? [];
}
