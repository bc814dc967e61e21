// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { Call, CallOfHistory, Media, Receipt } from './types.ts';

export interface CallsStartInput {
  calleeId: string;
  type: 'audio' | 'video';
  estimatedMinutes?: number | undefined;
  requestId?: string | undefined;
}

export interface CallsStartOutput {
  callId: string;
  state: 'ringing' | 'connecting' | 'ongoing' | 'ended';
  ringExpiresAt: string;
  coinsPerMinute: number;
  heldCoins: number;
  affordableMinutes: number;
  estimatedCoins: number | null;
}

export interface CallsAcceptInput {
  callId: string;
  requestId?: string | undefined;
}

export interface CallsAcceptOutput {
  callId: string;
  state: 'connecting';
  media: Media;
}

export interface CallsRejectInput {
  callId: string;
  note?: string | undefined;
  requestId?: string | undefined;
}

export interface CallsRejectOutput {
  callId: string;
  state: 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
}

export interface CallsCancelInput {
  callId: string;
  note?: string | undefined;
  requestId?: string | undefined;
}

export interface CallsCancelOutput {
  callId: string;
  state: 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
}

export interface CallsTokenInput {
  callId: string;
  requestId?: string | undefined;
}

export interface CallsTokenOutput {
  media: Media;
  grantedUntil: string | null;
  final: boolean;
}

export interface CallsJoinedInput {
  callId: string;
  requestId?: string | undefined;
}

export interface CallsJoinedOutput {
  state: 'ringing' | 'connecting' | 'ongoing' | 'ended';
  connectedAt: string | null;
  grantedUntil: string | null;
  media: Media;
}

export interface CallsHeartbeatInput {
  callId: string;
  requestId?: string | undefined;
}

export type CallsHeartbeatOutput = Record<string, never>;

export interface CallsSendSignalInput {
  callId: string;
  kind: 'offer' | 'answer' | 'candidate' | 'bye';
  seq: number;
  gen: number;
  sdp?: string | undefined;
  candidate?: string | undefined;
  requestId?: string | undefined;
}

export interface CallsSendSignalOutput {
  signalId: string;
}

export interface CallsSignalsInput {
  callId: string;
  afterSeq?: number | undefined;
}

export interface CallsSignalsOutput {
  items: {
    from: string;
    kind: 'offer' | 'answer' | 'candidate' | 'bye';
    seq: number;
    gen: number;
    sdp?: string | undefined;
    candidate?: string | undefined;
  }[];
}

export interface CallsEndInput {
  callId: string;
  note?: string | undefined;
  requestId?: string | undefined;
}

export interface CallsEndOutput {
  callId: string;
  state: 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
  receipt: Receipt;
}

export interface CallsEmergencyEndInput {
  callId: string;
  note?: string | undefined;
  requestId?: string | undefined;
}

export interface CallsEmergencyEndOutput {
  callId: string;
  state: 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
  receipt: Receipt;
}

export interface CallsAdminEndInput {
  callId: string;
  note: string;
  requestId?: string | undefined;
}

export interface CallsAdminEndOutput {
  callId: string;
  state: 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
}

export interface CallsCleanupInput {
  requestId?: string | undefined;
}

export interface CallsCleanupOutput {
  calls: number;
  effects: number;
}

export type CallsSystemStatusInput = Record<string, never>;

export interface CallsSystemStatusOutput {
  ongoingCalls: number;
  ringingCalls: number;
  openCalls: number;
  busyUsers: number;
  overdueCalls: number;
  status: 'ok' | 'degraded';
}

export type CallsOngoingInput = Record<string, never>;

export interface CallsOngoingOutput {
  call: Call | null;
}

export interface CallsGetInput {
  callId: string;
}

export interface CallsGetOutput {
  call: Call;
  receipt?: Receipt | undefined;
}

export interface CallsHistoryInput {
  limit?: number | undefined;
  cursor?: string | null | undefined;
  type?: 'audio' | 'video' | undefined;
  status?: 'ongoing' | 'completed' | 'dropped' | 'missed' | 'rejected' | 'cancelled' | undefined;
  role?: 'caller' | 'callee' | undefined;
}

export interface CallsHistoryOutput {
  items: CallOfHistory[];
  nextCursor: string | null;
}

export type CallsSummaryInput = Record<string, never>;

export interface CallsSummaryOutput {
  summary: {
    totalCalls: number;
    callsMade: number;
    callsReceived: number;
    completedCalls: number;
    droppedCalls: number;
    missedCalls: number;
    rejectedCalls: number;
    cancelledCalls: number;
    ongoingCalls: number;
    audioCalls: number;
    videoCalls: number;
    connectedCalls: number;
    durationSec: number;
    averageDurationSec: number;
    coinsSpent: number;
    earnedCoins: number;
  };
  months: {
    month: string;
    calls: number;
    coinsSpent: number;
    earnedCoins: number;
  }[];
}

export type CallsRatesInput = Record<string, never>;

export interface CallsRatesOutput {
  rates: {
    audio: {
      coinsPerMinute: number;
      minimumCoins: number;
    };
    video: {
      coinsPerMinute: number;
      minimumCoins: number;
    };
    freeSeconds: number;
    maxMinutes: number;
  };
  packages: {
    packageId: string;
    name: string;
    coins: number;
    amountPaise: number;
    currency: string;
  }[];
  earnings: {
    audio: {
      earnedPerMinute: number;
    };
    video: {
      earnedPerMinute: number;
    };
    earningCoinPaise: number;
  };
}

