/**
 * calls/{callId} is the state of a call, readable by its two participants, so it carries no token, channel or amount
 * spent. What they may not see lies in calls/{callId}/private/media; the beats lie in calls/{callId}/beats/{uid}.
 */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

export const callTypeSchema = z.enum(['audio', 'video']);
export type CallType = z.infer<typeof callTypeSchema>;
export const callStateSchema = z.enum(['ringing', 'connecting', 'ongoing', 'ended']);
export type CallState = z.infer<typeof callStateSchema>;
export type OpenState = Exclude<CallState, 'ended'>;
export const endReasonSchema = z.enum([
  'completed',
  'rejected',
  'cancelled',
  'no_answer',
  'connect_timeout',
  'connection_lost',
  'coins_exhausted',
  'max_duration',
  'emergency',
  'admin_ended',
  'failed',
]);
export type EndReason = z.infer<typeof endReasonSchema>;
export const mediaProviderSchema = z.enum(['agora', 'webrtc']);
export type MediaProvider = z.infer<typeof mediaProviderSchema>;
export const partySchema = z.enum(['caller', 'callee']);
export type Party = z.infer<typeof partySchema>;
export const endedBySchema = z.enum(['caller', 'callee', 'admin', 'system']);
export type EndedBy = z.infer<typeof endedBySchema>;
/** The operation that ended the call, so that the same one by the same person gets the same answer. */
export const endOperationSchema = z.enum(['reject', 'cancel', 'end', 'emergencyEnd', 'adminEnd']);
export type EndOperation = z.infer<typeof endOperationSchema>;

