/** What people find of their calls afterwards. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CallOfHistory, CallsHistoryInput, CallsHistoryOutput } from '../../client/src/index.ts';
import { connectedCall, expectRefusal, hangUp, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();

async function allPages(phone: SignedIn, input: CallsHistoryInput): Promise<CallOfHistory[]> {
  const items: CallOfHistory[] = [];
  let cursor: string | null = null;
  do {
    const page: CallsHistoryOutput = await phone.earshot.calls.history({ ...input, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Two listeners who call each other: one call talked through, one declined, one unanswered, one open. */
async function twoWhoCallEachOther() {
  const [asha, ravi] = await stack.people({ listeners: 2, callers: 0, coins: 0 });
  if (asha === undefined || ravi === undefined) throw new Error('two listeners were asked for');
  const operator = await stack.operator();
  for (const { uid } of [asha, ravi])
    await operator.earshot.wallet.adjust({
      userId: uid,
      coins: 500,
      note: 'to call',
      requestId: randomUUID(),
    });
  await stack.freeze();
  const there = { caller: asha, callee: ravi };
  const back = { caller: ravi, callee: asha };
  const talked = await connectedCall(stack, { pair: there });
  await stack.control.advance(90);
  await hangUp(asha, talked.callId);
  const rejected = await startedCall(stack, { pair: back, type: 'video' });
  await asha.earshot.calls.reject({ callId: rejected.callId });
  await stack.control.advance(1);
  const missed = await startedCall(stack, { pair: there });
  await stack.control.advance(61);
  const open = await startedCall(stack, { pair: back });
  return { asha, ravi, calls: [open, missed, rejected, talked].map(({ callId }) => callId) };
}

describe('somebody who looks back', () => {
  it('finds calls made and received, newest first, each once, and what they came to', async () => {
    const { asha, ravi, calls } = await twoWhoCallEachOther();
    const [open, missed, rejected, talked] = calls;
    for (const limit of [1, 3, 20])
      expect((await allPages(asha, { limit })).map(({ callId }) => callId)).toEqual(calls);
    const items = await allPages(asha, {});
    expect(items.map(({ role, status }) => [role, status])).toEqual([
      ['callee', 'ongoing'],
      ['caller', 'missed'],
      ['callee', 'rejected'],
      ['caller', 'completed'],
    ]);
    expect(items.at(-1)).toMatchObject({ coinsSpent: 20 });
    expect(items.at(-1)).not.toHaveProperty('earnedCoins');
    expect((await allPages(ravi, {})).at(-1)).toMatchObject({ role: 'callee', earnedCoins: 30 });

    const found = async (input: CallsHistoryInput) =>
      (await allPages(asha, input)).map(({ callId }) => callId);
    expect(await found({ role: 'callee' })).toEqual([open, rejected]);
    expect(await found({ status: 'missed' })).toEqual([missed]);
    expect(await found({ status: 'ongoing' })).toEqual([open]);
    expect(await found({ status: 'ongoing', role: 'caller' })).toEqual([]);
    expect(await found({ type: 'video' })).toEqual([rejected]);
    expect(await found({ type: 'audio', status: 'completed', role: 'caller' })).toEqual([talked]);

    const { summary, months } = await asha.earshot.calls.summary();
    expect(summary).toEqual({
      totalCalls: 4,
      callsMade: 2,
      callsReceived: 2,
      completedCalls: 1,
      droppedCalls: 0,
      missedCalls: 1,
      rejectedCalls: 1,
      cancelledCalls: 0,
      ongoingCalls: 1,
      audioCalls: 3,
      videoCalls: 1,
      connectedCalls: 1,
      durationSec: 90,
      averageDurationSec: 90,
      coinsSpent: 20,
      earnedCoins: 0,
    });
    // Spent belongs to calls made, earned to calls received.
    const other = await ravi.earshot.calls.summary();
    expect(other.summary).toMatchObject({ totalCalls: 4, coinsSpent: 0, earnedCoins: 30 });
    expect(months.reduce((sum, { calls: some }) => sum + some, 0)).toBe(3);
    expect(months.reduce((sum, { coinsSpent }) => sum + coinsSpent, 0)).toBe(20);
  });

  it('sees nobody else’s calls, whatever the cursor', async () => {
    const call = await connectedCall(stack);
    await hangUp(call.caller, call.callId);
    const again = await startedCall(stack, { pair: call });
    await call.caller.earshot.calls.cancel({ callId: again.callId });
    const { nextCursor } = await call.caller.earshot.calls.history({ limit: 1 });
    const stranger = (await stack.pair()).caller;
    expect(await stranger.earshot.calls.history({ cursor: nextCursor })).toEqual({
      items: [],
      nextCursor: null,
    });
    await expectRefusal(stranger.call('calls/history', { userId: call.caller.uid }), 'INVALID_INPUT');
  });

  it('has nothing before the first call', async () => {
    const { caller } = await stack.pair();
    expect(await caller.earshot.calls.history()).toEqual({ items: [], nextCursor: null });
    const { summary, months } = await caller.earshot.calls.summary();
    expect([summary['totalCalls'], months]).toEqual([0, []]);
  });
});