export interface CallsOperations {
  /** Reserve coins and ring a listener. @throws EarshotError SELF_CALL, CALLEE_NOT_CALLABLE, CALLEE_OFFLINE, CALLEE_BUSY, CALLER_BUSY, INSUFFICIENT_COINS, RATE_LIMITED, IDEMPOTENCY_MISMATCH */
  start(input: CallsStartInput, options?: AskOptions): Promise<CallsStartOutput>;
  /** Take a ringing call on this device; the answer says how to join. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  accept(input: CallsAcceptInput, options?: AskOptions): Promise<CallsAcceptOutput>;
  /** Decline a ringing call. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  reject(input: CallsRejectInput, options?: AskOptions): Promise<CallsRejectOutput>;
  /** Take back a call that is not connected yet. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  cancel(input: CallsCancelInput, options?: AskOptions): Promise<CallsCancelOutput>;
  /** A fresh media token for as long as the call is paid; extends the grant when that is due. @throws EarshotError NOT_FOUND, INVALID_TRANSITION, RATE_LIMITED */
  token(input: CallsTokenInput, options?: AskOptions): Promise<CallsTokenOutput>;
  /** Tell that this party is in the channel; the paid time begins when both are. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  joined(input: CallsJoinedInput, options?: AskOptions): Promise<CallsJoinedOutput>;
  /** The beat in a call, for clients that cannot write documents. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  heartbeat(input: CallsHeartbeatInput, options?: AskOptions): Promise<CallsHeartbeatOutput>;
  /** Leave the other app of a call without a media server a signal, for clients that cannot write documents. @throws EarshotError NOT_FOUND, INVALID_TRANSITION, IDEMPOTENCY_MISMATCH */
  sendSignal(input: CallsSendSignalInput, options?: AskOptions): Promise<CallsSendSignalOutput>;
  /** What the other app has said, in its order, at most 50 signals; for clients that cannot watch documents. @throws EarshotError NOT_FOUND */
  signals(input: CallsSignalsInput, options?: AskOptions): Promise<CallsSignalsOutput>;
  /** Hang up; settles the call and answers with the receipt. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  end(input: CallsEndInput, options?: AskOptions): Promise<CallsEndOutput>;
  /** Hang up and flag the call for review; charged like an end. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  emergencyEnd(input: CallsEmergencyEndInput, options?: AskOptions): Promise<CallsEmergencyEndOutput>;
  /** End any open call as an operator. @throws EarshotError NOT_FOUND, INVALID_TRANSITION */
  adminEnd(input: CallsAdminEndInput, options?: AskOptions): Promise<CallsAdminEndOutput>;
  /** Do now what is done every minute: end what is overdue, deliver what was left behind. */
  cleanup(input?: CallsCleanupInput, options?: AskOptions): Promise<CallsCleanupOutput>;
  /** How many calls there are now, and whether any has been forgotten. */
  systemStatus(input?: CallsSystemStatusInput, options?: AskOptions): Promise<CallsSystemStatusOutput>;
  /** The open call of this person, if there is one. */
  ongoing(input?: CallsOngoingInput, options?: AskOptions): Promise<CallsOngoingOutput>;
  /** One call of this person, with its receipt once it has ended. @throws EarshotError NOT_FOUND */
  get(input: CallsGetInput, options?: AskOptions): Promise<CallsGetOutput>;
  /** Your calls, made and received, newest first; of the last 90 days. */
  history(input?: CallsHistoryInput, options?: AskOptions): Promise<CallsHistoryOutput>;
  /** What all your calls came to, and each month: spent on calls made, earned by calls received. */
  summary(input?: CallsSummaryInput, options?: AskOptions): Promise<CallsSummaryOutput>;
  /** What a minute costs, what coins cost, and what listeners earn. */
  rates(input?: CallsRatesInput, options?: AskOptions): Promise<CallsRatesOutput>;
}

export const callsRoutes = {
  start: { method: 'POST', path: '/v1/calls', requestId: true },
  accept: { method: 'POST', path: '/v1/calls/{callId}/accept', requestId: true },
  reject: { method: 'POST', path: '/v1/calls/{callId}/reject', requestId: true },
  cancel: { method: 'POST', path: '/v1/calls/{callId}/cancel', requestId: true },
  token: { method: 'POST', path: '/v1/calls/{callId}/token', requestId: true },
  joined: { method: 'POST', path: '/v1/calls/{callId}/joined', requestId: true },
  heartbeat: { method: 'POST', path: '/v1/calls/{callId}/heartbeat', requestId: true },
  sendSignal: { method: 'POST', path: '/v1/calls/{callId}/signals', requestId: true },
  signals: { method: 'GET', path: '/v1/calls/{callId}/signals' },
  end: { method: 'POST', path: '/v1/calls/{callId}/end', requestId: true },
  emergencyEnd: { method: 'POST', path: '/v1/calls/{callId}/emergency-end', requestId: true },
  adminEnd: { method: 'POST', path: '/v1/admin/calls/{callId}/end', requestId: true },
  cleanup: { method: 'POST', path: '/v1/admin/calls/cleanup', requestId: true },
  systemStatus: { method: 'GET', path: '/v1/admin/calls/status' },
  ongoing: { method: 'GET', path: '/v1/calls/ongoing' },
  get: { method: 'GET', path: '/v1/calls/{callId}' },
  history: { method: 'GET', path: '/v1/calls/history' },
  summary: { method: 'GET', path: '/v1/calls/summary' },
  rates: { method: 'GET', path: '/v1/calls/rates' },
} as const;
