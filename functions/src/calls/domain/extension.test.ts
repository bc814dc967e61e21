import { describe, expect, it } from '@jest/globals';
import { at, connectingCall, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import type { Call } from '../documents.ts';
import { decideAtCredit, decideAtDeadline, overdueEnd } from './extension.ts';

/** Connected at 10 s, granted until 610 s, deadline at 550 s. */
const call = ongoingCall();

function callOf(decision: ReturnType<typeof decideAtDeadline>): Call {
  if (!('call' in decision)) throw new Error(`decided ${decision.kind}`);
  return decision.call;
}

describe('at a deadline', () => {
  it('does nothing before it is due, nor after the end', () => {
    expect(decideAtDeadline(call, 1000, at(549.999))).toEqual({ kind: 'none' });
    const ended = moved(call, { type: 'end', by: 'caller' }, at(20));
    expect(decideAtDeadline(ended, 1000, at(9999))).toEqual({ kind: 'none' });
  });

  it('times a ringing and a connecting call out', () => {
    expect(decideAtDeadline(ringingCall(), 0, at(60))).toEqual({ kind: 'end', event: { type: 'timeout' } });
    expect(decideAtDeadline(connectingCall(), 0, at(35))).toEqual({
      kind: 'end',
      event: { type: 'timeout' },
    });
  });

  it('extends by a slice, from the old end and not from now', () => {
    const decision = decideAtDeadline(call, 500, at(580));
    expect(decision).toMatchObject({ kind: 'extend', coins: 100 });
    expect(callOf(decision)).toMatchObject({
      grantedMinutes: 20,
      grantedUntil: at(1210),
      deadlineAt: at(1150),
      final: false,
      slice: call.slice + 1,
    });
  });

  it('extends by what the coins pay, and says that this is the last', () => {
    const decision = decideAtDeadline(call, 35, at(550));
    expect(decision).toMatchObject({ kind: 'extend', coins: 30 });
    expect(callOf(decision)).toMatchObject({ grantedMinutes: 13, final: true });
  });

  it('announces the end once when nothing more can be paid, and arms the cut', () => {
    const decision = decideAtDeadline(call, 9, at(550));
    expect(decision).toMatchObject({ kind: 'announce', lowBalance: true });
    const announced = callOf(decision);
    expect(announced).toMatchObject({ final: true, deadlineAt: at(610), slice: call.slice + 1 });
    expect(decideAtDeadline(announced, 9, at(600))).toEqual({ kind: 'none' });
    expect(decideAtDeadline(announced, 9, at(610))).toEqual({
      kind: 'end',
      event: { type: 'cut', reason: 'coins_exhausted' },
    });
  });

  it('extends at the cut when coins have come after all', () => {
    const announced = callOf(decideAtDeadline(call, 9, at(550)));
    expect(decideAtDeadline(announced, 20, at(610))).toMatchObject({ kind: 'extend', coins: 20 });
  });

  it('does not extend when the tokens have expired: the call has ended without us', () => {
    const decision = decideAtDeadline(call, 500, at(630));
    expect(decision).toEqual({ kind: 'end', event: { type: 'cut', reason: 'connection_lost' } });
  });

  it('ends the longest call without a warning about coins', () => {
    const longest = ongoingCall({ grantedMinutes: 120 });
    const decision = decideAtDeadline(longest, 5000, at(7150));
    expect(decision).toMatchObject({ kind: 'announce', lowBalance: false });
    expect(decideAtDeadline(callOf(decision), 5000, at(7210))).toEqual({
      kind: 'end',
      event: { type: 'cut', reason: 'max_duration' },
    });
  });

  it('never grants beyond the longest call', () => {
    const nearly = ongoingCall({ grantedMinutes: 115 });
    expect(decideAtDeadline(nearly, 5000, at(6850))).toMatchObject({ kind: 'extend', coins: 50 });
  });
});

describe('a person’s event after a deadline', () => {
  it('finds the call cut when its coins had ended', () => {
    const announced = callOf(decideAtDeadline(call, 0, at(550)));
    expect(overdueEnd(announced, 0, at(611))).toEqual({ type: 'cut', reason: 'coins_exhausted' });
  });

  it('ends the call itself when only the extension was late', () => {
    expect(overdueEnd(call, 500, at(700))).toBeUndefined();
    expect(overdueEnd(call, 500, at(615))).toBeUndefined();
  });
});

describe('at a credit', () => {
  const final = ongoingCall({ lastHold: true });

  it('takes the end back while more than a minute remains, under a new slice when the cut was armed', () => {
    expect(callOf(decideAtCredit(final, 20, at(100)))).toMatchObject({
      final: false,
      slice: final.slice,
      deadlineAt: at(550),
    });
    const early = { ...final, deadlineAt: at(610), slice: 7 };
    expect(callOf(decideAtCredit(early, 20, at(500)))).toMatchObject({
      final: false,
      slice: 8,
      deadlineAt: at(550),
    });
  });

  it('extends at once when at most a minute remains', () => {
    const announced = callOf(decideAtDeadline(call, 0, at(550)));
    expect(decideAtCredit(announced, 40, at(560))).toMatchObject({ kind: 'extend', coins: 40 });
  });

  it('does nothing for less than a minute’s price, for an ended call, or when the tokens have expired', () => {
    expect(decideAtCredit(final, 9, at(100))).toEqual({ kind: 'none' });
    expect(decideAtCredit(moved(call, { type: 'end', by: 'caller' }, at(20)), 90, at(100))).toEqual({
      kind: 'none',
    });
    expect(decideAtCredit(call, 90, at(640))).toEqual({ kind: 'none' });
  });

  it('corrects the announcement of a call that still rings', () => {
    expect(decideAtCredit(ringingCall({ lastHold: true }), 10, at(5))).toMatchObject({
      kind: 'rearm',
      call: { lastHold: false },
    });
    expect(decideAtCredit(ringingCall(), 10, at(5))).toEqual({ kind: 'none' });
  });
});
