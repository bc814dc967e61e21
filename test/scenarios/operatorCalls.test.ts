/** An operator calls a listener, which costs nobody anything. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  books,
  expectRefusal,
  hangUp,
  plusSec,
  readDocument,
  useStack,
  type JoinedAnswer,
  type SignedIn,
  type StartAnswer,
} from './support.ts';

const stack = useStack();

async function operatorAndListener(): Promise<{ operator: SignedIn; listener: SignedIn }> {
  const [listener, operator] = await stack.people({ listeners: 1, callers: 1, coins: 0 });
  if (listener === undefined || operator === undefined) throw new Error('the seed made nobody');
  await stack.control.grant(operator.uid, 'admin');
  await operator.idToken(true);
  return { operator, listener };
}

async function connected({ operator, listener }: { operator: SignedIn; listener: SignedIn }) {
  const input = { calleeId: listener.uid, type: 'audio', requestId: randomUUID() };
  const started = await operator.call<StartAnswer>('calls/start', input);
  const { callId } = started;
  await listener.call('calls/accept', { callId, requestId: randomUUID() });
  await operator.call('calls/token', { callId });
  await listener.call('calls/joined', { callId });
  const joined = await operator.call<JoinedAnswer>('calls/joined', { callId });
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

describe('somebody who only has the claim', () => {
  it('pays like anybody', async () => {
    const { operator, listener } = await operatorAndListener();
    await stack.writeAsAdmin(`users/${operator.uid}?updateMask.fieldPaths=roles`, {
      roles: { arrayValue: { values: [{ stringValue: 'user' }] } },
    });
    const input = { calleeId: listener.uid, type: 'audio', requestId: randomUUID() };
    await expectRefusal(operator.call('calls/start', input), 'INSUFFICIENT_COINS');
  });
});
