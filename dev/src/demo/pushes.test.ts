import { describe, expect, it } from '@jest/globals';
import type { RecordedPush } from '../phone/control.ts';
import { describePush, isPush } from './pushes.ts';

const push: RecordedPush = {
  uid: 'u1',
  deviceId: 'd1',
  data: { type: 'incoming_call', callId: 'c1', callerName: 'Ravi', callerImageUrl: '' },
  sentAt: '2026-01-01T00:00:00.000Z',
};

describe('pushes', () => {
  it('are told without what is empty and without ids', () => {
    expect(describePush(push)).toBe('gets the push incoming_call: callerName Ravi');
  });

  it('are found by what they carry', () => {
    expect(isPush(push, { type: 'incoming_call', callId: 'c1' })).toBe(true);
    expect(isPush(push, { type: 'call_ended', callId: 'c1' })).toBe(false);
    expect(isPush(push, { type: 'incoming_call', callId: 'c2' })).toBe(false);
  });
});
