import { describe, expect, it } from '@jest/globals';
import { at, connectingCall, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import type { Call } from '../documents.ts';
import { decideAtCredit, decideAtDeadline, overdueEnd } from './extension.ts';
import { applyMediaEvent, bounded, type MediaEvent } from './mediaEvent.ts';

let seq = 0;
const join = (by: 'caller' | 'callee', sec: number): MediaEvent => ({
  by,
  event: 'join',
  at: at(sec),
  seq: ++seq,
});
const leave = (by: 'caller' | 'callee', sec: number, more: Partial<MediaEvent> = {}): MediaEvent => ({
  by,
  event: 'leave',
  at: at(sec),
  seq: ++seq,
  reason: 'left',
  ...more,
});

function after(call: Call, event: MediaEvent, nowSec: number): Call {
  const outcome = applyMediaEvent(call, event, at(nowSec));
  if (outcome.kind !== 'moved') throw new Error(`the event was ${outcome.kind}`);
  return outcome.call;
}

const PLENTY = 1000;

describe('a join told by the provider', () => {
  it('begins the paid time when it is the second', () => {
    const one = after(connectingCall(), join('caller', 7), 8);
    expect(one).toMatchObject({ state: 'connecting', joined: { caller: at(7), callee: null }, slice: 1 });
    const both = after(one, join('callee', 9), 12);
    expect(both).toMatchObject({
      state: 'ongoing',
      connectedAt: at(9),
      grantedUntil: at(609),
      deadlineAt: at(549),
      slice: 2,
    });
    expect(both.evidence.slice(1)).toEqual([
      { at: at(7), party: 'caller', source: 'media', event: 'joined' },
      { at: at(9), party: 'callee', source: 'media', event: 'joined' },
    ]);
  });

  it('makes the other report of it a repetition', () => {
    const call = after(connectingCall(), join('caller', 7), 8);
    const again = moved(call, { type: 'joined', by: 'callee', at: at(9) }, at(9));
    expect(again).toMatchObject({ state: 'ongoing', joined: { caller: at(7), callee: at(9) } });
  });

  it.each([
    ['before the accept', 1, at(5)],
    ['in the future', 900, at(12)],
  ])('is brought into the call when it is %s', (_when, sec, counted) => {
    expect(after(connectingCall(), join('callee', sec), 12).joined.callee).toEqual(counted);
  });

  it('counts from the earlier report while the other party is awaited, and moves no paid time that runs', () => {
    const told = moved(connectingCall(), { type: 'joined', by: 'caller', at: at(9) }, at(9));
    expect(after(told, join('caller', 7), 10).joined.caller).toEqual(at(7));
    expect(after(told, join('caller', 10), 11).joined.caller).toEqual(at(9));
    const call = ongoingCall();
    const later = after(call, join('callee', 6), 20);
    expect(later).toMatchObject({ connectedAt: at(10), grantedUntil: at(610), joined: { callee: at(10) } });
  });

  it('after the time to connect is for the deadline to answer', () => {
    expect(applyMediaEvent(connectingCall(), join('callee', 30), at(35)).kind).toBe('overdue');
  });

  it('is nothing to a call that rings or has ended', () => {
    const ended = moved(ongoingCall(), { type: 'end', by: 'caller' }, at(20));
    for (const call of [ringingCall(), ended])
      expect(applyMediaEvent(call, join('caller', 15), at(25)).kind).toBe('old');
  });
});

describe('a leave told by the provider', () => {
  it('has the call looked at when the wait for a return ends', () => {
    const call = after(ongoingCall(), leave('callee', 100), 101);
    expect(call).toMatchObject({ state: 'ongoing', deadlineAt: at(130), dueAt: at(550), slice: 2 });
    expect(decideAtDeadline(call, PLENTY, at(129))).toEqual({ kind: 'none' });
    expect(decideAtDeadline(call, PLENTY, at(130))).toEqual({
      kind: 'end',
      event: { type: 'lost', by: 'callee', at: at(100), both: false, from: 'media' },
    });
  });

  it('is forgotten with a return within the wait, also when the news of it comes later', () => {
    const left = after(ongoingCall(), leave('callee', 100), 101);
    const back = after(left, join('callee', 130), 140);
    expect(back).toMatchObject({ deadlineAt: at(550), dueAt: null });
    expect(back.mediaTracks.callee.leftAt).toBeNull();
    expect(back.evidence.map(({ event }) => event).slice(-2)).toEqual(['left', 'rejoined']);
    expect(applyMediaEvent(left, join('callee', 131), at(140)).kind).toBe('overdue');
  });

  it('that the SDK repairs by itself awaits nobody, and takes back no wait', () => {
    const passing = after(ongoingCall(), leave('callee', 100, { passing: true }), 101);
    expect(passing).toMatchObject({ deadlineAt: at(550), dueAt: null });
    expect(passing.evidence.at(-1)).toMatchObject({ event: 'left', source: 'media' });
    const left = after(passing, leave('callee', 110), 111);
    expect(after(left, leave('callee', 120, { passing: true }), 121).deadlineAt).toEqual(at(140));
  });

  it('counts from the first of several', () => {
    const twice = after(after(ongoingCall(), leave('caller', 100), 101), leave('caller', 120), 121);
    expect(twice.deadlineAt).toEqual(at(130));
  });

  it('of both ends the call where the first one went', () => {
    const one = after(ongoingCall(), leave('caller', 105), 106);
    const both = after(one, leave('callee', 100), 107);
    expect(both.deadlineAt).toEqual(at(130));
    expect(decideAtDeadline(both, PLENTY, at(200))).toMatchObject({
      event: { by: 'callee', at: at(100), both: true },
    });
  });

  it('while connecting does not end the call, but awaits the party once the paid time has begun', () => {
    const gone = after(after(connectingCall(), join('caller', 7), 8), leave('caller', 9), 10);
    expect(gone).toMatchObject({ state: 'connecting', deadlineAt: at(35), dueAt: null });
    const call = after(gone, join('callee', 20), 20);
    expect(call).toMatchObject({ state: 'ongoing', connectedAt: at(20), deadlineAt: at(39), dueAt: at(560) });
    const decision = decideAtDeadline(call, PLENTY, at(39));
    if (decision.kind !== 'end') throw new Error('the call goes on');
    // Both were never there at once.
    expect(moved(call, decision.event, at(39))).toMatchObject({
      endReason: 'connection_lost',
      endedAt: at(20),
      durationSec: 0,
      billedMinutes: 0,
    });
  });

  it('proves that the party had come, from when its stay tells', () => {
    const one = after(connectingCall(), join('callee', 7), 8);
    const call = after(one, leave('caller', 29, { staySec: 15 }), 29);
    expect(call).toMatchObject({ state: 'ongoing', connectedAt: at(14), deadlineAt: at(59) });
    expect(after(one, leave('caller', 29, { staySec: 400 }), 29).connectedAt).toEqual(at(7));
    expect(after(one, leave('caller', 29), 29).connectedAt).toEqual(at(29));
  });
});

describe('the deadlines beside a wait', () => {
  const left = () => after(ongoingCall(), leave('callee', 540), 541);

  it('extend the call when they come within it, and the wait goes on', () => {
    const late = after(ongoingCall(), leave('callee', 545), 546);
    expect(late).toMatchObject({ deadlineAt: at(550), dueAt: null });
    const extended = decideAtDeadline(late, PLENTY, at(550));
    expect(extended).toMatchObject({
      kind: 'extend',
      call: { deadlineAt: at(575), dueAt: at(1150), slice: 3 },
    });
  });

  it('are what a credit rearms, not the end of the wait', () => {
    const call = { ...after(ongoingCall(), leave('callee', 100), 101), final: true };
    expect(decideAtCredit(call, PLENTY, at(110))).toMatchObject({
      kind: 'rearm',
      call: { slice: 2, deadlineAt: at(130), dueAt: at(550), final: false },
    });
  });

  it('cut the call where the party went when the paid time ends within the wait', () => {
    const announced = decideAtDeadline(ongoingCall(), 0, at(550));
    if (announced.kind !== 'announce') throw new Error('the end is not announced');
    const call = after(announced.call, leave('caller', 600), 601);
    expect(call).toMatchObject({ deadlineAt: at(610), dueAt: null });
    expect(decideAtDeadline(call, 0, at(610))).toMatchObject({
      kind: 'end',
      event: { type: 'lost', at: at(600) },
    });
    // Who leaves after the paid time has used all of it.
    const stayed = after(announced.call, leave('caller', 612), 613);
    expect(decideAtDeadline(stayed, 0, at(700))).toMatchObject({
      kind: 'end',
      event: { type: 'cut', reason: 'coins_exhausted' },
    });
  });

  it('end the call before a hang-up that comes after the wait', () => {
    expect(overdueEnd(left(), PLENTY, at(569))).toBeUndefined();
    expect(overdueEnd(left(), PLENTY, at(571))).toMatchObject({ type: 'lost', at: at(540) });
  });
});

describe('an event that is not newer than the newest', () => {
  it.each([0, -1, -100])('changes nothing (%d)', (difference) => {
    const event = join('caller', 20);
    const call = after(ongoingCall(), event, 21);
    expect(applyMediaEvent(call, { ...event, event: 'leave', seq: event.seq + difference }, at(30))).toEqual({
      kind: 'old',
    });
  });

  it('is judged for each party alone', () => {
    const call = after(ongoingCall(), { ...join('caller', 20), seq: 1000 }, 21);
    expect(after(call, { ...join('callee', 20), seq: 1 }, 21).mediaTracks).toMatchObject({
      caller: { seq: 1000, events: 1 },
      callee: { seq: 1, events: 1 },
    });
  });

  it('does not touch the state it is given', () => {
    const call = ongoingCall();
    const before = structuredClone(call);
    after(call, leave('caller', 20), 21);
    expect(call).toEqual(before);
  });
});

describe('the evidence of a flood', () => {
  it('keeps the first ten and the last ten, and all that others have said', () => {
    let call = ongoingCall();
    for (let sec = 20; sec < 120; sec += 1)
      call = after(call, sec % 2 === 0 ? leave('caller', sec, { passing: true }) : join('caller', sec), sec);
    const media = call.evidence.filter(({ source }) => source === 'media');
    expect(media.map((item) => (item.at.getTime() - at(0).getTime()) / 1000)).toEqual([
      20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
    ]);
    expect(call.evidence.length - media.length).toBe(3);
    expect(call.mediaTracks.caller.events).toBe(100);
    expect(bounded(call.evidence)).toEqual(call.evidence);
  });
});
