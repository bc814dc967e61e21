/** What a call costs and earns, to the second and to the coin. The clock stands, so durations are exact. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from '@google-cloud/firestore';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { emulatorFirestore } from '../parity/emulator.ts';
import {
  books,
  connectedCall,
  expectEnded,
  expectRefusal,
  hangUp,
  plusSec,
  readDocument,
  startedCall,
  useStack,
  type CallWish,
  type ConnectedCall,
} from './support.ts';

const stack = useStack();

beforeEach(async () => stack.freeze(10));

interface Talk extends CallWish {
  readonly seconds: number;
}

/** Two people talk for exactly so long; the caller hangs up. */
async function talk({ seconds, ...wish }: Talk): Promise<ConnectedCall> {
  const call = await connectedCall(stack, wish);
  await stack.control.advance(seconds);
  await hangUp(call.caller, call.callId);
  return call;
}

describe('the charge', () => {
  it.each([
    { seconds: 0, durationSec: 0, billedMinutes: 0, spent: 0, earned: 0 },
    { seconds: 9.9, durationSec: 9, billedMinutes: 0, spent: 0, earned: 0 },
    { seconds: 10, durationSec: 10, billedMinutes: 1, spent: 10, earned: 15 },
    { seconds: 60, durationSec: 60, billedMinutes: 1, spent: 10, earned: 15 },
    // Durations count in whole seconds, so that a begun second begins no minute.
    { seconds: 60.999, durationSec: 60, billedMinutes: 1, spent: 10, earned: 15 },
    { seconds: 61, durationSec: 61, billedMinutes: 2, spent: 20, earned: 30 },
    { seconds: 600, durationSec: 600, billedMinutes: 10, spent: 100, earned: 150 },
    { seconds: 600.5, durationSec: 600, billedMinutes: 10, spent: 100, earned: 150 },
    { seconds: 601, durationSec: 601, billedMinutes: 11, spent: 110, earned: 165 },
  ])('of $seconds s is $spent coins', async ({ seconds, ...ending }) => {
    const call = await talk({ seconds, coins: 500 });
    await expectEnded(call, 500, { endReason: 'completed', ...ending });
  });

  it('of a video call is that of video', async () => {
    const call = await talk({ seconds: 65, type: 'video', coins: 500 });
    expect(call.started).toMatchObject({ coinsPerMinute: 50, heldCoins: 500, affordableMinutes: 10 });
    await expectEnded(call, 500, {
      endReason: 'completed',
      durationSec: 65,
      billedMinutes: 2,
      spent: 100,
      earned: 150,
    });
  });

  it('of a wallet of two minutes is at most two minutes, and the rest stays', async () => {
    const call = await connectedCall(stack, { coins: 25 });
    const { caller, callId, started, grantedUntil, connectedAt } = call;
    expect(started).toMatchObject({ heldCoins: 20, affordableMinutes: 2 });
    expect(grantedUntil).toEqual(plusSec(connectedAt, 120));
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({ final: true });
    await stack.control.advance(60);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toHaveLength(1);
    await stack.control.advance(60);
    await expectEnded(call, 25, {
      endReason: 'coins_exhausted',
      endedAt: grantedUntil,
      durationSec: 120,
      billedMinutes: 2,
      spent: 20,
      earned: 30,
    });
  });

  it('of the last second of the last coins is ten minutes, by a hang-up or by the cut', async () => {
    const call = await talk({ seconds: 599.999, coins: 100 });
    const ending = { billedMinutes: 10, spent: 100, earned: 150 };
    await expectEnded(call, 100, { endReason: 'completed', durationSec: 599, ...ending });
    const cut = await talk({ seconds: 600, coins: 100 });
    await expectEnded(cut, 100, { endReason: 'coins_exhausted', durationSec: 600, ...ending });
  });

  it('tells the owner every step: held, released, charged', async () => {
    const { caller, callee, callId } = await talk({ seconds: 130, coins: 110 });
    const { items } = await caller.earshot.wallet.transactions();
    const ref = { kind: 'call', id: callId };
    expect(items).toHaveLength(4);
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'purchase', amount: 110, balanceAfter: 110 }),
        expect.objectContaining({ type: 'hold', amount: -100, balanceAfter: 10, ref }),
        expect.objectContaining({ type: 'release', amount: 100, balanceAfter: 110, ref }),
        expect.objectContaining({ type: 'charge', amount: -30, balanceAfter: 80, ref }),
      ]),
    );
    const earned = await callee.earshot.wallet.transactions();
    expect(earned.items).toEqual([
      expect.objectContaining({ type: 'earning', asset: 'earned', amount: 45, balanceAfter: 45, ref }),
    ]);
  });
});

