/** What must hold of holds, charges and earnings for any price, any duration and any clock. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  changeWallet,
  creditEarning,
  creditWallet,
  placeHold,
  settleHold,
} from '../../ledger/domain/wallet.ts';
import { at, defaultTerms, ongoingCall } from '../../testing/calls.ts';
import {
  affordableMinutes,
  chargeFor,
  clampToGrant,
  grantEnd,
  heldCoins,
  planHold,
  requiredCoins,
  type Price,
} from './charging.ts';
import { applyEvent, plausible } from './lifecycle.ts';
import { receiptOf } from './receipt.ts';

const CASES = 10_000;
// Made once: the settings behind them are parsed anew each time.
const TERMS = defaultTerms();
const CALL = ongoingCall();
/** Longer than the longest call. */
const MOST_SEC = 8000;

const coins = fc.nat(5000);
const seconds = fc.integer({ min: 0, max: MOST_SEC * 10 }).map((tenths) => tenths / 10);
/** Any moment from long before the call to long after it. */
const anyMoment = fc.integer({ min: -MOST_SEC, max: 2 * MOST_SEC });

const price: fc.Arbitrary<Price> = fc
  .record({
    coinsPerMinute: fc.nat(60),
    minimumCoins: fc.nat(120),
    earnedPerMinute: fc.nat(90),
    freeSec: fc.constantFrom(0, 1, 10, 30, 60),
    sliceMinutes: fc.integer({ min: 1, max: 15 }),
    moreMinutes: fc.nat(120),
  })
  .map(({ coinsPerMinute, moreMinutes, ...terms }) => ({
    coinsPerMinute,
    terms: { ...TERMS, ...terms, maxMinutes: terms.sliceMinutes + moreMinutes },
  }));

function charged(of: Price, sec: number, held: number) {
  return chargeFor(of, { connectedAt: at(0), endedAt: at(sec) }, held);
}

/** An ongoing call that is connected since `at(10)`, with so many minutes granted. */
function granted(of: Price, minutes: number) {
  const { coinsPerMinute, terms } = of;
  return { ...CALL, coinsPerMinute, terms, grantedMinutes: minutes, grantedUntil: grantEnd(at(10), minutes) };
}

function holds<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...args: T) => void,
): void {
  fc.assert(fc.property<T>(...arbitraries, predicate), { numRuns: CASES });
}

describe('any charge', () => {
  it('is made of whole numbers, never below nothing, never above what is held', () => {
    holds([price, seconds, coins], (of, sec, held) => {
      const charge = charged(of, sec, held);
      for (const amount of Object.values(charge)) {
        if (!Number.isSafeInteger(amount) || amount < 0) throw new Error(JSON.stringify(charge));
      }
      if (charge.chargeCoins > held) throw new Error(`${charge.chargeCoins} of ${held}`);
    });
  });

  it('never falls, for either side, as the call grows longer', () => {
    holds([price, seconds, seconds, coins], (of, one, other, held) => {
      const shorter = charged(of, Math.min(one, other), held);
      const longer = charged(of, Math.max(one, other), held);
      const grew =
        shorter.chargeCoins <= longer.chargeCoins &&
        shorter.earnedCoins <= longer.earnedCoins &&
        shorter.billedMinutes <= longer.billedMinutes;
      if (!grew) throw new Error(JSON.stringify([shorter, longer]));
    });
  });

  it('never falls as more is held, and what is earned does not depend on it', () => {
    holds([price, seconds, coins, coins], (of, sec, one, other) => {
      const less = charged(of, sec, Math.min(one, other));
      const more = charged(of, sec, Math.max(one, other));
      if (less.chargeCoins > more.chargeCoins) throw new Error(JSON.stringify([less, more]));
      expect(less.earnedCoins).toBe(more.earnedCoins);
    });
  });

  it('counts every begun minute and none that was not begun', () => {
    holds([price, seconds, coins], (of, sec, held) => {
      const { billedMinutes, durationSec } = charged(of, sec, held);
      if (durationSec < of.terms.freeSec) return expect(billedMinutes).toBe(0);
      const begun = billedMinutes * 60 >= durationSec && (billedMinutes - 1) * 60 < durationSec;
      if (!begun && durationSec > 0) throw new Error(`${billedMinutes} min for ${durationSec} s`);
    });
  });

  it('is nothing for both sides below the free seconds, and the full minute from there on', () => {
    holds([price, coins], (of, held) => {
      const { freeSec, minimumCoins, earnedPerMinute } = of.terms;
      if (freeSec === 0) return;
      const below = charged(of, freeSec - 0.001, held);
      expect([below.chargeCoins, below.earnedCoins]).toEqual([0, 0]);
      const { chargeCoins, earnedCoins } = charged(of, freeSec, held);
      const free = of.coinsPerMinute === 0;
      const due = Math.min(held, Math.max(minimumCoins, of.coinsPerMinute));
      expect([chargeCoins, earnedCoins]).toEqual(free ? [0, 0] : [due, earnedPerMinute]);
    });
  });

  it('of a call within its grant is covered by the hold, above the minimum', () => {
    holds([price, fc.integer({ min: 1, max: 120 }), seconds], (of, minutes, sec) => {
      const held = minutes * of.coinsPerMinute;
      const { chargeCoins, billedMinutes } = charged(of, Math.min(sec, minutes * 60), held);
      if (billedMinutes > minutes) throw new Error(`${billedMinutes} of ${minutes} min`);
      if (chargeCoins < billedMinutes * of.coinsPerMinute) throw new Error('less than the minutes cost');
    });
  });
});

