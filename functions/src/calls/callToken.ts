/** A fresh media token; a client asks when the call connects, when the grant moves, and when its token runs out. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { countHit, rateLimits } from '../platform/rateLimit.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { tokenContract } from './contract.ts';
import { callMedia, calls } from './documents.ts';
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
    const [call, me, media, hits] = await tx.getAll(
      calls.doc(callId),
      users.doc(actor.uid),
      callMedia.doc(callId),
      rateLimits.doc(actor.uid),
    );
    actor.admit(me);
    const party = call && partyOf(call, actor.uid);
    if (call === undefined || party === undefined) throw refuse('NOT_FOUND');
    if (media === undefined || (call.state !== 'connecting' && call.state !== 'ongoing'))
      throw invalidTransition(call);
    const window = { key: 'calls.token', max: limits.mediaTokensPerMinute, windowSec: 60 };
    tx.set(rateLimits.doc(actor.uid), countHit(hits, [window], ports.clock.now()));
    return { call, media, party };
  });
  const call = await upToDate(ports, callId, seen.call);
  if (call.state === 'ended') throw invalidTransition(call);
  return {
    media: await mediaAnswer(ports, { ...seen, call }),
    grantedUntil: call.grantedUntil?.toISOString() ?? null,
    final: call.final,
  };
}
