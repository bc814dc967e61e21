/** A caller rings a listener: everything is checked and reserved in one transaction. */
import type { z } from 'zod';
import { changeWallet, occupy, placeHold } from '../ledger/domain/wallet.ts';
import { entries, wallets, type Wallet } from '../ledger/documents.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { availabilityFields, listenerCards, type ListenerCard } from '../listeners/documents.ts';
import type { Actor } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { refuse } from '../platform/errors.ts';
import { derivedId, inputHash } from '../platform/ids.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import { countHit, rateLimits, type RateLimits } from '../platform/rateLimit.ts';
import { StoreError } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { isMarkedBusy, isReachable } from '../presence/availability.ts';
import { presences, type Presence } from '../presence/documents.ts';
import type { Limits, Settings } from '../settings.ts';
import { displayNameOf } from '../users/displayName.ts';
import { users, type User } from '../users/documents.ts';
import type { startContract } from './contract.ts';
import { calls, type Call } from './documents.ts';
import { affordableMinutes, planHold, requiredCoins, type Price } from './domain/charging.ts';
import { deadlineEffects, incomingCallPush } from './effects.ts';
import { priceOf } from './price.ts';

type Input = z.output<typeof startContract.input>;
type Answer = z.input<typeof startContract.output>;

/** What the transaction led to; `availableBefore` is known only to the run that made the call. */
interface Started {
  readonly call: Call;
  readonly availableBefore?: number;
  readonly posted?: Posted | undefined;
}

/** What the transaction read, once. */
interface StartState {
  readonly caller: User;
  readonly callerWallet: Wallet | undefined;
  readonly calleeWallet: Wallet | undefined;
  readonly presence: Presence | undefined;
  readonly card: ListenerCard | undefined;
  readonly limits: RateLimits | undefined;
}

/**
 * Starts a call. The call id follows from (uid, requestId), so a repeated request finds the call it made.
 * @throws Refusal in this order: SELF_CALL, CALLEE_NOT_CALLABLE, CALLEE_OFFLINE, CALLEE_BUSY, CALLER_BUSY,
 *   INSUFFICIENT_COINS, RATE_LIMITED; IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function startCall(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  try {
    return await startOnce(ports, actor, input, { readOwnCard: false });
  } catch (fault) {
    // A caller who is an approved listener is taken to have a card; only when it is missing is it read first.
    if (!(fault instanceof StoreError) || fault.code !== 'NOT_FOUND') throw fault;
    return await startOnce(ports, actor, input, { readOwnCard: true });
  }
}

async function startOnce(
  ports: AppPorts,
  actor: Actor,
  input: Input,
  { readOwnCard }: { readonly readOwnCard: boolean },
): Promise<Answer> {
  const { clock } = ports;
  const settings = await ports.settings();
  const callId = derivedId('calls/start', actor.uid, input.requestId);
  const hash = inputHash({
    calleeId: input.calleeId,
    type: input.type,
    estimatedMinutes: input.estimatedMinutes,
  });
  const outcome = await commitAndDeliver(ports, async (tx, post): Promise<Started> => {
    const [existing, caller, callerWallet, calleeWallet, presence, card, limits, ownCard] = await tx.getAll(
      calls.doc(callId),
      users.doc(actor.uid),
      wallets.doc(actor.uid),
      wallets.doc(input.calleeId),
      presences.doc(input.calleeId),
      listenerCards.doc(input.calleeId),
      rateLimits.doc(actor.uid),
      ...(readOwnCard ? [listenerCards.doc(actor.uid)] : []),
    );
    actor.admit(caller);
    if (existing !== undefined) {
      if (existing.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');
      return { call: existing };
    }
    const now = clock.now();
    if (caller === undefined) throw refuse('NOT_REGISTERED');
    const state: StartState = { caller, callerWallet, calleeWallet, presence, card, limits };
    const listener = callable(ports, state, { input, callerId: actor.uid, settings, now });
    const price = priceOf(settings, input.type);
    const hold = planStart(price, callerWallet?.coins.available ?? 0);
    tx.set(rateLimits.doc(actor.uid), countStart(limits, input.calleeId, settings.limits, now));
    const callerHasCard = readOwnCard ? ownCard !== undefined : caller.listenerStatus === 'approved';
    const people = { caller, callerId: actor.uid, callerHasCard, listener };
    const call = newCall({ input, hash, settings, price, hold, ...people, now });
    const holding = placeHold(
      changeWallet(actor.uid, callerWallet),
      { callId, slice: 0, coins: hold.coins },
      now,
    );
    saveWallet(tx, occupy(holding, callId, 'caller'));
    saveWallet(tx, occupy(changeWallet(input.calleeId, calleeWallet), callId, 'callee'));
    tx.create(calls.doc(callId), call);
    tx.update(listenerCards.doc(input.calleeId), availabilityFields('busy'));
    if (call.callerHasCard) tx.update(listenerCards.doc(actor.uid), availabilityFields('busy'));
    const effects = [...deadlineEffects(callId, { after: call }), incomingCallPush(callId, call)];
    const availableBefore = callerWallet?.coins.available ?? 0;
    return { call, availableBefore, posted: post(`call-${callId}-${call.slice}`, effects, now) };
  });
  const availableBefore = outcome.availableBefore ?? (await availableBeforeStart(ports, actor.uid, callId));
  return answerOf(callId, outcome.call, availableBefore, input.estimatedMinutes);
}

interface StartRequest {
  readonly input: Input;
  readonly callerId: string;
  readonly settings: Settings;
  readonly now: Date;
}

/** The refusals of a start, in the order of the contract, up to the coins. */
function callable(ports: AppPorts, state: StartState, request: StartRequest): ListenerCard {
  const { input, callerId, settings, now } = request;
  if (input.calleeId === callerId) throw refuse('SELF_CALL');
  const { card, presence, calleeWallet } = state;
  if (card === undefined || !card.callTypes.includes(input.type)) throw refuse('CALLEE_NOT_CALLABLE');
  const inCall = calleeWallet?.openCallId != null;
  const leaseSec = settings.limits.presenceLeaseSec;
  // In a call the call's beat replaces the presence beat, so an occupied person is reachable by definition.
  const reachable = inCall || isReachable(presence, { clock: ports.clock, now, leaseSec });
  if (!reachable || presence?.willing !== true) throw refuse('CALLEE_OFFLINE');
  refuseBusy(state, now);
  return card;
}

/** @throws Refusal CALLEE_BUSY, CALLER_BUSY */
function refuseBusy({ presence, calleeWallet, callerWallet }: StartState, now: Date): void {
  const { openCallId = null, openCallRole = null } = callerWallet ?? {};
  const calleeCallId = calleeWallet?.openCallId ?? null;
  // Glare: the callee is busy with calling this caller, whose app can take that call instead.
  const glare = openCallRole === 'callee' && openCallId === calleeCallId;
  if (!glare && (calleeCallId !== null || isMarkedBusy(presence, now))) throw refuse('CALLEE_BUSY');
  if (openCallId !== null)
    throw refuse('CALLER_BUSY', { callId: openCallId, role: openCallRole ?? 'caller' });
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
  readonly listener: ListenerCard;
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
  listener,
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
    callee: { displayName: listener.displayName, imageUrl: listener.imageUrl },
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
    grantedMinutes: hold.minutes,
    joined: { caller: null, callee: null },
    terms: price.terms,
    evidence: [],
    endedBy: null,
    endedWith: null,
    flagged: false,
    callerHasCard,
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
