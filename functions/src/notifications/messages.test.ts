/** Every push against the table of docs/pushes.md: its fields, whom it goes to, and how long it is of use. */
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../calls/documents.ts';
import {
  callTakenPush,
  endEffects,
  incomingCallPush,
  lowBalancePush,
  type CallEffect,
} from '../calls/effects.ts';
import { at, moved, ongoingCall, ringingCall } from '../testing/calls.ts';

type Push = Extract<CallEffect, { kind: 'push' }>;

function pushesOf(effects: readonly CallEffect[]): Push[] {
  return effects.filter((effect): effect is Push => effect.kind === 'push');
}

function afterEnd(before: Call, after: Call, now: Date): Push[] {
  return pushesOf(endEffects('c1', { before, after, now }));
}

const ringing = ringingCall();
const ongoing = ongoingCall();
const cancelled = moved(ringing, { type: 'cancel', by: 'caller' }, at(7));
const unanswered = moved(ringing, { type: 'timeout' }, at(61));
const hungUp = moved(ongoing, { type: 'end', by: 'callee' }, at(40));

interface Row {
  readonly made: readonly CallEffect[];
  readonly to: string;
  readonly data: Record<string, string>;
  readonly usefulUntil: Date;
  readonly notification?: { title: string; body: string };
}

const TABLE: Readonly<Record<string, Row>> = {
  incoming_call: {
    made: [incomingCallPush('c1', ringing)],
    to: 'callee',
    data: {
      callId: 'c1',
      callType: 'audio',
      callerName: 'Asha',
      callerImageUrl: '',
      ringExpiresAt: at(60).toISOString(),
    },
    usefulUntil: at(60),
  },
  call_taken: {
    made: [callTakenPush('c1', ringing)],
    to: 'callee',
    data: { callId: 'c1' },
    usefulUntil: at(60),
  },
  call_cancelled: {
    made: afterEnd(ringing, cancelled, at(7)),
    to: 'callee',
    data: { callId: 'c1', endReason: 'cancelled' },
    usefulUntil: at(7 + 600),
  },
  missed_call: {
    made: afterEnd(ringing, unanswered, at(61)).filter(({ uid }) => uid === 'callee'),
    to: 'callee',
    data: { callId: 'c1', callerName: 'Asha', at: at(60).toISOString() },
    usefulUntil: at(60 + 600),
    notification: { title: 'Missed call', body: 'Asha' },
  },
  low_balance: {
    made: [lowBalancePush('c1', ongoing, at(550))],
    to: 'caller',
    data: { callId: 'c1', secondsLeft: '60', coinsPerMinute: '10' },
    usefulUntil: at(610),
  },
  call_ended: {
    made: afterEnd(ongoing, hungUp, at(40)),
    to: 'caller',
    data: { callId: 'c1', endReason: 'completed', durationSec: '30' },
    usefulUntil: at(40 + 600),
  },
};

describe('the pushes', () => {
  it.each(Object.entries(TABLE))('%s is as the table says', (type, row) => {
    const { to, data, usefulUntil, notification } = row;
    const message = { data: { type, ...data }, ttlSec: 0, ...(notification && { notification }) };
    expect(pushesOf(row.made)).toEqual([{ kind: 'push', uid: to, message, usefulUntil }]);
  });
});
