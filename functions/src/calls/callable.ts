/** Whether a callee can be called now: the refusals of a start up to the coins, in the order of the contract. */
import type { Wallet } from '../ledger/documents.ts';
import type { ListenerCard } from '../listeners/documents.ts';
import type { PushTargets } from '../notifications/documents.ts';
import { refuse } from '../platform/errors.ts';
import type { RateLimits } from '../platform/rateLimit.ts';
import { isAway, isMarkedBusy, isReachable, mayBeAway, type Moment } from '../presence/availability.ts';
import type { Presence } from '../presence/documents.ts';
import type { User } from '../users/documents.ts';
import type { CallType } from './documents.ts';

/** What the transaction of a start read, once. */
export interface StartState {
  readonly caller: User;
  readonly callerWallet: Wallet | undefined;
  readonly calleeWallet: Wallet | undefined;
  readonly presence: Presence | undefined;
  readonly card: ListenerCard | undefined;
  readonly limits: RateLimits | undefined;
  /** The callee's devices; `unread` where they were not asked for. */
  readonly targets: PushTargets | undefined | 'unread';
}

export interface StartRequest {
  readonly callerId: string;
  readonly calleeId: string;
  readonly type: CallType;
  readonly moment: Moment;
  /** The setting of that name. */
  readonly callableWhenAway: boolean;
}

export type Callable =
  | { readonly kind: 'callable'; readonly listener: ListenerCard }
  /** To be refused as CALLEE_OFFLINE. */
  | { readonly kind: 'offline' }
  /** Only the callee's devices can tell. */
  | { readonly kind: 'unsure' };

/** @throws Refusal SELF_CALL, CALLEE_NOT_CALLABLE, CALLEE_BUSY, CALLER_BUSY */
export function callable(state: StartState, request: StartRequest): Callable {
  if (request.calleeId === request.callerId) throw refuse('SELF_CALL');
  const { card } = state;
  if (card === undefined || !card.callTypes.includes(request.type)) throw refuse('CALLEE_NOT_CALLABLE');
  const reachable = reach(state, request);
  if (reachable !== 'reachable') return { kind: reachable };
  refuseBusy(state, request.moment.now);
  return { kind: 'callable', listener: card };
}

function reach(
  { presence, calleeWallet, targets }: StartState,
  { moment, callableWhenAway }: StartRequest,
): 'reachable' | 'offline' | 'unsure' {
  if (presence?.willing !== true) return 'offline';
  // In a call the call's beat replaces the presence beat, so an occupied person is reachable by definition.
  const inCall = calleeWallet?.openCallId != null;
  if (inCall || isReachable(presence, moment)) return 'reachable';
  if (!callableWhenAway || !mayBeAway(presence, moment)) return 'offline';
  if (targets === 'unread') return 'unsure';
  return isAway({ presence, targets }, moment) ? 'reachable' : 'offline';
}

function refuseBusy({ presence, calleeWallet, callerWallet }: StartState, now: Date): void {
  const { openCallId = null, openCallRole = null } = callerWallet ?? {};
  const calleeCallId = calleeWallet?.openCallId ?? null;
  // Glare: the callee is busy with calling this caller, whose app can take that call instead.
  const glare = openCallRole === 'callee' && openCallId === calleeCallId;
  if (!glare && (calleeCallId !== null || isMarkedBusy(presence, now))) throw refuse('CALLEE_BUSY');
  if (openCallId !== null)
    throw refuse('CALLER_BUSY', { callId: openCallId, role: openCallRole ?? 'caller' });
}
