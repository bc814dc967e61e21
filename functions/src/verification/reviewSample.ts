/** An operator approves or rejects a sample. Approval makes the listener callable, all in one transaction. */
import type { z } from 'zod';
import { copiedFields } from '../listeners/card.ts';
import { availabilityFields, listenerCards, type ListenerCard } from '../listeners/documents.ts';
import { pushEffect, type PushEffect } from '../notifications/pushEffect.ts';
import { sessions, type Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { readStoredSettings } from '../platform/config.ts';
import { refuse } from '../platform/errors.ts';
import { keepAnswer, requestKey, type RequestKey } from '../platform/idempotency.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import type { Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { wallets, type Wallet } from '../ledger/documents.ts';
import { momentOf, shownOf } from '../presence/availability.ts';
import { presences, type Presence } from '../presence/documents.ts';
import { settingsDeclarations, type Settings } from '../settings.ts';
import { users, type User } from '../users/documents.ts';
import { reviewContract } from './contract.ts';
import { samples, verifications, type Sample } from './documents.ts';
import { wasAnswered } from './requests.ts';
import { sampleView } from './sampleView.ts';

type Input = z.output<typeof reviewContract.input>;

interface Reviewed {
  readonly sample: Sample;
  readonly posted?: Posted | undefined;
}

/**
 * The same verdict again answers as before.
 * @throws Refusal NOT_FOUND for an unknown sample, and when its owner is no listener any more or banned;
 *   INVALID_TRANSITION for the other verdict; IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function reviewSample(ports: AppPorts, actor: Actor, input: Input) {
  const { sampleId, requestId } = input;
  const key =
    requestId === undefined ? undefined : requestKey(actor.uid, reviewContract.name, { ...input, requestId });
  // Whose it is never changes, and tells what the transaction has to read.
  const [me, found] = await ports.store.getAll(sessions.doc(actor.uid), samples.doc(sampleId));
  actor.admit(me);
  if (found === undefined) throw refuse('NOT_FOUND');
  const { listenerId } = found;
  const settings = await freshSettings(ports);
  const reviewed = await commitAndDeliver(ports, async (tx, post): Promise<Reviewed> => {
    const state = await readState(tx, { actor, sampleId, listenerId, key });
    if (state.answered || state.sample.status === input.status) return { sample: state.sample };
    if (state.sample.status !== 'pending') throw refuse('INVALID_TRANSITION', { state: state.sample.status });
    const now = ports.clock.now();
    const listener = presentListener(state.listener, now);
    const sample = { ...state.sample, ...verdict(actor, input, now) };
    tx.update(samples.doc(sampleId), verdict(actor, input, now));
    tx.update(verifications.doc(listenerId), { pendingSampleId: null });
    tx.update(users.doc(listenerId), { listenerStatus: input.status });
    if (input.status === 'approved') writeCard(ports, tx, { ...state, listener, listenerId, settings, now });
    else if (state.card !== undefined) removeCard(tx, listenerId, state.presence);
    if (key !== undefined) keepAnswer(tx, key, { sampleId }, now);
    const posted = post(`verification-${sampleId}`, [resultPush(sampleId, sample, now)], now);
    return { sample, posted };
  });
  return { sample: await sampleView(ports, sampleId, reviewed.sample) };
}

/** A new card must not show what a change has just taken off all others, as an instance's cache may still have it. */
async function freshSettings(ports: AppPorts): Promise<Settings> {
  const [{ pricing, features }, inForce] = await Promise.all([
    readStoredSettings(ports.store, settingsDeclarations),
    ports.settings(),
  ]);
  return {
    limits: inForce.limits,
    pricing: pricing ?? inForce.pricing,
    features: features ?? inForce.features,
  };
}

interface State {
  /** The request came before. */
  readonly answered: boolean;
  readonly sample: Sample;
  readonly listener: User | undefined;
  readonly card: ListenerCard | undefined;
  readonly presence: Presence | undefined;
  readonly wallet: Wallet | undefined;
}

interface Asked {
  readonly actor: Actor;
  readonly sampleId: string;
  readonly listenerId: string;
  readonly key: RequestKey | undefined;
}

async function readState(tx: Transaction, { actor, sampleId, listenerId, key }: Asked): Promise<State> {
  const [me, sample, listener, card, presence, wallet, record] = await tx.getAll(
    sessions.doc(actor.uid),
    samples.doc(sampleId),
    users.doc(listenerId),
    listenerCards.doc(listenerId),
    presences.doc(listenerId),
    wallets.doc(listenerId),
    ...(key === undefined ? [] : [key.ref]),
  );
  actor.admit(me);
  if (sample === undefined) throw refuse('NOT_FOUND');
  return {
    answered: key !== undefined && wasAnswered(key, record),
    sample,
    listener,
    card,
    presence,
    wallet,
  };
}

/** Nobody is judged, least of all made callable, who is not a listener any more or must not be here. */
function presentListener(user: User | undefined, now: Date): User {
  const banned = user?.bannedUntil != null && user.bannedUntil > now;
  if (user === undefined || banned || !user.roles.includes('listener')) throw refuse('NOT_FOUND');
  return user;
}

function verdict(actor: Actor, { status, remarks }: Input, now: Date) {
  return { status, remarks: remarks ?? null, reviewedAt: now, reviewedBy: actor.uid };
}

interface Approval extends Omit<State, 'answered' | 'sample'> {
  readonly listener: User;
  readonly listenerId: string;
  readonly settings: Settings;
  readonly now: Date;
}

/** The approved person takes calls from now on; what others have said of them before is kept. */
function writeCard(ports: AppPorts, tx: Transaction, approval: Approval): void {
  const { listener, listenerId, card, presence, wallet, settings, now } = approval;
  const { rating = 0, ratingCount = 0, callCount = 0 } = card ?? {};
  const willing = presence && { ...presence, willing: true };
  const inCall = wallet?.openCallId != null;
  const shown = shownOf({ presence: willing, inCall }, { ...momentOf(ports.clock, settings), now });
  tx.set(listenerCards.doc(listenerId), {
    ...card,
    listenerId,
    ...copiedFields(listener, settings, now),
    rating,
    ratingCount,
    callCount,
    ...availabilityFields(shown.availability, shown.away),
  });
  const callable = { willing: true, hasCard: true };
  if (presence !== undefined) tx.update(presences.doc(listenerId), callable);
  // Never here before: the first beat makes them reachable.
  else {
    const at = ports.clock.toServerTime(now);
    tx.set(presences.doc(listenerId), { at, online: false, busyUntil: null, ...callable });
  }
}

/** Only approved people have a card, however they came by it. */
function removeCard(tx: Transaction, listenerId: string, presence: Presence | undefined): void {
  tx.delete(listenerCards.doc(listenerId));
  if (presence !== undefined) tx.update(presences.doc(listenerId), { hasCard: false });
}

/** News of a verdict is worth delivering to a phone that was off over the weekend. */
const NEWS_SEC = 3 * 86_400;

function resultPush(sampleId: string, { listenerId, status }: Sample, now: Date): PushEffect {
  const body =
    status === 'approved'
      ? 'Your voice sample was approved. You can take calls now.'
      : 'Your voice sample was not approved. You can send another one.';
  const notification = { title: 'Your application', body };
  return pushEffect(
    listenerId,
    'verification_result',
    { sampleId, status },
    addSec(now, NEWS_SEC),
    notification,
  );
}
