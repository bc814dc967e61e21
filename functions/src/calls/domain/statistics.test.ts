import { describe, expect, it } from '@jest/globals';
import { at, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import { callMonthSchema, endReasonSchema } from '../documents.ts';
import { addedBy, callStatus, monthOf, REASONS_OF, summaryOf } from './statistics.ts';

const talked = moved(ongoingCall(), { type: 'end', by: 'callee' }, at(100));
const missed = moved(ringingCall({ type: 'video' }), { type: 'timeout' }, at(60));

describe('the status of a call', () => {
  it('is found by a query for the end reasons of its word, each in one word', () => {
    const listed = Object.entries(REASONS_OF).flatMap(([status, reasons]) =>
      reasons.map((endReason) => [endReason, status, callStatus({ endReason })]),
    );
    for (const [, word, told] of listed) expect(told).toBe(word);
    expect(listed.map(([reason]) => reason)).toHaveLength(endReasonSchema.options.length);
    expect(new Set(listed.map(([reason]) => reason))).toEqual(new Set(endReasonSchema.options));
    expect(callStatus(ringingCall())).toBe('ongoing');
  });
});

describe('what a call adds to a month', () => {
  it('is spent by who called', () => {
    expect(addedBy(talked, 'caller')).toEqual({
      callsMade: 1,
      audioCalls: 1,
      completedCalls: 1,
      connectedCalls: 1,
      durationSec: 90,
      coinsSpent: 20,
    });
  });

  it('is earned by who was called', () => {
    expect(addedBy(talked, 'callee')).toMatchObject({ callsReceived: 1, earnedCoins: 30 });
    expect(addedBy(talked, 'callee')).not.toHaveProperty('coinsSpent');
  });

  it('is only the attempt when nobody answered', () => {
    expect(addedBy(missed, 'callee')).toEqual({ callsReceived: 1, videoCalls: 1, missedCalls: 1 });
  });

  it('is nothing while the call is open', () => {
    expect(addedBy(ongoingCall(), 'caller')).toEqual({});
  });

  it('belongs to the month of its start, in UTC', () => {
    expect(monthOf({ createdAt: new Date('2026-01-31T23:59:59.999Z') })).toBe('2026-01');
    expect(monthOf({ createdAt: new Date('2026-02-01T00:00:00.000Z') })).toBe('2026-02');
  });
});

describe('the summary', () => {
  const months = [
    callMonthSchema.parse({
      month: '2026-02',
      callsMade: 2,
      audioCalls: 2,
      completedCalls: 1,
      missedCalls: 1,
    }),
    callMonthSchema.parse({
      month: '2026-01',
      callsReceived: 1,
      videoCalls: 1,
      droppedCalls: 1,
      connectedCalls: 1,
      durationSec: 125,
      earnedCoins: 75,
    }),
  ];

  it('adds up: made and received, every status, both types', () => {
    const { totalCalls, ...sum } = summaryOf(months, { type: 'video', party: 'callee' });
    expect(totalCalls).toBe(4);
    expect(sum.callsMade + sum.callsReceived).toBe(4);
    expect(sum.audioCalls + sum.videoCalls).toBe(4);
    const { completedCalls, droppedCalls, missedCalls, rejectedCalls, cancelledCalls, ongoingCalls } = sum;
    expect(completedCalls + droppedCalls + missedCalls + rejectedCalls + cancelledCalls + ongoingCalls).toBe(
      4,
    );
    expect(sum).toMatchObject({ ongoingCalls: 1, earnedCoins: 75, durationSec: 125 });
  });

  it('takes the average of calls in which people talked', () => {
    expect(summaryOf(months, undefined).averageDurationSec).toBe(125);
    expect(summaryOf([], undefined)).toMatchObject({ totalCalls: 0, averageDurationSec: 0 });
  });
});