describe('any hold', () => {
  it('takes whole minutes, no more than is available, than a slice, than the longest call', () => {
    holds([price, coins, fc.nat(150)], (of, available, before) => {
      const grantedMinutes = Math.min(before, of.terms.maxMinutes);
      const plan = planHold(of, available, grantedMinutes);
      const most = of.terms.maxMinutes - grantedMinutes;
      expect(plan.coins).toBe(plan.minutes * of.coinsPerMinute);
      const fits = plan.coins <= available && plan.minutes >= 0 && plan.minutes <= most;
      const inSlice = of.coinsPerMinute === 0 || plan.minutes <= of.terms.sliceMinutes;
      if (!fits || !inSlice || !Number.isSafeInteger(plan.minutes)) throw new Error(JSON.stringify(plan));
      const left = available - plan.coins;
      expect(plan.final).toBe(of.coinsPerMinute > 0 && left < of.coinsPerMinute);
    });
  });

  it('repeated until nothing more is granted, reserves all that can be paid for and no more', () => {
    holds([price, coins], (of, available) => {
      if (of.coinsPerMinute === 0) return;
      let [minutes, left] = [0, available];
      for (let plan = planHold(of, left, minutes); plan.minutes > 0; plan = planHold(of, left, minutes)) {
        minutes += plan.minutes;
        left -= plan.coins;
      }
      expect(minutes).toBe(affordableMinutes(of, available));
      expect(left).toBe(available - minutes * of.coinsPerMinute);
    });
  });

  it('of whoever can start a call pays for the shortest one', () => {
    holds([price, coins], (of, available) => {
      if (available < requiredCoins(of)) return;
      const plan = planHold(of, available, 0);
      if (plan.minutes < 1) throw new Error('nothing was granted');
    });
  });
});

describe('any earning', () => {
  const charge = fc.integer({ min: 1, max: 5000 });

  it('is split without a rest, and no fraction of a given coin is paid out', () => {
    holds([coins, charge, fc.integer({ min: 0, max: 100 })], (earnedCoins, chargeCoins, share) => {
      const chargedBonusCoins = Math.floor((chargeCoins * share) / 100);
      const earning = { callId: 'c1', earnedCoins, chargeCoins, chargedBonusCoins };
      const { earnings } = creditEarning(changeWallet('ravi', undefined), earning, at(0)).wallet;
      expect(earnings.available + earnings.promotional).toBe(earnedCoins);
      expect(earnings.total).toBe(earnedCoins);
      if (earnings.available * chargeCoins > earnedCoins * (chargeCoins - chargedBonusCoins))
        throw new Error(`${earnings.available} of ${earnedCoins} are payable`);
    });
  });
});