describe('the minimum charge', () => {
  const setMinimum = async (coins: number) =>
    stack.writeAsAdmin('config/pricing', {
      audio: { mapValue: { fields: { minimumCoins: { integerValue: String(coins) } } } },
    });
  afterEach(async () => stack.writeAsAdmin('config/pricing', {}));

  it('is what a short call costs, while the listener earns the minutes', async () => {
    await setMinimum(25);
    const pair = await stack.pair(100);
    const call = await talk({ seconds: 10, pair });
    await expectEnded(call, 100, {
      endReason: 'completed',
      durationSec: 10,
      billedMinutes: 1,
      spent: 25,
      earned: 15,
    });
  });

  it('does not make a call dearer that costs more, and leaves the free seconds free', async () => {
    await setMinimum(25);
    const three = await talk({ seconds: 121, pair: await stack.pair(100) });
    await expectEnded(three, 100, {
      endReason: 'completed',
      durationSec: 121,
      billedMinutes: 3,
      spent: 30,
      earned: 45,
    });
    const free = await talk({ seconds: 9, pair: await stack.pair(100) });
    await expectEnded(free, 100, { endReason: 'completed', durationSec: 9 });
  });

  it('is asked for at the start, and what is held is all that is taken', async () => {
    await setMinimum(25);
    const poor = startedCall(stack, { pair: await stack.pair(24) });
    await expectRefusal(poor, 'INSUFFICIENT_COINS', { requiredCoins: 25, availableCoins: 24 });
    const call = await talk({ seconds: 10, pair: await stack.pair(25) });
    await expectEnded(call, 25, {
      endReason: 'completed',
      durationSec: 10,
      billedMinutes: 1,
      spent: 20,
      earned: 15,
    });
  });

  it('does not change for a call that has started', async () => {
    const call = await connectedCall(stack, { coins: 100 });
    await setMinimum(25);
    // Seeding makes the workers read the settings anew.
    await stack.pair(0);
    await stack.control.advance(10);
    await hangUp(call.caller, call.callId);
    await expectEnded(call, 100, {
      endReason: 'completed',
      durationSec: 10,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
  });
});

describe('coins that were given', () => {
  let db: Firestore | undefined;
  afterAll(async () => db?.terminate());

  /** By the ledger itself: no operation gives a bonus to somebody who exists. */
  async function creditBonus(uid: string, coins: number): Promise<void> {
    db ??= await emulatorFirestore();
    const ref = { kind: 'admin', id: 'scenario' } as const;
    const bonus = { key: `bonus-${uid}`, source: 'bonus', coins, description: 'A gift', ref } as const;
    await creditCoins(new FirestoreStore(db, new Meter()), uid, bonus, await stack.control.now());
  }

  it('are spent first, and what they earn is promotional', async () => {
    const pair = await stack.pair(50);
    await creditBonus(pair.caller.uid, 30);
    const call = await talk({ seconds: 200, pair });
    expect(call.started).toMatchObject({ heldCoins: 80 });
    await expectEnded(call, 80, {
      endReason: 'completed',
      durationSec: 200,
      billedMinutes: 4,
      spent: 40,
      earned: 60,
    });
    expect((await books(pair.caller)).coins).toEqual({
      available: 40,
      held: 0,
      bonus: 0,
      purchased: 50,
      spent: 40,
    });
    expect((await books(pair.callee)).earnings).toMatchObject({ available: 15, promotional: 45, total: 60 });
  });

  it('stay given when the call did not need them all', async () => {
    const pair = await stack.pair(50);
    await creditBonus(pair.caller.uid, 30);
    const call = await talk({ seconds: 20, pair });
    await expectEnded(call, 80, {
      endReason: 'completed',
      durationSec: 20,
      billedMinutes: 1,
      spent: 10,
      earned: 15,
    });
    expect((await books(pair.caller)).coins).toMatchObject({ bonus: 20 });
    expect((await books(pair.callee)).earnings).toMatchObject({ available: 0, promotional: 15 });
  });
});

describe('coins that come in during the call', () => {
  const WARNING_SEC = 540;

  async function credit(uid: string, coins: number): Promise<void> {
    const operator = await stack.operator();
    const input = { userId: uid, coins, note: 'a gift', requestId: randomUUID() };
    await operator.earshot.wallet.adjust(input);
  }

  async function talksUntil(call: ConnectedCall, seconds: number, coins: number): Promise<void> {
    const { connectedAt, callId, caller } = call;
    const until = plusSec(connectedAt, seconds);
    expect(await caller.earshot.calls.get({ callId })).toMatchObject({
      call: { grantedUntil: until.toISOString(), final: true },
    });
    // What ran before this was at most a slice; now the rest of the call runs.
    await stack.control.advance(seconds);
    await expectEnded(call, coins, {
      endReason: 'coins_exhausted',
      endedAt: until,
      durationSec: seconds,
      billedMinutes: seconds / 60,
      spent: seconds / 6,
      earned: seconds / 4,
    });
  }

  it('with more than a minute left, extend it when that is due', async () => {
    const call = await connectedCall(stack, { coins: 105 });
    const { caller, callId, connectedAt } = call;
    await stack.control.advance(100);
    await credit(caller.uid, 50);
    expect(await caller.earshot.calls.token({ callId })).toMatchObject({
      grantedUntil: plusSec(connectedAt, 600).toISOString(),
      final: false,
    });
    expect((await books(caller)).coins).toMatchObject({ available: 55, held: 100 });
    await stack.control.advance(WARNING_SEC - 100);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toEqual([]);
    await talksUntil(call, 900, 155);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toHaveLength(1);
  });

  it('with less than a minute left, extend it at once', async () => {
    const call = await connectedCall(stack, { coins: 105 });
    const { caller, callee } = call;
    await stack.control.advance(WARNING_SEC + 59.5);
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toHaveLength(1);
    await credit(caller.uid, 50);
    expect((await books(caller)).coins).toMatchObject({ available: 5, held: 150 });
    expect(await callee.earshot.calls.ongoing()).toMatchObject({ call: { state: 'ongoing' } });
    await talksUntil(call, 900, 155);
    // Once for each last slice.
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toHaveLength(2);
  });

  it('before it is connected, make it longer as well', async () => {
    const pair = await stack.pair(100);
    const { callId, caller, callee } = await startedCall(stack, { pair });
    await credit(caller.uid, 20);
    await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
    for (const phone of [caller, callee]) await phone.earshot.calls.joined({ callId });
    // Without the credit this would be the last slice, since the hold has taken everything.
    expect(await readDocument(callee, `calls/${callId}`)).toMatchObject({ state: 'ongoing', final: false });
    await hangUp(caller, callId);
    expect((await books(caller)).coins).toMatchObject({ available: 120, held: 0 });
  });

  it('do nothing when they do not pay a minute, or are the listener’s', async () => {
    const call = await connectedCall(stack, { coins: 105 });
    const { caller, callee } = call;
    await stack.control.advance(WARNING_SEC + 30);
    await credit(caller.uid, 4);
    await credit(callee.uid, 1000);
    await talksUntil(call, 600, 109);
    expect((await books(callee)).coins).toMatchObject({ available: 1000, spent: 0 });
    expect(await stack.pushesOf(caller.uid, 'low_balance')).toHaveLength(1);
  });
});
