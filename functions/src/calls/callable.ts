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
  /** The callee's profile; `unread` where it was not asked for. */
  readonly callee: User | undefined | 'unread';
}

export interface StartRequest {
  readonly callerId: string;
  readonly calleeId: string;
  readonly type: CallType;
  readonly moment: Moment;
  /** The setting of that name. */
  readonly callableWhenAway: boolean;
  /** An operator or an approved listener calls: they may ring an operator. */
  readonly ofStaff: boolean;
}

export type Callable =
  | {
      readonly kind: 'callable';
      /** Undefined of an operator who is no listener. */
      readonly card: ListenerCard | undefined;
      /** Set when staff calls an operator. */
      readonly operator: User | undefined;
    }
  /** To be refused as CALLEE_OFFLINE. */
  | { readonly kind: 'offline' }
  /** Only the callee's profile or devices can tell. */
  | { readonly kind: 'unsure' };

/** @throws Refusal SELF_CALL, CALLEE_NOT_CALLABLE, CALLEE_BUSY, CALLER_BUSY */
export function callable(state: StartState, request: StartRequest): Callable {
  if (request.calleeId === request.callerId) throw refuse('SELF_CALL');
  const { card, callee } = state;
  if (request.ofStaff && callee === 'unread') return { kind: 'unsure' };
  const operator = operatorOf(state, request);
  // To everybody else an operator without a card is nobody: calls to them are for those who work with them.
  const takesCall = card === undefined ? operator !== undefined : card.callTypes.includes(request.type);
  if (!takesCall) throw refuse('CALLEE_NOT_CALLABLE');
  const reachable = reach(state, request);
  if (reachable !== 'reachable') return { kind: reachable };
  refuseBusy(state, request.moment.now);
  return { kind: 'callable', card, operator };
}

/** The claim of somebody else cannot be seen here; the role stands on a profile that only functions write. */
function operatorOf({ callee }: StartState, { ofStaff, moment }: StartRequest): User | undefined {
  if (!ofStaff || callee === undefined || callee === 'unread') return undefined;
  const banned = callee.bannedUntil != null && callee.bannedUntil > moment.now;
  return callee.roles.includes('admin') && !banned ? callee : undefined;
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
