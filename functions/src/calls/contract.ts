/** The operations of a call, as plain data. */
import { z } from 'zod';
import {
  defineOperation,
  idInput,
  isoTime,
  noteInput,
  pageInput,
  requestIdInput,
} from '../platform/contract.ts';
import {
  callStateSchema,
  callTypeSchema,
  endReasonSchema,
  endedBySchema,
  evidenceSchema,
  MAX_CANDIDATE_BYTES,
  MAX_SDP_BYTES,
  partySchema,
  signalKindSchema,
} from './documents.ts';
import { CALL_STATUSES } from './domain/statistics.ts';
import { mediaOutput } from './mediaOutput.ts';

const time = isoTime.nullable();

const evidenceOutput = evidenceSchema.extend({ at: isoTime });

export const receiptOutput = z.object({
  connectedAt: time,
  endedAt: isoTime,
  durationSec: z.number().int(),
  billedMinutes: z.number().int(),
  endReason: endReasonSchema,
  endedBy: endedBySchema,
  evidence: z.array(evidenceOutput),
  coinsPerMinute: z.number().int().optional(),
  coinsSpent: z.number().int().optional(),
  coinsReleased: z.number().int().optional(),
  earnedCoins: z.number().int().optional(),
});

const person = z.object({ displayName: z.string(), imageUrl: z.string().nullable() });

export const callOutput = z.object({
  callId: z.string(),
  role: z.enum(['caller', 'callee']),
  callerId: z.string(),
  calleeId: z.string(),
  caller: person,
  callee: person,
  type: callTypeSchema,
  state: callStateSchema,
  endReason: endReasonSchema.nullable(),
  coinsPerMinute: z.number().int(),
  createdAt: isoTime,
  ringExpiresAt: isoTime,
  acceptedAt: time,
  connectedAt: time,
  grantedUntil: time,
  final: z.boolean(),
  endedAt: time,
  durationSec: z.number().int().nullable(),
  billedMinutes: z.number().int().nullable(),
});

const requestId = requestIdInput.optional();
const callId = idInput;
const endedOutput = { callId: z.string(), state: z.literal('ended'), endReason: endReasonSchema };

export const startContract = defineOperation({
  name: 'calls/start',
  summary: 'Reserve coins and ring a listener.',
  access: 'registered',
  input: z.strictObject({
    calleeId: idInput,
    type: callTypeSchema,
    estimatedMinutes: z.number().int().min(1).max(120).optional(),
    requestId: requestIdInput,
  }),
  output: z.object({
    callId: z.string(),
    state: callStateSchema,
    ringExpiresAt: isoTime,
    coinsPerMinute: z.number().int(),
    heldCoins: z.number().int(),
    affordableMinutes: z.number().int(),
    estimatedCoins: z.number().int().nullable(),
  }),
  errors: [
    'SELF_CALL',
    'CALLEE_NOT_CALLABLE',
    'CALLEE_OFFLINE',
    'CALLEE_BUSY',
    'CALLER_BUSY',
    'INSUFFICIENT_COINS',
    'RATE_LIMITED',
    'IDEMPOTENCY_MISMATCH',
  ],
  rest: { method: 'POST', path: '/v1/calls' },
});

