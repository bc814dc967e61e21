import { describe, expect, it } from '@jest/globals';
import { at, moved, ongoingCall } from '../../testing/calls.ts';
import type { CallMedia } from '../documents.ts';
import { applyAfterEnd } from './afterEnd.ts';
import type { MediaEvent } from './mediaEvent.ts';

/** Ended at 100 s. */
const ended = moved(ongoingCall(), { type: 'end', by: 'caller' }, at(100));
const media: CallMedia = {
  channel: 'channel',
  callerUid: 1,
  calleeUid: 2,
  acceptRequestId: 'accept',
  expireAt: at(1000),
};
const event = (sec: number, seq: number, more: Partial<MediaEvent> = {}): MediaEvent => ({
  by: 'callee',
  event: 'leave',
  at: at(sec),
  seq,
  reason: 'left',
  ...more,
});

describe('what comes after the end', () => {
  it('is noted when it comes within the time to leave', () => {
    expect(applyAfterEnd(ended, media, event(115, 5), at(120))).toEqual({
      afterEnd: {
        seqs: { caller: -1, callee: 5 },
        evidence: [{ at: at(115), party: 'callee', source: 'media', event: 'left', reason: 'left' }],
      },
      closeAgain: false,
    });
  });

  it('is old when the call or an event after its end has told something newer', () => {
    const heard = {
      ...ended,
      mediaTracks: { ...ended.mediaTracks, callee: { seq: 5, events: 1, leftAt: null } },
    };
    expect(applyAfterEnd(heard, media, event(115, 5), at(120))).toBeUndefined();
    const afterEnd = { seqs: { caller: -1, callee: 7 }, evidence: [] };
    expect(applyAfterEnd(ended, { ...media, afterEnd }, event(115, 7), at(120))).toBeUndefined();
    expect(applyAfterEnd(ended, { ...media, afterEnd }, event(115, 8), at(120))).toBeDefined();
  });

  it('closes the channel again when it is later, not more often than every ten seconds', () => {
    const first = applyAfterEnd(ended, media, event(116, 1, { event: 'join' }), at(118));
    const seen = { count: 1, firstAt: at(116), lastAt: at(116), closedAgainAt: at(118) };
    expect(first).toMatchObject({ mediaAfterEnd: seen, closeAgain: true });
    const known = { ...media, mediaAfterEnd: seen };
    const soon = applyAfterEnd(ended, known, event(120, 2), at(127));
    expect(soon).toMatchObject({
      mediaAfterEnd: { count: 2, firstAt: at(116), lastAt: at(120), closedAgainAt: at(118) },
      closeAgain: false,
    });
    expect(applyAfterEnd(ended, known, event(120, 2), at(128))).toMatchObject({
      mediaAfterEnd: { closedAgainAt: at(128) },
      closeAgain: true,
    });
  });

  it('is never from the future', () => {
    const told = applyAfterEnd(ended, media, event(9000, 1), at(105));
    expect(told).toMatchObject({ afterEnd: { evidence: [{ at: at(105) }] }, closeAgain: false });
  });
});
