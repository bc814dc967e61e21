/** Twenty who spend one wallet at once: what it holds is spent once. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { refusalOf, reasonOf } from './seenRefusal.ts';
import { books, useStack } from './support.ts';

const stack = useStack();

// The emulator lets transactions that touch the same document wait for each other for seconds.
const PATIENCE_MS = 300_000;
const SPENDERS = 20;

describe('twenty at once', () => {
  it(
    'start calls from one wallet: one call starts, the others hear of it',
    async () => {
      const people = await stack.people({ listeners: SPENDERS, callers: 1, coins: 1000 });
      const caller = people.at(-1);
      if (caller === undefined) throw new Error('the seed made nobody');
      const starts = people.slice(0, SPENDERS).map(async ({ uid }) => {
        const input = { calleeId: uid, type: 'audio' as const, requestId: randomUUID() };
        return caller.earshot.calls.start(input);
      });
      const settled = await Promise.allSettled(starts);
      const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.callId] : []));
      expect(started).toHaveLength(1);
      const refused = starts.filter((_start, index) => settled[index]?.status === 'rejected');
      for (const start of refused)
        expect((await refusalOf(start)).details).toEqual({
          reason: 'CALLER_BUSY',
          callId: started[0],
          role: 'caller',
        });
      const { coins, openCallId } = await books(caller);
      expect(coins).toMatchObject({ available: 900, held: 100 });
      expect(openCallId).toBe(started[0]);
    },
    PATIENCE_MS,
  );

  it(
    'take ten of a hundred coins: ten get them, and the books say so',
    async () => {
      const [caller] = await stack.people({ listeners: 0, callers: 1, coins: 100 });
      if (caller === undefined) throw new Error('the seed made nobody');
      const operator = await stack.operator();
      const take = async () =>
        operator.earshot.wallet.adjust({
          userId: caller.uid,
          coins: -10,
          note: 'one of twenty',
          requestId: randomUUID(),
        });
      const reasons = await Promise.all(Array.from({ length: SPENDERS }, async () => reasonOf(take())));
      expect(reasons.toSorted()).toEqual([
        ...Array<string>(10).fill('INSUFFICIENT_COINS'),
        ...Array<string>(10).fill('OK'),
      ]);
      expect((await books(caller)).coins.available).toBe(0);
    },
    PATIENCE_MS,
  );
});
