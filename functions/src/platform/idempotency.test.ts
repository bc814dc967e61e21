import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { at, START } from '../testing/calls.ts';
import { answerBefore, keepAnswer, requestKey } from './idempotency.ts';
import { MemoryStore } from './store/memory.ts';
import { StoreError } from './store/port.ts';

const output = z.object({ coins: z.number() });
const input = { requestId: 'r1', coins: 5 };

async function kept() {
  const store = new MemoryStore();
  const key = requestKey('asha', 'wallet/adjust', input);
  await store.commit((writer) => keepAnswer(writer, key, { coins: 105 }, START));
  const [record] = await store.getAll(key.ref);
  return { store, key, record };
}

describe('a request with an id', () => {
  it('is answered as before when it comes again', async () => {
    const { key, record } = await kept();
    expect(answerBefore(key, record, output)).toEqual({ coins: 105 });
    expect(answerBefore(key, undefined, output)).toBeUndefined();
  });

  it('is refused when it comes again with other input', async () => {
    const { record } = await kept();
    const other = requestKey('asha', 'wallet/adjust', { ...input, coins: 6 });
    expect(() => answerBefore(other, record, output)).toThrow(
      expect.objectContaining({ reason: 'IDEMPOTENCY_MISMATCH' }),
    );
  });

  it('is another one for another person or operation', () => {
    const ids = [
      requestKey('asha', 'wallet/adjust', input),
      requestKey('ravi', 'wallet/adjust', input),
      requestKey('asha', 'wallet/other', input),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it('is never recorded twice, so its effect cannot be either', async () => {
    const { store, key } = await kept();
    const again = store.commit((writer) => keepAnswer(writer, key, { coins: 110 }, at(1)));
    await expect(again).rejects.toBeInstanceOf(StoreError);
  });
});
