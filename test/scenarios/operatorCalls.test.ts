/** Operators and listeners call each other, which costs nobody anything. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { adminOf, banUntil } from './helpers.ts';
import { books, expectRefusal, hangUp, plusSec, readDocument, useStack, type SignedIn } from './support.ts';

const stack = useStack();

async function operatorAndListener(): Promise<{ operator: SignedIn; listener: SignedIn }> {
  const [listener, operator] = await stack.people({ listeners: 1, callers: 1, coins: 0 });
  if (listener === undefined || operator === undefined) throw new Error('the seed made nobody');
  await stack.control.grant(operator.uid, 'admin');
  await operator.idToken(true);
  return { operator, listener };
}

async function connected({ operator, listener }: { operator: SignedIn; listener: SignedIn }) {
  const input = { calleeId: listener.uid, type: 'audio' as const, requestId: randomUUID() };
  const started = await operator.earshot.calls.start(input);
  const { callId } = started;
  await listener.earshot.calls.accept({ callId, requestId: randomUUID() });
  await operator.earshot.calls.token({ callId });
  await listener.earshot.calls.joined({ callId });
  const joined = await operator.earshot.calls.joined({ callId });
  return { callId, started, joined };
}

describe('an operator without coins', () => {
  it('talks to a listener free of charge, and nothing is earned', async () => {
    const people = await operatorAndListener();
    await stack.freeze();
    const { callId, started, joined } = await connected(people);
    expect(started).toMatchObject({ coinsPerMinute: 0, heldCoins: 0, affordableMinutes: 120 });
    expect(joined.grantedUntil).toBe(plusSec(new Date(joined.connectedAt ?? ''), 7200).toISOString());
    await stack.control.advance(1500);
    const { receipt } = await hangUp(people.operator, callId);
    expect(receipt).toMatchObject({ durationSec: 1500, coinsSpent: 0, coinsReleased: 0 });
    expect((await hangUp(people.listener, callId)).receipt).toMatchObject({ earnedCoins: 0 });
    expect((await books(people.operator)).holds).toEqual({});
    expect((await books(people.listener)).earnings.total).toBe(0);
  });

  it('is cut after the longest call like anybody', async () => {
    const people = await operatorAndListener();
    await stack.freeze();
    const { callId } = await connected(people);
    await stack.control.advance(7200);
    expect(await readDocument(people.operator, `calls/${callId}`)).toMatchObject({
      endReason: 'max_duration',
      durationSec: 7200,
    });
    expect(await stack.pushesOf(people.operator.uid, 'low_balance')).toEqual([]);
  });
});

describe('a listener', () => {
  /** Operators take calls when they say so, and beat like anybody. */
  async function operatorOnDuty() {
    const { operator, listener } = await operatorAndListener();
    await operator.earshot.presence.update({ online: true, willing: true });
    return { operator, listener };
  }
  const askedFor = ({ uid }: SignedIn) => ({
    calleeId: uid,
    type: 'audio' as const,
    requestId: randomUUID(),
  });

  it('without coins talks free of charge to an operator who has no card', async () => {
    const { operator, listener } = await operatorOnDuty();
    await stack.freeze();
    const started = await listener.earshot.calls.start(askedFor(operator));
    expect(started).toMatchObject({ coinsPerMinute: 0, heldCoins: 0, affordableMinutes: 120 });
    const { callId } = started;
    expect(await stack.pushesOf(operator.uid, 'incoming_call')).toMatchObject([{ data: { callId } }]);
    expect(await readDocument(listener, `listeners/${listener.uid}`)).toMatchObject({ availability: 'busy' });
    await operator.earshot.calls.accept({ callId, requestId: randomUUID() });
    for (const phone of [operator, listener]) await phone.earshot.calls.joined({ callId });
    await stack.control.advance(700);
    const { receipt } = await hangUp(listener, callId);
    expect(receipt).toMatchObject({ durationSec: 700, coinsSpent: 0, coinsReleased: 0 });
    expect((await hangUp(operator, callId)).receipt).toMatchObject({ earnedCoins: 0 });
    expect((await books(listener)).coins.held).toBe(0);
    expect((await books(operator)).earnings.total).toBe(0);
    expect(await readDocument(listener, `listeners/${listener.uid}`)).toMatchObject({
      availability: 'available',
    });
    // No card has come of it, and the operator can be called again.
    await expect(readDocument(listener, `listeners/${operator.uid}`)).rejects.toThrow('there is no');
    const again = await listener.earshot.calls.start(askedFor(operator));
    await operator.earshot.calls.reject({ callId: again.callId });
  });

  it('finds an operator offline who takes no calls, and busy who is in one', async () => {
    const { operator, listener } = await operatorAndListener();
    await operator.earshot.presence.update({ willing: false });
    await expectRefusal(listener.earshot.calls.start(askedFor(operator)), 'CALLEE_OFFLINE');
    await operator.earshot.presence.update({ online: true, willing: true });
    const [other] = await stack.people({ listeners: 1, callers: 0, coins: 0 });
    if (other === undefined) throw new Error('the seed made nobody');
    const { callId } = await operator.earshot.calls.start(askedFor(other));
    await expectRefusal(listener.earshot.calls.start(askedFor(operator)), 'CALLEE_BUSY');
    await hangUp(operator, callId);
  });

  it('pays other listeners, and is paid by callers, like anybody', async () => {
    const { listener } = await operatorOnDuty();
    const { caller, callee } = await stack.pair();
    await expectRefusal(listener.earshot.calls.start(askedFor(callee)), 'INSUFFICIENT_COINS');
    const started = await caller.earshot.calls.start(askedFor(listener));
    expect(started).toMatchObject({ coinsPerMinute: 10, heldCoins: 100 });
    await hangUp(caller, started.callId);
  });
});

describe('an operator without a card', () => {
  it('cannot be called by anybody else, whoever has coins, nor when banned', async () => {
    const { operator, listener } = await operatorAndListener();
    await operator.earshot.presence.update({ online: true, willing: true });
    const { caller } = await stack.pair();
    const start = async (phone: SignedIn) =>
      phone.earshot.calls.start({ calleeId: operator.uid, type: 'audio', requestId: randomUUID() });
    await expectRefusal(start(caller), 'CALLEE_NOT_CALLABLE');
    await banUntil(adminOf(stack), operator.uid, new Date('2099-01-01T00:00:00.000Z'));
    await expectRefusal(start(listener), 'CALLEE_NOT_CALLABLE');
  });
});

describe('somebody who only has the claim', () => {
  it('pays like anybody', async () => {
    const { operator, listener } = await operatorAndListener();
    await stack.writeAsAdmin(`users/${operator.uid}?updateMask.fieldPaths=roles`, {
      roles: { arrayValue: { values: [{ stringValue: 'user' }] } },
    });
    const input = { calleeId: listener.uid, type: 'audio' as const, requestId: randomUUID() };
    await expectRefusal(operator.earshot.calls.start(input), 'INSUFFICIENT_COINS');
  });
});
