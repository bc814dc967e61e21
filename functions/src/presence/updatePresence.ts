/** Somebody goes online or offline, takes calls or not, or is busy until a moment. */
import type { z } from 'zod';
import { wallets } from '../ledger/documents.ts';
import { profileFields } from '../listeners/card.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets } from '../notifications/documents.ts';
import type { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { refuse } from '../platform/errors.ts';
import { answerBefore, keepAnswer, requestKey } from '../platform/idempotency.ts';
import { commitAndDeliver, type Post, type Posted } from '../platform/outbox.ts';
import type { Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { Limits } from '../settings.ts';
import { users } from '../users/documents.ts';
import { awayEndOf, momentOf, shownOf, type Moment } from './availability.ts';
import { updateContract } from './contract.ts';
import { presences, type Presence } from './documents.ts';
import { dropBusyEnd, postAwayEnd, postBusyEnd } from './effects.ts';
import { onlineAgain } from './heartbeat.ts';
import { ownPresenceView } from './presenceView.ts';
import { showOnCard } from './showOnCard.ts';

type Input = z.output<typeof updateContract.input>;
type Answer = z.output<typeof updateContract.output>;

/**
 * What is left out stays as it is. A call is never ended by it, and who is in a call stays busy.
 * @throws Refusal INVALID_INPUT for a `busyUntil` that is past or too far ahead, IDEMPOTENCY_MISMATCH for the same
 *   requestId with other input
 */
export async function updatePresence(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const { uid } = actor;
  const { requestId } = input;
  const settings = await ports.settings();
  const { callableWhenAway } = settings.features;
  // A repetition that arrives late must not undo what was said since.
  const key =
    requestId === undefined ? undefined : requestKey(uid, updateContract.name, { ...input, requestId });
  const { answer } = await commitAndDeliver(ports, async (tx, post) => {
    const [user, stored, wallet, card, ...others] = await tx.getAll(
      users.doc(uid),
      presences.doc(uid),
      wallets.doc(uid),
      listenerCards.doc(uid),
      pushTargets.doc(uid),
      ...(key === undefined ? [] : [key.ref]),
    );
    actor.admit(user);
    if (user === undefined) throw refuse('NOT_REGISTERED');
    const [targets, record] = others;
    const before = key && answerBefore(key, record, updateContract.output);
    if (before !== undefined) return { answer: before, posted: undefined };
    const moment = momentOf(ports.clock, settings);
    const presence = changed(stored, input, { moment, limits: settings.limits, hasCard: card !== undefined });
    tx.set(presences.doc(uid), presence);
    const standing = { presence, inCall: wallet?.openCallId != null };
    const shown = shownOf({ ...standing, ...(callableWhenAway && { targets }) }, moment);
    showOnCard(tx, uid, { card, shown, copied: profileFields(user, moment.now) });
    postAwayEnd(tx, { uid, until: awayEndOf(shown, targets), now: moment.now });
    const made: Answer = { presence: ownPresenceView(uid, standing, moment) };
    if (key !== undefined) keepAnswer(tx, key, made, moment.now);
    const posted = moveBusyEnd({ tx, post }, { uid, stored, presence, now: moment.now });
    return { answer: made, posted };
  });
  return answer;
}

interface Circumstances {
  readonly moment: Moment;
  readonly limits: Limits;
  readonly hasCard: boolean;
}

function changed(
  stored: Presence | undefined,
  input: Input,
  { moment, limits, hasCard }: Circumstances,
): Presence {
  const { willing, online } = input;
  const at = moment.clock.toServerTime(moment.now);
  const before = stored ?? { at, online: false, willing: false, busyUntil: null, hasCard };
  const presence =
    online === true
      ? onlineAgain(before, moment, hasCard)
      : { ...before, hasCard, ...(online === false && { at, online, lapsed: false }) };
  return {
    ...presence,
    ...(willing !== undefined && { willing }),
    ...(input.busyUntil !== undefined && { busyUntil: busyMark(input.busyUntil, moment.now, limits) }),
  };
}

function busyMark(text: string | null, now: Date, { busyMaxSec }: Limits): Date | null {
  if (text === null) return null;
  const busyUntil = new Date(text);
  const wrong = (message: string) => refuse('INVALID_INPUT', { issues: [{ path: 'busyUntil', message }] });
  if (busyUntil <= now) throw wrong('not in the future');
  if (busyUntil > addSec(now, busyMaxSec)) throw wrong(`more than ${busyMaxSec} s ahead`);
  return busyUntil;
}

interface Mark {
  readonly uid: string;
  readonly stored: Presence | undefined;
  readonly presence: Presence;
  readonly now: Date;
}

function moveBusyEnd(
  { tx, post }: { readonly tx: Transaction; readonly post: Post },
  { uid, stored, presence, now }: Mark,
): Posted | undefined {
  const old = stored?.busyUntil ?? null;
  const { busyUntil } = presence;
  if (old?.getTime() === busyUntil?.getTime()) return undefined;
  if (old !== null) dropBusyEnd(tx, uid, old);
  return busyUntil === null ? undefined : postBusyEnd(tx, post, { uid, busyUntil, now });
}
