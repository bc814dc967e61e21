import { describe, expect, it } from '@jest/globals';
import { at, START } from '../testing/calls.ts';
import { TestClock } from '../testing/ports.ts';
import { awayUntil, hasLeft, mayBeAway, shownOf, type Shown } from './availability.ts';
import type { Presence } from './documents.ts';

const moment = { clock: new TestClock(START), now: START, leaseSec: 90 };
const here: Presence = { at: at(-30), online: true, willing: true, busyUntil: null, hasCard: true };
const gone: Presence = { ...here, at: at(-90) };
const lapsed: Presence = { ...gone, online: false, lapsed: true };
const phone = (seenAt: Date) => ({
  devices: { phone: { token: 't', platform: 'android' as const, seenAt } },
});
const seenToday = phone(at(-23 * 3600));

const available: Shown = { availability: 'available', away: false };
const busy: Shown = { availability: 'busy', away: false };
const offline: Shown = { availability: 'offline', away: false };

describe('what a card shows', () => {
  it.each<[string, Presence | undefined, Shown]>([
    ['is available while the lease runs', here, available],
    ['is available in the last moment of the lease', { ...here, at: at(-89.999) }, available],
    ['is offline when the lease has run out', gone, offline],
    ['is offline without a presence', undefined, offline],
    ['is offline for the unwilling', { ...here, willing: false }, offline],
    ['is offline for whoever went offline', { ...here, online: false }, offline],
    ['is busy until the mark ends', { ...here, busyUntil: at(0.001) }, busy],
    ['is available when the mark ends', { ...here, busyUntil: START }, available],
    [
      'is offline for the unwilling, also with a mark',
      { ...here, willing: false, busyUntil: at(9) },
      offline,
    ],
    ['is offline when the lease has run out, also with a mark', { ...gone, busyUntil: at(9) }, offline],
  ])('%s', (_what, presence, shown) => {
    expect(shownOf({ presence, inCall: false }, moment)).toEqual(shown);
    expect(shownOf({ presence, inCall: true }, moment)).toEqual(busy);
  });

  it.each<[string, Presence, Shown]>([
    ['whose lease has just run out', gone, { availability: 'available', away: true }],
    ['whom the sweep has noted', lapsed, { availability: 'available', away: true }],
    ['who is here', here, available],
    ['who went offline', { ...lapsed, lapsed: false }, offline],
    ['who takes no calls', { ...lapsed, willing: false }, offline],
    ['who is marked busy', { ...lapsed, busyUntil: at(9) }, busy],
    ['who missed two rings', { ...lapsed, missedRings: 2 }, { availability: 'available', away: true }],
    ['who missed three rings', { ...lapsed, missedRings: 3 }, offline],
  ])('of somebody %s with a device of today', (_what, presence, shown) => {
    expect(shownOf({ presence, inCall: false, targets: seenToday }, moment)).toEqual(shown);
  });

  it('takes nobody for away whose devices were not looked at, or are too old', () => {
    expect(shownOf({ presence: lapsed, inCall: false }, moment)).toEqual(offline);
    expect(shownOf({ presence: lapsed, inCall: false, targets: { devices: {} } }, moment)).toEqual(offline);
    const yesterday = phone(at(-24 * 3600));
    expect(shownOf({ presence: lapsed, inCall: false, targets: yesterday }, moment)).toEqual(offline);
  });
});

describe('being away', () => {
  it('ends a day after the device that was seen last', () => {
    const devices = { ...phone(at(-100)).devices, other: { ...seenToday.devices.phone, seenAt: at(-10) } };
    expect(awayUntil({ devices })).toEqual(at(24 * 3600 - 10));
    expect(awayUntil(undefined)).toBeUndefined();
  });

  it('is worth a look only for those whose beats have stopped', () => {
    expect([here, gone, lapsed, undefined].map((presence) => mayBeAway(presence, moment))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is not leaving', () => {
    const left = { ...here, online: false };
    expect([here, gone, lapsed, left, undefined].map(hasLeft)).toEqual([false, false, false, true, false]);
  });
});
