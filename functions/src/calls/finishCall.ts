/**
 * Ends a call and settles it, exactly once, whoever and whatever causes the end: a participant, an operator, a timer,
 * the sweep. One transaction changes the state, both wallets, the presence of both and the card.
 */
import { changeWallet, creditEarning, settleHold, vacate } from '../ledger/domain/wallet.ts';
import { wallets, type Wallet } from '../ledger/documents.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import { listenerCards } from '../listeners/documents.ts';
import { pushTargets, type PushTargets } from '../notifications/documents.ts';
import { latest } from '../platform/clock.ts';
import { invariant, refuse } from '../platform/errors.ts';
import { commitAndDeliver, type Post, type Posted } from '../platform/outbox.ts';
import type { DocRef } from '../platform/store/collection.ts';
import { StoreError, type Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { momentOf } from '../presence/availability.ts';
import { presences, type Presence } from '../presence/documents.ts';
import type { Settings } from '../settings.ts';
import { countCall } from './countCall.ts';
import { callBeats, callNotes, calls } from './documents.ts';
import type { Call, CallBeat, EndOperation, Party } from './documents.ts';
import { chargeFor, heldCoins } from './domain/charging.ts';
import { overdueEnd } from './domain/extension.ts';
import { applyEvent, type Outcome } from './domain/lifecycle.ts';
import type { CallEvent } from './domain/transitions.ts';
import { endEffects } from './effects.ts';
import { freeParty } from './freeParties.ts';

/** Which call, with what the caller of this function has read of it before; these fields never change. */
export interface CallIdentity {
  readonly callId: string;
  readonly callerId: string;
  readonly calleeId: string;
  readonly callerHasCard: boolean;
  readonly calleeHasCard: boolean;
}

/** The state inside the transaction. */
export interface FinishState {
  readonly call: Call;
  readonly callerWallet: Wallet | undefined;
  readonly calleeWallet: Wallet | undefined;
  readonly calleePresence: Presence | undefined;
  readonly callerPresence: Presence | undefined;
  /** Devices of those with a card, where one can be called who is away. */
  readonly targets: Readonly<Record<Party, PushTargets | undefined>>;
  /** Whose card is to be updated. */
  readonly hasCard: Readonly<Record<Party, boolean>>;
  readonly beats: readonly (CallBeat | undefined)[];
}

/** Cards are updated unread; only when one turns out to be missing are they read first. */
type Cards = 'assumed' | 'checked';

export interface FinishRequest {
  /** The event to apply, decided on the fresh state; undefined when there is nothing to do any more. */
  readonly decide: (state: FinishState, now: Date) => CallEvent | undefined;
  /** Also read both beats: whether a party is lost, or still there without its media. */
  readonly withBeats?: boolean;
  /** The slice whose deadline task is running. */
  readonly firedSlice?: number;
  readonly note?: { readonly operation: EndOperation; readonly by: string; readonly text: string };
}

/** What came of it: the call as it is now, and whether the event was taken, repeated or refused. */
export interface Finished {
  readonly outcome: Outcome['kind'] | 'nothing';
  readonly call: Call;
}

/**
 * Applies an ending event in one transaction, after any deadline that has passed: a late event meets the state that
 * the deadline has made.
 * @throws Refusal NOT_FOUND when the call is gone
 */
export async function finishCall(
  ports: AppPorts,
  identity: CallIdentity,
  request: FinishRequest,
): Promise<Finished> {
  try {
    return await finishOnce(ports, identity, { ...request, cards: 'assumed' });
  } catch (fault) {
    // The only documents that are updated unread are the cards. Money must not wait for a card that somebody deleted.
    if (!(fault instanceof StoreError) || fault.code !== 'NOT_FOUND') throw fault;
    const { callId } = identity;
    ports.log.write('ERROR', 'a card is missing, the call is settled without it', { callId });
    return await finishOnce(ports, identity, { ...request, cards: 'checked' });
  }
}

async function finishOnce(
  ports: AppPorts,
  identity: CallIdentity,
  request: FinishRequest & { readonly cards: Cards },
): Promise<Finished> {
  const settings = await ports.settings();
  const withTargets = settings.features.callableWhenAway;
  return commitAndDeliver<Finished>(ports, async (tx, post) => {
    const state = await readState(tx, identity, { ...request, withTargets });
    const now = ports.clock.now();
    const event = request.decide(state, now);
    if (event === undefined) return { outcome: 'nothing', call: state.call };
    const { ended, outcome, call } = step(state, event, now);
    if (ended === undefined) {
      // Who reports an emergency just after the other side hung up is heard; the ended call itself never changes.
      const emergency = outcome === 'replayed' && event.type === 'emergencyEnd';
      if (emergency) writeNote(tx, { callId: identity.callId, call, note: request.note, now });
      return { outcome, call };
    }
    const { firedSlice, note } = request;
    const lost = lostParties(event);
    const ending = { identity, state, ended, now, lost, firedSlice, settings };
    const posted = writeEnd(ports, { tx, post }, ending);
    writeNote(tx, { callId: identity.callId, call: ended, note, now });
    return { outcome, call, posted };
  });
}

interface Noting {
  readonly callId: string;
  readonly call: Call;
  readonly note: FinishRequest['note'];
  readonly now: Date;
}

function writeNote(tx: Transaction, { callId, call, note, now }: Noting): void {
  if (note === undefined) return;
  const { operation, by, text } = note;
  // What is said again without words takes nothing back.
  tx.set(callNotes.doc(callId, text === '' ? `${by}-wordless` : by), {
    operation,
    by,
    note: text,
    at: now,
    expireAt: call.expireAt,
  });
}

async function readState(
  tx: Transaction,
  identity: CallIdentity,
  request: FinishRequest & { readonly cards: Cards; readonly withTargets: boolean },
): Promise<FinishState> {
  const { callId, callerId, calleeId, callerHasCard, calleeHasCard } = identity;
  const { withTargets } = request;
  const checked = request.cards === 'checked';
  const extraRefs: DocRef[] = [
    ...(withTargets ? [pushTargets.doc(callerId), pushTargets.doc(calleeId)] : []),
    ...(checked ? [listenerCards.doc(callerId), listenerCards.doc(calleeId)] : []),
    ...(request.withBeats === true ? [callBeats.doc(callId, callerId), callBeats.doc(callId, calleeId)] : []),
  ];
  const [call, callerWallet, calleeWallet, calleePresence, callerPresence, ...extra] = await tx.getAll(
    calls.doc(callId),
    wallets.doc(callerId),
    wallets.doc(calleeId),
    presences.doc(calleeId),
    presences.doc(callerId),
    ...extraRefs,
  );
  if (call === undefined) throw refuse('NOT_FOUND');
  const devices = (withTargets ? extra.splice(0, 2) : []) as (PushTargets | undefined)[];
  const found = checked ? extra.splice(0, 2) : undefined;
  // Whoever was approved in the middle of the call has a card that shows busy, and that nothing else would free.
  const mayHaveCard = {
    caller: callerHasCard || callerPresence?.hasCard === true,
    callee: calleeHasCard || calleePresence?.hasCard === true,
  };
  const hasCard = {
    caller: mayHaveCard.caller && (found === undefined || found[0] !== undefined),
    callee: mayHaveCard.callee && (found === undefined || found[1] !== undefined),
  };
  const beats = extra as (CallBeat | undefined)[];
  const targets = { caller: devices[0], callee: devices[1] };
  return { call, callerWallet, calleeWallet, calleePresence, callerPresence, targets, hasCard, beats };
}

interface Step {
  readonly outcome: Outcome['kind'];
  readonly call: Call;
  /** Set when this step ended the call. */
  readonly ended: Call | undefined;
}

function step({ call, callerWallet }: FinishState, event: CallEvent, now: Date): Step {
  // Who was lost before a deadline was lost first: the cut at the end of the grant would be paid for by nobody's use.
  const overdue =
    event.type === 'lost' ? undefined : overdueEnd(call, callerWallet?.coins.available ?? 0, now);
  const first = overdue === undefined ? undefined : applyEvent(call, overdue, now);
  if (first?.kind === 'moved') {
    const repeated = applyEvent(first.call, event, now);
    const heard = event.type === 'emergencyEnd' && repeated.kind === 'replayed';
    const ended = heard ? { ...first.call, flagged: true } : first.call;
    return { outcome: repeated.kind, call: ended, ended };
  }
  const outcome = applyEvent(call, event, now);
  if (outcome.kind !== 'moved') return { outcome: outcome.kind, call, ended: undefined };
  invariant(outcome.call.state === 'ended', 'finishCall takes only events that end a call');
  return { outcome: 'moved', call: outcome.call, ended: outcome.call };
}

function lostParties(event: CallEvent): readonly Party[] {
  // Whoever has left the media may still have the app open: their own beats tell.
  if (event.type !== 'lost' || event.from === 'media') return [];
  return event.both === true ? ['caller', 'callee'] : [event.by];
}

interface Ending {
  readonly identity: CallIdentity;
  readonly state: FinishState;
  readonly ended: Call;
  readonly now: Date;
  readonly lost: readonly Party[];
  readonly firedSlice: number | undefined;
  readonly settings: Settings;
}

function writeEnd(
  ports: AppPorts,
  { tx, post }: { readonly tx: Transaction; readonly post: Post },
  ending: Ending,
): Posted | undefined {
  const { identity, state, ended, now, firedSlice } = ending;
  const { callId } = identity;
  const { endReason, endedAt, durationSec, billedMinutes, slice, endedBy, endedWith, flagged, evidence } =
    ended;
  const changed = {
    endReason,
    endedAt,
    durationSec,
    billedMinutes,
    slice,
    endedBy,
    endedWith,
    flagged,
    evidence,
  };
  tx.update(calls.doc(callId), { state: 'ended', deadlineAt: null, dueAt: null, ...changed });
  settle(tx, ending);
  countCall(tx, ended);
  freeParties(ports, tx, ending);
  const change = { before: state.call, after: ended, now, ...(firedSlice !== undefined && { firedSlice }) };
  return post(`call-${callId}-${slice}`, endEffects(callId, change), now);
}

function settle(tx: Transaction, { identity, state, ended, now }: Ending): void {
  const { callId, callerId, calleeId } = identity;
  const held = heldCoins(ended);
  const times = { connectedAt: ended.connectedAt, endedAt: ended.endedAt ?? now };
  const { chargeCoins, earnedCoins } = chargeFor(ended, times, held);
  const settled = settleHold(changeWallet(callerId, state.callerWallet), { callId, chargeCoins }, now);
  invariant(settled.heldCoins === held, 'the wallet holds what the call says');
  const { chargedBonusCoins } = settled;
  const earning = { callId, earnedCoins, chargeCoins, chargedBonusCoins };
  saveWallet(tx, vacate(settled.change, callId));
  saveWallet(tx, vacate(creditEarning(changeWallet(calleeId, state.calleeWallet), earning, now), callId));
}

function freeParties(ports: AppPorts, tx: Transaction, ending: Ending): void {
  const { identity, state, ended, lost, settings, now } = ending;
  const { callId, callerId, calleeId } = identity;
  const call = { callId, ended, moment: { ...momentOf(ports.clock, settings), now } };
  const of = (party: Party) => ({
    party,
    lost: lost.includes(party),
    lastSign: lastSignOf(ports, ending, party),
    hasCard: state.hasCard[party],
    targets: state.targets[party],
  });
  freeParty(tx, { ...of('caller'), uid: callerId, presence: state.callerPresence }, call);
  freeParty(tx, { ...of('callee'), uid: calleeId, presence: state.calleePresence }, call);
}

/** Beats tell more than the leave where they were read: an app may be there without its media. */
function lastSignOf({ clock }: AppPorts, { state, ended }: Ending, party: Party): Date | null {
  const { leftAt } = ended.mediaTracks[party];
  if (leftAt === null || ended.endReason !== 'connection_lost') return null;
  const beat = state.beats[party === 'caller' ? 0 : 1];
  return beat === undefined ? leftAt : latest(leftAt, clock.fromServerTime(beat.at));
}
