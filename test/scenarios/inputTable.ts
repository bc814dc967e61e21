/** How each operation is asked rightly, and what else it refuses: one row for each, with every field of its input. */
import { randomUUID } from 'node:crypto';
import type { Phone } from '../../dev/src/phone/phone.ts';
import type { ConnectedCall, StartedCall } from './support.ts';

/** What the requests of the table are made of. */
export interface World {
  readonly ended: ConnectedCall;
  readonly ringing: StartedCall;
  readonly operator: Phone;
  readonly stranger: Phone;
  readonly signedOut: Phone;
  readonly unregistered: Phone;
}

/** How an operation is asked rightly, and what else it refuses. */
export interface Row {
  /** Who may ask; a participant of the ended call where there is one. */
  readonly by: (all: World) => Phone;
  readonly input: (all: World) => Record<string, unknown>;
  /** Fields that must be there, with a value of the wrong type. */
  readonly required?: Record<string, unknown>;
  readonly optional?: Record<string, unknown>;
  /** Asked by somebody whose it is not. */
  readonly wrongOwner?: 'NOT_FOUND' | 'NOT_ALLOWED';
  /** What asking for the ended call, or for what is not there, is refused with. */
  readonly wrongState?: { readonly reason: string; readonly input?: Record<string, unknown> };
}

const wrongId = { callId: 7 };
const ofEndedCall = ({ ended }: World) => ({ callId: ended.callId });
const note = { note: 7 };
const ended = { reason: 'INVALID_TRANSITION' };
const onEndedCall = {
  by: (all: World) => all.ended.caller,
  input: ofEndedCall,
  required: wrongId,
  wrongOwner: 'NOT_FOUND',
  wrongState: ended,
} as const;
const repeatable = { optional: { ...note, requestId: 'not-a-uuid' } };

const PHONE = '+919810000001';
const asksForCode = {
  by: (all: World) => all.signedOut,
  input: () => ({ phone: PHONE }),
  required: { phone: 7 },
  optional: { channel: 'pigeon', requestId: 'not-a-uuid' },
  wrongState: { reason: 'PHONE_INVALID', input: { phone: '+1 800 FLOWERS?' } },
} as const;

