import { describe, expect, it } from '@jest/globals';
import { at, connectingCall, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import type { Call, CallState, EndReason } from '../documents.ts';
import { applyEvent } from './lifecycle.ts';
import { EVENT_KEYS, TRANSITIONS, type CallEvent, type EventKey } from './transitions.ts';

const NOW = at(20);

function eventOf(key: EventKey): CallEvent {
  if (key === 'cut') return { type: 'cut', reason: 'coins_exhausted' };
  if (key === 'tokenFailed' || key === 'adminEnd' || key === 'timeout') return { type: key };
  const [type, by] = key.split(':') as [CallEvent['type'], 'caller' | 'callee'];
  return { type, by, at: NOW } as CallEvent;
}

/** The contract's table, written out by hand: what is not listed is refused. */
const EXPECTED: Readonly<
  Record<Exclude<CallState, 'ended'>, Partial<Record<EventKey, EndReason | CallState>>>
> = {
  ringing: {
    'accept:callee': 'connecting',
    'reject:callee': 'rejected',
    'end:callee': 'rejected',
    'cancel:caller': 'cancelled',
    'end:caller': 'cancelled',
    timeout: 'no_answer',
    tokenFailed: 'failed',
    'emergencyEnd:caller': 'emergency',
    'emergencyEnd:callee': 'emergency',
    adminEnd: 'admin_ended',
  },
  connecting: {
    'joined:caller': 'connecting',
    'joined:callee': 'connecting',
    'end:caller': 'cancelled',
    'cancel:caller': 'cancelled',
    'end:callee': 'cancelled',
    timeout: 'connect_timeout',
    'emergencyEnd:caller': 'emergency',
    'emergencyEnd:callee': 'emergency',
    adminEnd: 'admin_ended',
  },
  ongoing: {
    'end:caller': 'completed',
    'end:callee': 'completed',
    cut: 'coins_exhausted',
    'lost:caller': 'connection_lost',
    'lost:callee': 'connection_lost',
    'emergencyEnd:caller': 'emergency',
    'emergencyEnd:callee': 'emergency',
    adminEnd: 'admin_ended',
    // Joined before: the same answer again, nothing changes.
    'joined:caller': 'ongoing',
    'joined:callee': 'ongoing',
  },
};

const STATES: Readonly<Record<keyof typeof EXPECTED, () => Call>> = {
  ringing: ringingCall,
  connecting: connectingCall,
  ongoing: ongoingCall,
};

describe.each(Object.keys(EXPECTED) as (keyof typeof EXPECTED)[])('a call that is %s', (state) => {
  it.each(EVENT_KEYS)('meets %s', (key) => {
    const call = STATES[state]();
    expect(call.state).toBe(state);
    const outcome = applyEvent(call, eventOf(key), NOW);
    const expected = EXPECTED[state][key];
    if (expected === undefined) {
      expect(outcome).toEqual({ kind: 'refused' });
      return;
    }
    if (outcome.kind === 'refused') throw new Error(`${key} was refused`);
    expect(outcome.call.state === 'ended' ? outcome.call.endReason : outcome.call.state).toBe(expected);
  });
});

describe('the table', () => {
  it('has a row only for events that exist', () => {
    for (const row of Object.values(TRANSITIONS)) {
      for (const key of Object.keys(row)) expect(EVENT_KEYS).toContain(key);
    }
  });
});

describe('an ended call', () => {
  const ends: [string, Call, CallEvent][] = [
    ['reject', ringingCall(), { type: 'reject', by: 'callee' }],
    ['cancel', ringingCall(), { type: 'cancel', by: 'caller' }],
    ['end while connecting', connectingCall(), { type: 'end', by: 'callee' }],
    ['end', ongoingCall(), { type: 'end', by: 'caller' }],
    ['emergencyEnd', ongoingCall(), { type: 'emergencyEnd', by: 'callee' }],
    ['adminEnd', ongoingCall(), { type: 'adminEnd' }],
    ['cut', ongoingCall(), { type: 'cut', reason: 'max_duration' }],
    ['timeout', ringingCall(), { type: 'timeout' }],
  ];

  it.each(ends)(
    'by %s takes only its own repetition, or an end when it was connected',
    (_name, call, event) => {
      const ended = moved(call, event, NOW);
      const connected = ended.connectedAt !== null;
      for (const key of EVENT_KEYS) {
        const again = eventOf(key);
        const same =
          again.type === event.type && ('by' in again ? again.by : '') === ('by' in event ? event.by : '');
        const repeatable = ['reject', 'cancel', 'end', 'emergencyEnd', 'adminEnd'].includes(again.type);
        const receipt = connected && (again.type === 'end' || again.type === 'emergencyEnd');
        const expected = (same && repeatable) || receipt ? 'replayed' : 'refused';
        expect([key, applyEvent(ended, again, at(500)).kind]).toEqual([key, expected]);
      }
    },
  );

  it('never changes again', () => {
    const ended = moved(ongoingCall(), { type: 'end', by: 'caller' }, NOW);
    const again = applyEvent(ended, { type: 'end', by: 'caller' }, at(900));
    expect(again).toEqual({ kind: 'replayed', call: ended });
  });
});