export const acceptContract = defineOperation({
  name: 'calls/accept',
  summary: 'Take a ringing call on this device; the answer says how to join.',
  access: 'registered',
  input: z.strictObject({ callId, requestId: requestIdInput }),
  output: z.object({ callId: z.string(), state: z.literal('connecting'), media: mediaOutput }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
  rest: { method: 'POST', path: '/v1/calls/{callId}/accept' },
});

const ending = (name: 'reject' | 'cancel', summary: string) =>
  defineOperation({
    name: `calls/${name}`,
    summary,
    access: 'registered',
    input: z.strictObject({ callId, note: noteInput.optional(), requestId }),
    output: z.object(endedOutput),
    errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
    rest: { method: 'POST', path: `/v1/calls/{callId}/${name}` },
  });
export const rejectContract = ending('reject', 'Decline a ringing call.');
export const cancelContract = ending('cancel', 'Take back a call that is not connected yet.');

const receiptEnding = (name: 'end' | 'emergencyEnd', path: string, summary: string) =>
  defineOperation({
    name: `calls/${name}`,
    summary,
    access: 'registered',
    input: z.strictObject({ callId, note: noteInput.optional(), requestId }),
    output: z.object({ ...endedOutput, receipt: receiptOutput }),
    errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
    rest: { method: 'POST', path: `/v1/calls/{callId}/${path}` },
  });
export const endContract = receiptEnding(
  'end',
  'end',
  'Hang up; settles the call and answers with the receipt.',
);
export const emergencyEndContract = receiptEnding(
  'emergencyEnd',
  'emergency-end',
  'Hang up and flag the call for review; charged like an end.',
);

export const adminEndContract = defineOperation({
  name: 'calls/adminEnd',
  summary: 'End any open call as an operator.',
  access: 'admin',
  input: z.strictObject({ callId, note: noteInput.min(1), requestId }),
  output: z.object(endedOutput),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
  rest: { method: 'POST', path: '/v1/admin/calls/{callId}/end' },
});

export const cleanupContract = defineOperation({
  name: 'calls/cleanup',
  summary: 'Do now what is done every minute: end what is overdue, deliver what was left behind.',
  access: 'admin',
  input: z.strictObject({ requestId }),
  output: z.object({
    /** Calls that were looked at. */
    calls: z.number().int(),
    /** Entries of the outbox that were taken up. */
    effects: z.number().int(),
  }),
  errors: [],
  rest: { method: 'POST', path: '/v1/admin/calls/cleanup' },
});

export const systemStatusContract = defineOperation({
  name: 'calls/systemStatus',
  summary: 'How many calls there are now, and whether any has been forgotten.',
  access: 'admin',
  input: z.strictObject({}),
  output: z.object({
    ongoingCalls: z.number().int(),
    ringingCalls: z.number().int(),
    /** All that have not ended: ringing, connecting, ongoing. */
    openCalls: z.number().int(),
    /** People who are in an open call. */
    busyUsers: z.number().int(),
    /** Open calls whose deadline passed longer ago than a sweep should let it. */
    overdueCalls: z.number().int(),
    /** `degraded` when a call is overdue. */
    status: z.enum(['ok', 'degraded']),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/admin/calls/status' },
});

export const tokenContract = defineOperation({
  name: 'calls/token',
  summary: 'A fresh media token for as long as the call is paid; extends the grant when that is due.',
  access: 'registered',
  input: z.strictObject({ callId, requestId }),
  output: z.object({ media: mediaOutput, grantedUntil: time, final: z.boolean() }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION', 'RATE_LIMITED'],
  rest: { method: 'POST', path: '/v1/calls/{callId}/token' },
});

export const joinedContract = defineOperation({
  name: 'calls/joined',
  summary: 'Tell that this party is in the channel; the paid time begins when both are.',
  access: 'registered',
  input: z.strictObject({ callId, requestId }),
  output: z.object({ state: callStateSchema, connectedAt: time, grantedUntil: time, media: mediaOutput }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
  rest: { method: 'POST', path: '/v1/calls/{callId}/joined' },
});

export const heartbeatContract = defineOperation({
  name: 'calls/heartbeat',
  summary: 'The beat in a call, for clients that cannot write documents.',
  access: 'registered',
  input: z.strictObject({ callId, requestId }),
  output: z.object({}),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION'],
  rest: { method: 'POST', path: '/v1/calls/{callId}/heartbeat' },
});

const signalText = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .overwrite((text) => text.toWellFormed())
    .optional();

/** What a signal says; the same limits as in firestore.rules. */
const signal = {
  kind: signalKindSchema,
  /** 0, 1, 2 …, one more for each signal of this party. */
  seq: z.number().int().min(0).max(199),
  /** Generation of the negotiation: one more at each ICE restart. */
  gen: z.number().int().min(0).max(999),
  /** Of an offer or answer, and only of these; at most 64 KB. */
  sdp: signalText(MAX_SDP_BYTES),
  /** Of `candidate` only: JSON of a list of candidates; at most 2 KB. */
  candidate: signalText(MAX_CANDIDATE_BYTES),
};

export const sendSignalContract = defineOperation({
  name: 'calls/sendSignal',
  summary:
    'Leave the other app of a call without a media server a signal, for clients that cannot write documents.',
  access: 'registered',
  input: z.strictObject({ callId, ...signal, requestId }),
  output: z.object({ signalId: z.string() }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION', 'IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/calls/{callId}/signals' },
});

export const signalsContract = defineOperation({
  name: 'calls/signals',
  summary:
    'What the other app has said, in its order, at most 50 signals; for clients that cannot watch documents.',
  access: 'registered',
  input: z.strictObject({
    callId,
    /** The last one that is known. */
    afterSeq: z.number().int().min(-1).max(199).default(-1),
  }),
  output: z.object({ items: z.array(z.object({ from: z.string(), ...signal })) }),
  errors: ['NOT_FOUND'],
  rest: { method: 'GET', path: '/v1/calls/{callId}/signals' },
});

export const ongoingContract = defineOperation({
  name: 'calls/ongoing',
  summary: 'The open call of this person, if there is one.',
  access: 'registered',
  input: z.strictObject({}),
  output: z.object({ call: callOutput.nullable() }),
  errors: [],
  rest: { method: 'GET', path: '/v1/calls/ongoing' },
});

export const getContract = defineOperation({
  name: 'calls/get',
  summary: 'One call of this person, with its receipt once it has ended.',
  access: 'registered',
  input: z.strictObject({ callId }),
  output: z.object({ call: callOutput, receipt: receiptOutput.optional() }),
  errors: ['NOT_FOUND'],
  rest: { method: 'GET', path: '/v1/calls/{callId}' },
});

const status = z.enum(CALL_STATUSES);
const count = z.number().int();

export const historyItemOutput = callOutput.extend({
  status,
  /** Of a call made, once it has ended. */
  coinsSpent: count.optional(),
  /** Of a call received, once it has ended. */
  earnedCoins: count.optional(),
});

export const historyContract = defineOperation({
  name: 'calls/history',
  summary: 'Your calls, made and received, newest first; of the last 90 days.',
  access: 'registered',
  input: z.strictObject({
    ...pageInput,
    type: callTypeSchema.optional(),
    status: status.optional(),
    role: partySchema.optional(),
  }),
  output: z.object({ items: z.array(historyItemOutput), nextCursor: z.string().nullable() }),
  errors: [],
  rest: { method: 'GET', path: '/v1/calls/history' },
});

export const summaryContract = defineOperation({
  name: 'calls/summary',
  summary: 'What all your calls came to, and each month: spent on calls made, earned by calls received.',
  access: 'registered',
  input: z.strictObject({}),
  output: z.object({
    summary: z.object({
      /** Made and received; also completed, dropped, missed, rejected, cancelled and ongoing; also audio and video. */
      totalCalls: count,
      callsMade: count,
      callsReceived: count,
      completedCalls: count,
      droppedCalls: count,
      missedCalls: count,
      rejectedCalls: count,
      cancelledCalls: count,
      /** 0 or 1. */
      ongoingCalls: count,
      audioCalls: count,
      videoCalls: count,
      /** Calls in which both were there. */
      connectedCalls: count,
      durationSec: count,
      /** Of a connected call. */
      averageDurationSec: count,
      coinsSpent: count,
      earnedCoins: count,
    }),
    /** Newest first; a call belongs to the month in which it was started, in UTC. */
    months: z.array(
      z.object({
        month: z.string().regex(/^\d{4}-\d{2}$/u),
        calls: count,
        coinsSpent: count,
        earnedCoins: count,
      }),
    ),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/calls/summary' },
});

const rate = z.object({
  coinsPerMinute: z.number().int(),
  minimumCoins: z.number().int(),
});

export const ratesContract = defineOperation({
  name: 'calls/rates',
  summary: 'What a minute costs, what coins cost, and what listeners earn.',
  access: 'public',
  input: z.strictObject({}),
  output: z.object({
    rates: z.object({
      audio: rate,
      video: rate,
      freeSeconds: z.number().int(),
      /** No call is longer, whatever the coins. */
      maxMinutes: z.number().int(),
    }),
    packages: z.array(
      z.object({
        packageId: z.string(),
        name: z.string(),
        coins: z.number().int(),
        amountPaise: z.number().int(),
        currency: z.string(),
      }),
    ),
    earnings: z.object({
      audio: z.object({ earnedPerMinute: z.number().int() }),
      video: z.object({ earnedPerMinute: z.number().int() }),
      earningCoinPaise: z.number().int(),
    }),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/calls/rates' },
});
