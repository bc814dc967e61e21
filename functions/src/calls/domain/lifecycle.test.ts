import { describe, expect, it } from '@jest/globals';
import { at, connectingCall, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import { applyEvent } from './lifecycle.ts';

describe('joining', () => {
  it('starts the paid time at the later join', () => {
    const call = ongoingCall();
    expect(call.connectedAt).toEqual(at(10));
    expect(call.grantedUntil).toEqual(at(610));
    expect(call.deadlineAt).toEqual(at(550));
  });

  it('says with the paid time, and not before, whether the hold was the last', () => {
    expect(connectingCall({ lastHold: true }).final).toBe(false);
    expect(ongoingCall({ lastHold: true }).final).toBe(true);
    expect(ongoingCall().final).toBe(false);
  });

  it('stays in connecting after the first join, with the same deadline and slice', () => {
    const call = connectingCall();
    const joined = moved(call, { type: 'joined', by: 'callee', at: at(7) }, at(7));
    expect(joined.state).toBe('connecting');
    expect(joined.deadlineAt).toEqual(call.deadlineAt);
    expect(joined.slice).toBe(call.slice);
  });

  it('clamps a reported join to the time between the accept and now', () => {
    const early = moved(connectingCall(), { type: 'joined', by: 'caller', at: at(1) }, at(9));
    const late = moved(early, { type: 'joined', by: 'callee', at: at(900) }, at(12));
    expect(late.joined).toEqual({ caller: at(5), callee: at(12) });
    expect(late.connectedAt).toEqual(at(12));
  });
});

describe('ending', () => {
  it('clamps the end to the grant, however late it is noticed', () => {
    const ended = moved(ongoingCall(), { type: 'end', by: 'caller' }, at(5000));
    expect(ended.endedAt).toEqual(at(610));
    expect(ended.durationSec).toBe(600);
    expect(ended.billedMinutes).toBe(10);
  });

  it('ends a lost call at the last moment both were there, never before it was connected', () => {
    const lost = moved(ongoingCall(), { type: 'lost', by: 'callee', at: at(130) }, at(200));
    expect(lost).toMatchObject({
      endReason: 'connection_lost',
      endedAt: at(130),
      billedMinutes: 2,
      endedBy: 'system',
    });
    const early = moved(ongoingCall(), { type: 'lost', by: 'callee', at: at(6) }, at(200));
    expect(early).toMatchObject({ endedAt: at(10), durationSec: 0, billedMinutes: 0 });
  });

  it('ends a cut call exactly at the end of its grant', () => {
    const cut = moved(ongoingCall(), { type: 'cut', reason: 'coins_exhausted' }, at(700));
    expect(cut.endedAt).toEqual(at(610));
    expect(cut.evidence.at(-1)).toEqual({
      at: at(610),
      party: 'system',
      source: 'server',
      event: 'cut',
      reason: 'coins_exhausted',
    });
  });

  it('ends an unanswered call when its ring ran out', () => {
    const missed = moved(ringingCall(), { type: 'timeout' }, at(300));
    expect(missed).toMatchObject({
      endReason: 'no_answer',
      endedAt: at(60),
      durationSec: 0,
      deadlineAt: null,
    });
  });

  it('flags an emergency and charges it like an end', () => {
    const ended = moved(ongoingCall(), { type: 'emergencyEnd', by: 'callee' }, at(71));
    expect(ended).toMatchObject({ flagged: true, endReason: 'emergency', durationSec: 61, billedMinutes: 2 });
  });

  it('gives each change of the deadline its own slice', () => {
    const ringing = ringingCall();
    const connecting = moved(ringing, { type: 'accept', by: 'callee' }, at(5));
    const ongoing = ongoingCall();
    const ended = moved(ongoing, { type: 'end', by: 'caller' }, at(20));
    expect([ringing.slice, connecting.slice, ongoing.slice, ended.slice]).toEqual([0, 1, 2, 3]);
  });

  it('does not touch the state it is given', () => {
    const call = ongoingCall();
    const before = structuredClone(call);
    applyEvent(call, { type: 'end', by: 'caller' }, at(20));
    expect(call).toEqual(before);
  });
});
