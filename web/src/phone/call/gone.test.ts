import { describe, expect, it } from '@jest/globals';
import type { Call, CallState } from '../../../../client/src/index.ts';
import { farewellOf, type Farewell } from './gone.ts';

function farewell(state: Partial<CallState>): Farewell | undefined {
  const rung = { acceptedAt: null } as Call;
  return farewellOf({
    phase: 'ended',
    role: 'callee',
    call: rung,
    endReason: null,
    answeredElsewhere: false,
    ...state,
  });
}

describe('a call that goes by itself', () => {
  it('was missed when it was taken back or rang in vain', () => {
    expect(farewell({ endReason: 'cancelled' })).toBe('missed');
    expect(farewell({ endReason: 'no_answer' })).toBe('missed');
  });

  it('is not called missed by the person who declined it, here or in another tab', () => {
    expect(farewell({ endReason: 'rejected' })).toBe('nothing');
  });

  it('has gone to another device', () => {
    expect(farewell({ answeredElsewhere: true })).toBe('elsewhere');
    expect(farewell({ answeredElsewhere: true, role: 'caller' })).toBe('elsewhere');
  });

  it('is not one that this person made or took, that is on, or that has failed here', () => {
    expect(farewell({ endReason: 'rejected', role: 'caller' })).toBeUndefined();
    expect(farewell({ endReason: 'completed', call: { acceptedAt: 'then' } as Call })).toBeUndefined();
    expect(farewell({ endReason: 'no_answer', phase: 'ringing' })).toBeUndefined();
    expect(farewell({})).toBeUndefined();
  });
});
