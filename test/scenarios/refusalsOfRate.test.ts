/** How often: starts in an hour, tokens in a minute. The clock stands, so that the seconds to wait are exact. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { dump } from './helpers.ts';
import { refusalOf, reasonOf } from './seenRefusal.ts';
import { connectedCall, startedCall, useStack, type SignedIn } from './support.ts';

const stack = useStack();

beforeEach(async () => stack.freeze());

async function defaultLimits(): Promise<void> {
  await stack.control.seed({ listeners: 0, callers: 0, coins: 0, limits: 'default' });
}

async function ringAndCancel(caller: SignedIn, callee: SignedIn): Promise<void> {
  const { callId } = await startedCall(stack, { pair: { caller, callee } });
  await caller.earshot.calls.cancel({ callId });
}

async function ring(caller: SignedIn, callee: SignedIn): Promise<unknown> {
  return caller.earshot.calls.start({ calleeId: callee.uid, type: 'audio', requestId: randomUUID() });
}

describe('calls in an hour', () => {
  it('the sixth to the same callee and the 31st in all are refused until the hour is over', async () => {
    const people = await stack.people({ listeners: 7, callers: 2, coins: 100 });
    await defaultLimits();
    const listeners = people.slice(0, 7);
    const [caller, other] = people.slice(7);
    const [first, , , , , , last] = listeners;
    if (!caller || !other || !first || !last) throw new Error('the seed made too few people');

    for (let made = 0; made < 5; made += 1) await ringAndCancel(caller, first);
    const untouched = await dump(stack);
    expect(await refusalOf(ring(caller, first))).toEqual({
      code: 'resource-exhausted',
      details: { reason: 'RATE_LIMITED', retryAfterSec: 3600 },
    });
    expect(await dump(stack)).toEqual(untouched);
    // Another caller is not concerned, and neither is another callee.
    await ringAndCancel(other, first);

    await stack.control.advance(600);
    for (const listener of listeners.slice(1, 6))
      for (let made = 0; made < 5; made += 1) await ringAndCancel(caller, listener);
    // 30 are made: the refused one did not count. The first five leave the window in 3000 s.
    expect((await refusalOf(ring(caller, last))).details).toEqual({
      reason: 'RATE_LIMITED',
      retryAfterSec: 3000,
    });
    await stack.control.advance(2999);
    expect((await refusalOf(ring(caller, last))).details).toEqual({
      reason: 'RATE_LIMITED',
      retryAfterSec: 1,
    });
    await stack.control.advance(1);
    expect(await reasonOf(ring(caller, last))).toBe('OK');
  }, 120_000);
});

describe('media tokens in a minute', () => {
  it('the 61st is refused until a minute is over, and nobody else is concerned', async () => {
    const call = await connectedCall(stack);
    await defaultLimits();
    const { caller, callee, callId } = call;
    for (let made = 0; made < 60; made += 1) await caller.earshot.calls.token({ callId });
    const untouched = await dump(stack);
    expect(await refusalOf(caller.earshot.calls.token({ callId }))).toEqual({
      code: 'resource-exhausted',
      details: { reason: 'RATE_LIMITED', retryAfterSec: 60 },
    });
    expect(await dump(stack)).toEqual(untouched);
    expect(await reasonOf(callee.earshot.calls.token({ callId }))).toBe('OK');
    await stack.control.advance(60);
    expect(await reasonOf(caller.earshot.calls.token({ callId }))).toBe('OK');
  }, 120_000);
});