export const evidenceSchema = z.object({
  at: z.date(),
  party: z.enum(['caller', 'callee', 'system']),
  source: z.enum(['client', 'media', 'server']),
  event: z.enum(['accepted', 'joined', 'left', 'rejoined', 'extended', 'cut']),
  reason: z.string().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** Prices and limits as they were when the call started; a later change of the settings does not touch it. */
export const termsSchema = z.object({
  minimumCoins: z.number().int(),
  earnedPerMinute: z.number().int(),
  freeSec: z.number().int(),
  sliceMinutes: z.number().int(),
  maxMinutes: z.number().int(),
  connectSec: z.number().int(),
  extendBeforeSec: z.number().int(),
  tokenGraceSec: z.number().int(),
  /** Whoever has left the media comes back within this, or is lost. */
  rejoinSec: z.number().int().default(30),
});
export type Terms = z.infer<typeof termsSchema>;

/** What the media provider has said of one party so far. */
const mediaTrackSchema = z.object({
  /** Number of the newest event that counted: older ones come too late. */
  seq: z.number(),
  /** How many events counted; the evidence keeps only some of a flood. */
  events: z.number().int(),
  /** Since when the party is out of the media and awaited; null while they are in it. */
  leftAt: z.date().nullable(),
});
export type MediaTrack = z.infer<typeof mediaTrackSchema>;
const NO_TRACK: MediaTrack = { seq: -1, events: 0, leftAt: null };
/** Of parties of whom the media provider has said nothing. */
export const NO_TRACKS = { caller: NO_TRACK, callee: NO_TRACK };

const personSchema = z.object({ displayName: z.string(), imageUrl: z.string().nullable() });

export const callSchema = z.looseObject({
  callerId: z.string(),
  calleeId: z.string(),
  caller: personSchema,
  callee: personSchema,
  type: callTypeSchema,
  state: callStateSchema,
  endReason: endReasonSchema.nullable(),
  coinsPerMinute: z.number().int(),
  createdAt: z.date(),
  ringExpiresAt: z.date(),
  acceptedAt: z.date().nullable(),
  connectedAt: z.date().nullable(),
  /** The paid time ends here; null before the call is connected. */
  grantedUntil: z.date().nullable(),
  /** The coins left cannot pay one more minute after the grant; false before there is a grant. */
  final: z.boolean(),
  /** The same of the hold made so far; becomes `final` when the paid time begins. */
  lastHold: z.boolean(),
  endedAt: z.date().nullable(),
  durationSec: z.number().int().nullable(),
  billedMinutes: z.number().int().nullable(),
  /** Fences deadlines: each arming has its own number, and a task of an older one does nothing. */
  slice: z.number().int(),
  /** When the sweep looks at this call, if no task did before; null once it has ended. */
  deadlineAt: z.date().nullable(),
  /** The deadline of the slice, while `deadlineAt` is earlier because a party has left the media; else null. */
  dueAt: z.date().nullable().default(null),
  /** Minutes reserved so far: held coins = grantedMinutes × coinsPerMinute. */
  grantedMinutes: z.number().int(),
  joined: z.object({ caller: z.date().nullable(), callee: z.date().nullable() }),
  /** Hashes of both seats: whom an event of the media provider is about, without reading the private document. */
  seatKeys: z.object({ caller: z.string(), callee: z.string() }).nullable().default(null),
  mediaTracks: z.object({ caller: mediaTrackSchema, callee: mediaTrackSchema }).default(NO_TRACKS),
  /** Who carries the media; set by the accept, so that a change of the settings never meets an open call. */
  mediaProvider: mediaProviderSchema.nullable().default(null),
  /** Without a media server: both reach each other through the relay only, so that neither learns an address. */
  relayOnly: z.boolean().default(false),
  terms: termsSchema,
  evidence: z.array(evidenceSchema),
  endedBy: endedBySchema.nullable(),
  endedWith: endOperationSchema.nullable(),
  /** An emergency end is charged like any other and looked at by a person. */
  flagged: z.boolean(),
  /** Whether the caller is a listener too, whose card must show busy. */
  callerHasCard: z.boolean(),
  /** Whether the callee is a listener; an operator may be called who is none. */
  calleeHasCard: z.boolean().default(true),
  inputHash: z.string(),
  /** For the TTL policy: after this only the pseudonymous ledger stays. */
  expireAt: z.date(),
});
export type Call = z.infer<typeof callSchema>;
export const calls = defineCollection('calls/{}', callSchema);

/** Where the media of the call runs; functions only. */
export const callMediaSchema = z.looseObject({
  channel: z.string(),
  callerUid: z.number().int(),
  calleeUid: z.number().int(),
  /** The accept that won; another device's accept has another one. */
  acceptRequestId: z.string(),
  expireAt: z.date(),
  /** What the provider said after the end: the ended call itself never changes. */
  afterEnd: z
    .object({
      /** As in the call's `mediaTracks`. */
      seqs: z.object({ caller: z.number(), callee: z.number() }),
      /** The first and the last of them. */
      evidence: z.array(evidenceSchema),
    })
    .optional(),
  /** Somebody was in the channel later than the parties have to leave it. */
  mediaAfterEnd: z
    .object({
      count: z.number().int(),
      firstAt: z.date(),
      lastAt: z.date(),
      /** When the channel was last closed again. */
      closedAgainAt: z.date(),
    })
    .optional(),
});
export type CallMedia = z.infer<typeof callMediaSchema>;
export const callMedia = defineCollection('calls/{}/private/media', callMediaSchema);

/** What a participant or operator wrote when ending, by the uid of who did: nobody writes over another's. Functions only. */
export const callNoteSchema = z.looseObject({
  operation: endOperationSchema,
  by: z.string(),
  note: z.string(),
  at: z.date(),
  expireAt: z.date(),
});
export const callNotes = defineCollection('calls/{}/notes/{}', callNoteSchema);

/** Where one party is in the media: what a token of theirs is made of. */
export const seatSchema = z.object({ channel: z.string(), mediaUid: z.number().int() });
export type Seat = z.infer<typeof seatSchema>;

/**
 * A party's beat, in server time. Made at accept, updated by its owner, who cannot read it, deleted at the end. It also
 * holds what a media token of this party needs, so that a renewal, the most frequent operation of a call, reads little.
 */
export const callBeatSchema = z.looseObject({
  callId: z.string(),
  uid: z.string(),
  at: z.date(),
  seat: seatSchema.optional(),
  /** When media tokens were given out, for the limit of a minute; oldest first. */
  tokens: z.array(z.date()).optional(),
});
export type CallBeat = z.infer<typeof callBeatSchema>;
export const callBeats = defineCollection('calls/{}/beats/{}', callBeatSchema);

export const signalKindSchema = z.enum(['offer', 'answer', 'candidate', 'bye']);
/** The same in firestore.rules. */
export const MAX_SDP_BYTES = 65_536;
export const MAX_CANDIDATE_BYTES = 2048;

/**
 * What one app says to the other to reach it, in a call without a media server. Written by the parties themselves;
 * firestore.rules checks each field. Id: the sender's uid, `_` and `seq`.
 */
export const signalSchema = z.looseObject({
  from: z.string(),
  to: z.string(),
  kind: signalKindSchema,
  /** 0, 1, 2 … of each sender, at most 199. */
  seq: z.number().int(),
  /** Generation of the negotiation: what belongs to an older one is dropped. */
  gen: z.number().int(),
  sdp: z.string().optional(),
  /** JSON of a list of candidates. */
  candidate: z.string().optional(),
  createdAt: z.date(),
  expireAt: z.date(),
});
export type Signal = z.infer<typeof signalSchema>;
export const signals = defineCollection('calls/{}/signals/{}', signalSchema);

/** The signals of one call. */
export const signalsOfCall = defineQuery({
  name: 'signalsOfCall',
  collection: signals,
  scope: 'collection',
  filters: [],
  orderBy: [],
});

/** What somebody was sent after a signal that they know. */
export const signalsTo = defineQuery({
  name: 'signalsTo',
  collection: signals,
  scope: 'collection',
  filters: [
    { field: 'to', op: '==' },
    { field: 'seq', op: '>' },
  ],
  orderBy: [{ field: 'seq', direction: 'asc' }],
});

/** Open calls whose deadline has passed without a task. */
export const overdueCalls = defineQuery({
  name: 'overdueCalls',
  collection: calls,
  scope: 'collection',
  filters: [{ field: 'deadlineAt', op: '<=' }],
  orderBy: [{ field: 'deadlineAt', direction: 'asc' }],
});

/** Calls of the states given, to be counted. */
export const callsInStates = defineQuery({
  name: 'callsInStates',
  collection: calls,
  scope: 'collection',
  filters: [{ field: 'state', op: 'in' }],
  orderBy: [],
});

/** Beats of open calls that have grown old. */
export const staleBeats = defineQuery({
  name: 'staleBeats',
  collection: callBeats,
  scope: 'group',
  filters: [{ field: 'at', op: '<' }],
  orderBy: [{ field: 'at', direction: 'asc' }],
});

/** The beats of one call. */
export const beatsOfCall = defineQuery({
  name: 'beatsOfCall',
  collection: callBeats,
  scope: 'collection',
  filters: [],
  orderBy: [],
});

const counter = z.number().int().nonnegative();

/**
 * What one person's calls of one month came to. Kept for good, because the calls themselves are deleted after 90 days.
 * Only counters: each end adds to them without reading, so any of them may be missing.
 */
export const callMonthSchema = z.looseObject({
  /** `YYYY-MM` in UTC, of the moment when a call was started. */
  month: z.string(),
  callsMade: counter.default(0),
  callsReceived: counter.default(0),
  audioCalls: counter.default(0),
  videoCalls: counter.default(0),
  completedCalls: counter.default(0),
  droppedCalls: counter.default(0),
  missedCalls: counter.default(0),
  rejectedCalls: counter.default(0),
  cancelledCalls: counter.default(0),
  /** Calls in which both were there. */
  connectedCalls: counter.default(0),
  durationSec: counter.default(0),
  coinsSpent: counter.default(0),
  earnedCoins: counter.default(0),
});
export type CallMonth = z.infer<typeof callMonthSchema>;
export const callMonths = defineCollection('callStats/{}/months/{}', callMonthSchema);

export const monthsOfPerson = defineQuery({
  name: 'monthsOfPerson',
  collection: callMonths,
  scope: 'collection',
  filters: [],
  orderBy: [{ field: 'month', direction: 'desc' }],
});
