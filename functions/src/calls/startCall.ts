/** A caller rings a listener: everything is checked and reserved in one transaction. */
import type { z } from 'zod';
import { changeWallet, occupy, placeHold } from '../ledger/domain/wallet.ts';
import { entries, wallets } from '../ledger/documents.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { availabilityFields, listenerCards, type ListenerCard } from '../listeners/documents.ts';
import { pushTargets, type PushTargets } from '../notifications/documents.ts';
import type { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { invariant, refuse } from '../platform/errors.ts';
import { derivedId, inputHash } from '../platform/ids.ts';
import { commitAndDeliver, type Post, type Posted } from '../platform/outbox.ts';
import { countHit, rateLimits, type RateLimits } from '../platform/rateLimit.ts';
import type { DocRef } from '../platform/store/collection.ts';
import { StoreError, type Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { momentOf } from '../presence/availability.ts';
import { presences } from '../presence/documents.ts';
import type { Features, Limits, Settings } from '../settings.ts';
import { displayNameOf } from '../users/displayName.ts';
import { users, type User } from '../users/documents.ts';
import { callable, type Callable, type StartState } from './callable.ts';
import type { startContract } from './contract.ts';
import { calls, NO_TRACKS, type Call } from './documents.ts';
import { affordableMinutes, planHold, requiredCoins, type Price } from './domain/charging.ts';
import { deadlineEffects, incomingCallPush } from './effects.ts';
import { postMissedAttempt } from './missedAttempt.ts';
import { freeOfCharge, priceOf } from './price.ts';

type Input = z.output<typeof startContract.input>;
type Answer = z.input<typeof startContract.output>;

/** What the transaction led to; `availableBefore` is known only to the run that made the call. */
interface Started {
  readonly kind: 'started';
  readonly call: Call;
  readonly availableBefore?: number;
  readonly posted?: Posted | undefined;
}
/** Refused, but only after the commit of what the listener is told. */
interface Offline {
  readonly kind: 'offline';
  readonly posted: Posted | undefined;
}
/** The callee's profile and devices have to be read. Nothing was written. */
interface Unsure {
  readonly kind: 'unsure';
}

/** What few starts need, and so is read only by a second attempt. */
interface Extras {
  /** The caller's own card: a caller who is an approved listener is taken to have one. */
  readonly ownCard: boolean;
  /** The callee's profile and devices: staff calls, or a listener can be called who is away. */
  readonly callee: boolean;
}

/**
 * Starts a call. The call id follows from (uid, requestId), so a repeated request finds the call it made.
 * @throws Refusal in this order: SELF_CALL, CALLEE_NOT_CALLABLE, CALLEE_OFFLINE, CALLEE_BUSY, CALLER_BUSY,
 *   INSUFFICIENT_COINS, RATE_LIMITED; IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function startCall(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const callId = derivedId('calls/start', actor.uid, input.requestId);
  let outcome = await startWithCard(ports, actor, input, false);
  if (outcome.kind === 'unsure') outcome = await startWithCard(ports, actor, input, true);
  if (outcome.kind !== 'started') throw refuse('CALLEE_OFFLINE');
  const availableBefore = outcome.availableBefore ?? (await availableBeforeStart(ports, actor.uid, callId));
  return answerOf(callId, outcome.call, availableBefore, input.estimatedMinutes);
}

async function startWithCard(ports: AppPorts, actor: Actor, input: Input, callee: boolean) {
  try {
    return await startOnce(ports, actor, input, { ownCard: false, callee });
  } catch (fault) {
    if (!(fault instanceof StoreError) || fault.code !== 'NOT_FOUND') throw fault;
    return await startOnce(ports, actor, input, { ownCard: true, callee });
  }
}

async function startOnce(
  ports: AppPorts,
  actor: Actor,
  input: Input,
  extras: Extras,
): Promise<Started | Offline | Unsure> {
  const settings = await ports.settings();
  const { calleeId, type, estimatedMinutes } = input;
  const callId = derivedId('calls/start', actor.uid, input.requestId);
  const hash = inputHash({ calleeId, type, estimatedMinutes });
  return await commitAndDeliver<Started | Offline | Unsure>(ports, async (tx, post) => {
    const [existing, caller, callerWallet, calleeWallet, presence, card, limits, ...others] = await tx.getAll(
      calls.doc(callId),
      users.doc(actor.uid),
      wallets.doc(actor.uid),
      wallets.doc(calleeId),
      presences.doc(calleeId),
      listenerCards.doc(calleeId),
      rateLimits.doc(actor.uid),
      ...extraRefs(extras, actor.uid, calleeId),
    );
    actor.admit(caller);
    if (existing !== undefined) {
      if (existing.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');
      return { kind: 'started', call: existing };
    }
    if (caller === undefined) throw refuse('NOT_REGISTERED');
    const { ownCard, ...callee } = extrasOf(extras, others);
    const state: StartState = { caller, callerWallet, calleeWallet, presence, card, limits, ...callee };
    const byListener = caller.listenerStatus === 'approved';
    const callerHasCard = extras.ownCard ? ownCard !== undefined : byListener;
    const byOperator = actor.isOperator(caller);
    const ofStaff = byOperator || byListener;
    const asked = { callId, callerId: actor.uid, callerHasCard, byOperator, ofStaff, input, hash, settings };
    return decide(ports, { tx, post }, state, asked);
  });
}

/** The documents that `extras` asks for, in the order in which `extrasOf` takes them. */
function extraRefs({ ownCard, callee }: Extras, callerId: string, calleeId: string): DocRef[] {
  return [
    ...(ownCard ? [listenerCards.doc(callerId)] : []),
    ...(callee ? [pushTargets.doc(calleeId), users.doc(calleeId)] : []),
  ];
}

function extrasOf(extras: Extras, found: readonly unknown[]) {
  const rest = [...found];
  const ownCard = (extras.ownCard ? rest.shift() : undefined) as ListenerCard | undefined;
  if (!extras.callee) return { ownCard, targets: 'unread', callee: 'unread' } as const;
  const [targets, callee] = rest as [PushTargets | undefined, User | undefined];
  return { ownCard, targets, callee };
}

interface Asked {
  readonly callId: string;
  readonly callerId: string;
  readonly callerHasCard: boolean;
  /** Operators do not pay. */
  readonly byOperator: boolean;
  /** Nor do listeners who call an operator. */
  readonly ofStaff: boolean;
  readonly input: Input;
  readonly hash: string;
  readonly settings: Settings;
}

type Judged = Extract<Callable, { readonly kind: 'callable' }>;

/** Decides on what was read, and writes what follows. */
function decide(
  ports: AppPorts,
  { tx, post }: { readonly tx: Transaction; readonly post: Post },
  state: StartState,
  asked: Asked,
): Started | Offline | Unsure {
  const { callId, callerId, callerHasCard, input, hash, settings } = asked;
  const { caller, callerWallet, calleeWallet } = state;
  const { calleeId, type } = input;
  const { limits, features } = settings;
  const moment = momentOf(ports.clock, settings);
  const { now } = moment;
  const { callableWhenAway } = features;
  const judged = callable(state, {
    callerId,
    calleeId,
    type,
    moment,
    callableWhenAway,
    ofStaff: asked.ofStaff,
  });
  if (judged.kind === 'unsure') return judged;
  if (judged.kind === 'offline') {
    const callerName = displayNameOf(caller, features);
    const attempt = { callId, callerId, callerName, calleeId, stored: state.limits, limits, now };
    return { kind: 'offline', posted: postMissedAttempt(tx, post, attempt) };
  }
  const { card, operator } = judged;
  const listed = priceOf(settings, type);
  const price = asked.byOperator || operator !== undefined ? freeOfCharge(listed) : listed;
  const availableBefore = callerWallet?.coins.available ?? 0;
  const hold = planStart(price, availableBefore);
  tx.set(rateLimits.doc(callerId), countStart(state.limits, calleeId, limits, now));
  const call = newCall({
    input,
    hash,
    settings,
    price,
    hold,
    caller,
    callerId,
    callerHasCard,
    callee: calleeOf(judged, features),
    now,
  });
  const holding = placeHold(
    changeWallet(callerId, callerWallet),
    { callId, slice: 0, coins: hold.coins },
    now,
  );
  saveWallet(tx, occupy(holding, callId, 'caller'));
  saveWallet(tx, occupy(changeWallet(calleeId, calleeWallet), callId, 'callee'));
  tx.create(calls.doc(callId), call);
  if (card !== undefined) tx.update(listenerCards.doc(calleeId), availabilityFields('busy'));
  if (callerHasCard) tx.update(listenerCards.doc(callerId), availabilityFields('busy'));
  const effects = [...deadlineEffects(callId, { after: call }), incomingCallPush(callId, call)];
  const posted = post(`call-${callId}-${call.slice}`, effects, now);
  return { kind: 'started', call, availableBefore, posted };
}

interface Callee {
  readonly displayName: string;
  readonly imageUrl: string | null;
  readonly hasCard: boolean;
}

/** What the call shows of the callee: what their card shows, or as much of an operator who has none. */
function calleeOf({ card, operator }: Judged, features: Features): Callee {
  if (card !== undefined) return { displayName: card.displayName, imageUrl: card.imageUrl, hasCard: true };
  invariant(operator !== undefined, 'only an operator is called without a card');
  return { displayName: displayNameOf(operator, features), imageUrl: operator.imageUrl, hasCard: false };
}

function planStart(price: Price, availableCoins: number) {
  const required = requiredCoins(price);
  if (availableCoins < required)
    throw refuse('INSUFFICIENT_COINS', { requiredCoins: required, availableCoins });
  return planHold(price, availableCoins, 0);
}

const HOUR_SEC = 3600;

function countStart(stored: RateLimits | undefined, calleeId: string, limits: Limits, now: Date): RateLimits {
  const windows = [
    { key: 'calls.start', max: limits.callsPerHour, windowSec: HOUR_SEC },
    { key: `calls.start:${calleeId}`, max: limits.callsPerHourToOne, windowSec: HOUR_SEC },
  ];
  return countHit(stored, windows, now);
}

interface NewCall {
  readonly input: Input;
  readonly hash: string;
  readonly settings: Settings;
  readonly price: Price;
  readonly hold: { readonly minutes: number; readonly final: boolean };
  readonly callee: Callee;
  readonly caller: User;
  readonly callerId: string;
  readonly callerHasCard: boolean;
  readonly now: Date;
}

function newCall({
  input,
  hash,
  settings,
  price,
  hold,
  callee,
  caller,
  callerId,
  callerHasCard,
  now,
}: NewCall): Call {
  const ringExpiresAt = addSec(now, settings.limits.ringSec);
  return {
    callerId,
    calleeId: input.calleeId,
    caller: { displayName: displayNameOf(caller, settings.features), imageUrl: caller.imageUrl },
    callee: { displayName: callee.displayName, imageUrl: callee.imageUrl },
    type: input.type,
    state: 'ringing',
    endReason: null,
    coinsPerMinute: price.coinsPerMinute,
    createdAt: now,
    ringExpiresAt,
    acceptedAt: null,
    connectedAt: null,
    grantedUntil: null,
    final: false,
    lastHold: hold.final,
    endedAt: null,
    durationSec: null,
    billedMinutes: null,
    slice: 0,
    deadlineAt: ringExpiresAt,
    dueAt: null,
    grantedMinutes: hold.minutes,
    joined: { caller: null, callee: null },
    seatKeys: null,
    mediaTracks: NO_TRACKS,
    mediaProvider: null,
    relayOnly: false,
    terms: price.terms,
    evidence: [],
    endedBy: null,
    endedWith: null,
    flagged: false,
    callerHasCard,
    calleeHasCard: callee.hasCard,
    inputHash: hash,
    expireAt: addSec(now, settings.limits.callRetentionDays * 24 * HOUR_SEC),
  };
}

/** A replay answers as before: what was available is told by the entry of the first hold. */
async function availableBeforeStart({ store }: AppPorts, uid: string, callId: string): Promise<number> {
  const [first] = await store.getAll(entries.doc(uid, `hold-${callId}-0`));
  return first === undefined ? 0 : first.balanceAfter - first.amount;
}

function answerOf(
  callId: string,
  call: Call,
  availableCoins: number,
  estimatedMinutes: number | undefined,
): Answer {
  return {
    callId,
    state: 'ringing',
    ringExpiresAt: call.ringExpiresAt.toISOString(),
    coinsPerMinute: call.coinsPerMinute,
    heldCoins: planHold(call, availableCoins, 0).coins,
    affordableMinutes: affordableMinutes(call, availableCoins),
    estimatedCoins: estimatedMinutes === undefined ? null : estimatedMinutes * call.coinsPerMinute,
  };
}