export const TABLE: Readonly<Record<string, Row>> = {
  'auth/requestOtp': asksForCode,
  'auth/resendOtp': asksForCode,
  'auth/verifyOtp': {
    by: (all) => all.signedOut,
    input: () => ({ phone: PHONE, code: '123456' }),
    required: { phone: 7, code: '12345' },
    optional: { requestId: 'not-a-uuid' },
    wrongState: { reason: 'OTP_EXPIRED' },
  },
  'auth/register': {
    by: (all) => all.stranger,
    input: () => ({ username: 'asha', gender: 'female', dateOfBirth: '2000-01-01', languages: ['en'] }),
    required: { username: 7, gender: 'unknown', dateOfBirth: '2001-02-29', languages: 'en' },
    optional: {
      fullName: ' ',
      bio: 7,
      interests: 'music',
      location: 7,
      referralCode: 'a code',
      role: 'admin',
      requestId: 'not-a-uuid',
    },
    wrongState: { reason: 'ALREADY_REGISTERED' },
  },
  'auth/logout': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: { deviceId: 'a'.repeat(63), requestId: 'not-a-uuid' },
  },
  'calls/start': {
    by: (all) => all.stranger,
    input: (all) => ({ calleeId: all.ended.callee.uid, type: 'audio', requestId: randomUUID() }),
    required: { calleeId: 'a/b', type: 'hologram', requestId: 'not-a-uuid' },
    optional: { estimatedMinutes: 1.5 },
    wrongState: { reason: 'CALLEE_NOT_CALLABLE', input: { calleeId: 'nobody' } },
  },
  'calls/accept': {
    ...onEndedCall,
    by: (all) => all.ended.callee,
    input: (all) => ({ ...ofEndedCall(all), requestId: randomUUID() }),
    required: { ...wrongId, requestId: 'not-a-uuid' },
  },
  'calls/reject': { ...onEndedCall, ...repeatable, by: (all) => all.ended.callee },
  'calls/cancel': { ...onEndedCall, ...repeatable },
  'calls/token': { ...onEndedCall, optional: { requestId: 'not-a-uuid' } },
  'calls/joined': { ...onEndedCall, optional: { requestId: 'not-a-uuid' } },
  'calls/heartbeat': { ...onEndedCall, optional: { requestId: 'not-a-uuid' } },
  'calls/sendSignal': {
    ...onEndedCall,
    input: (all) => ({ ...ofEndedCall(all), kind: 'bye', seq: 0, gen: 0 }),
    required: { ...wrongId, kind: 'smoke', seq: 200, gen: -1 },
    optional: { sdp: '', candidate: '', requestId: 'not-a-uuid' },
  },
  'calls/signals': {
    ...onEndedCall,
    optional: { afterSeq: 1.5 },
    wrongState: { reason: 'NOT_FOUND', input: { callId: 'none' } },
  },
  'calls/end': {
    ...onEndedCall,
    ...repeatable,
    wrongState: { reason: 'NOT_FOUND', input: { callId: 'none' } },
  },
  'calls/emergencyEnd': {
    ...onEndedCall,
    ...repeatable,
    wrongState: { reason: 'NOT_FOUND', input: { callId: 'none' } },
  },
  'calls/adminEnd': {
    ...onEndedCall,
    by: (all) => all.operator,
    input: (all) => ({ ...ofEndedCall(all), note: 'by an operator' }),
    required: { ...wrongId, ...note },
    optional: { requestId: 'not-a-uuid' },
    wrongOwner: 'NOT_ALLOWED',
  },
  'calls/cleanup': {
    by: (all) => all.operator,
    input: () => ({}),
    optional: { requestId: 'not-a-uuid' },
    wrongOwner: 'NOT_ALLOWED',
  },
  'calls/systemStatus': { by: (all) => all.operator, input: () => ({}), wrongOwner: 'NOT_ALLOWED' },
  'calls/ongoing': { by: (all) => all.stranger, input: () => ({}) },
  'calls/get': { ...onEndedCall, wrongState: { reason: 'NOT_FOUND', input: { callId: 'none' } } },
  'calls/history': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: { limit: 101, cursor: 7, type: 'gift', status: 'lost', role: 'listener' },
  },
  'calls/summary': { by: (all) => all.stranger, input: () => ({}) },
  'calls/rates': { by: (all) => all.signedOut, input: () => ({}) },
  'notifications/registerDevice': {
    by: (all) => all.stranger,
    input: () => ({ token: 'a-token', platform: 'android' }),
    required: { token: '', platform: 'pager' },
    optional: { appVersion: '', requestId: 'not-a-uuid' },
  },
  'notifications/unregisterDevice': {
    by: (all) => all.stranger,
    input: () => ({ deviceId: 'a'.repeat(64) }),
    required: { deviceId: 'a'.repeat(63) },
    optional: { requestId: 'not-a-uuid' },
  },
  'payments/packages': { by: (all) => all.signedOut, input: () => ({}) },
  'payments/createOrder': {
    by: (all) => all.stranger,
    input: () => ({ packageId: 'coins-300', gateway: 'razorpay', requestId: randomUUID() }),
    required: { packageId: 7, gateway: 'cash', requestId: 'not-a-uuid' },
    wrongState: { reason: 'NOT_FOUND', input: { packageId: 'none' } },
  },
  'payments/confirm': {
    by: (all) => all.stranger,
    input: () => ({ orderId: 'none', paymentId: 'pay_none', signature: 'none' }),
    required: { orderId: 'a/b', paymentId: 'a/b', signature: '' },
    optional: { requestId: 'not-a-uuid' },
    wrongState: { reason: 'NOT_FOUND' },
  },
  'payments/history': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: { limit: 101, cursor: 7 },
  },
  'system/health': { by: (all) => all.signedOut, input: () => ({}) },
  'system/version': { by: (all) => all.signedOut, input: () => ({}) },
  'listeners/apply': {
    by: (all) => all.ended.callee,
    input: () => ({ bio: 'Listens.' }),
    required: { bio: 7 },
    optional: { languages: 'en', interests: 'music', callTypes: 'audio', requestId: 'not-a-uuid' },
    wrongState: { reason: 'ALREADY_REGISTERED' },
  },
  'listeners/get': {
    by: (all) => all.stranger,
    input: (all) => ({ listenerId: all.ended.callee.uid }),
    required: { listenerId: 'a/b' },
    wrongState: { reason: 'NOT_FOUND', input: { listenerId: 'nobody' } },
  },
  'listeners/search': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: {
      onlineOnly: 'yes',
      availableOnly: 1,
      language: 'klingon',
      interests: 'music',
      gender: 'unknown',
      minRating: 5.1,
      ageMin: -1,
      ageMax: 1.5,
      limit: 101,
      cursor: 7,
    },
  },
  'presence/heartbeat': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: { requestId: 'not-a-uuid' },
  },
  'presence/update': {
    by: (all) => all.stranger,
    input: () => ({ willing: false }),
    optional: { online: 'yes', willing: 1, busyUntil: 'tomorrow', requestId: 'not-a-uuid' },
  },
  'presence/get': {
    by: (all) => all.stranger,
    input: (all) => ({ userIds: [all.ended.callee.uid] }),
    required: { userIds: 7 },
  },
  'users/me': { by: (all) => all.stranger, input: () => ({}) },
  'verification/submit': {
    by: (all) => all.ended.callee,
    input: (all) => ({ objectPath: `verification-audio/${all.ended.callee.uid}/none.mp3` }),
    required: { objectPath: '' },
    optional: { requestId: 'not-a-uuid' },
    wrongOwner: 'NOT_ALLOWED',
    wrongState: { reason: 'NOT_FOUND' },
  },
  'verification/status': { by: (all) => all.ended.callee, input: () => ({}), wrongOwner: 'NOT_ALLOWED' },
  'verification/history': {
    by: (all) => all.ended.callee,
    input: () => ({}),
    optional: { limit: 101, cursor: 7 },
    wrongOwner: 'NOT_ALLOWED',
  },
  'verification/pending': {
    by: (all) => all.operator,
    input: () => ({}),
    optional: { limit: 101, cursor: 7 },
    wrongOwner: 'NOT_ALLOWED',
  },
  'verification/review': {
    by: (all) => all.operator,
    input: () => ({ sampleId: 'none', status: 'approved' }),
    required: { sampleId: 'a/b', status: 'maybe' },
    optional: { remarks: 7, requestId: 'not-a-uuid' },
    wrongOwner: 'NOT_ALLOWED',
    wrongState: { reason: 'NOT_FOUND' },
  },
  'wallet/balance': { by: (all) => all.stranger, input: () => ({}) },
  'wallet/transactions': {
    by: (all) => all.stranger,
    input: () => ({}),
    optional: { limit: 101, cursor: 7, type: 'gift' },
  },
  'wallet/adjust': {
    by: (all) => all.operator,
    input: (all) => ({ userId: all.stranger.uid, coins: -1, note: 'a reason', requestId: randomUUID() }),
    required: { userId: '', coins: 0.5, note: '', requestId: 'not-a-uuid' },
    // Only a payment makes a purchase.
    optional: { source: 'purchase' },
    wrongOwner: 'NOT_ALLOWED',
    wrongState: { reason: 'NOT_FOUND', input: { userId: 'nobody' } },
  },
};