describe('any settlement', () => {
  it('gives back or charges every coin that was held, given coins first', () => {
    holds([coins, coins, coins, fc.nat(100)], (bought, given, wish, share) => {
      const base = { description: '', ref: { kind: 'payment', id: 'p' } } as const;
      let change = changeWallet('asha', undefined);
      if (bought > 0)
        change = creditWallet(change, { ...base, key: 'a', source: 'purchase', coins: bought }, at(0));
      if (given > 0)
        change = creditWallet(change, { ...base, key: 'b', source: 'bonus', coins: given }, at(0));
      const held = Math.min(wish, bought + given);
      change = placeHold(change, { callId: 'c1', slice: 0, coins: held }, at(0));
      const chargeCoins = Math.floor((held * share) / 100);
      const settled = settleHold(change, { callId: 'c1', chargeCoins }, at(60));
      const { available, held: stillHeld, spent, bonus } = settled.change.wallet.coins;
      expect([available + spent, stillHeld, spent]).toEqual([bought + given, 0, chargeCoins]);
      expect(settled.chargedBonusCoins).toBe(Math.min(chargeCoins, given));
      expect(bonus).toBe(given - settled.chargedBonusCoins);
    });
  });
});

describe('any clock', () => {
  it('that others report is taken between the accept and now', () => {
    holds([anyMoment, fc.nat(MOST_SEC)], (reported, waited) => {
      const acceptedAt = at(5);
      const now = at(5 + waited);
      const taken = plausible({ acceptedAt }, at(reported), now);
      if (taken < acceptedAt || taken > now) throw new Error(taken.toISOString());
      if (reported >= 5 && reported <= 5 + waited) expect(taken).toEqual(at(reported));
    });
  });

  it('is clamped to the grant, once and for all', () => {
    holds([price, fc.integer({ min: 1, max: 120 }), anyMoment], (of, minutes, sec) => {
      const call = granted(of, minutes);
      const clamped = clampToGrant(call, at(sec));
      if (clamped < at(10) || clamped > at(10 + minutes * 60)) throw new Error(clamped.toISOString());
      expect(clampToGrant(call, clamped)).toEqual(clamped);
    });
  });

  it('ends a call between its connection and its grant, and the receipts say what is charged', () => {
    const kind = fc.constantFrom<'end' | 'lost' | 'cut' | 'adminEnd'>('end', 'lost', 'cut', 'adminEnd');
    holds(
      [price, fc.integer({ min: 1, max: 20 }), kind, anyMoment, fc.nat(MOST_SEC)],
      (of, minutes, how, sec, nowSec) => {
        const call = granted(of, minutes);
        const event = {
          end: { type: 'end', by: 'caller' },
          lost: { type: 'lost', by: 'callee', at: at(sec) },
          cut: { type: 'cut', reason: 'coins_exhausted' },
          adminEnd: { type: 'adminEnd' },
        } as const;
        const outcome = applyEvent(call, event[how], at(10 + nowSec));
        if (outcome.kind !== 'moved') throw new Error(outcome.kind);
        const { call: ended } = outcome;
        const endedSec = ((ended.endedAt?.getTime() ?? 0) - at(10).getTime()) / 1000;
        if (endedSec < 0 || endedSec > minutes * 60) throw new Error(`ended after ${endedSec} s`);
        const charge = charged(of, endedSec, heldCoins(call));
        const caller = receiptOf(ended, 'caller');
        const callee = receiptOf(ended, 'callee');
        expect(caller).toMatchObject({
          coinsSpent: charge.chargeCoins,
          coinsReleased: heldCoins(call) - charge.chargeCoins,
        });
        expect(callee).toMatchObject({ earnedCoins: charge.earnedCoins });
        expect(ended.billedMinutes).toBe(charge.billedMinutes);
      },
    );
  });
});
