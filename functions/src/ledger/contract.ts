/** The operations on one's wallet, and the operator's adjustment. */
import { z } from 'zod';
import {
  defineOperation,
  idInput,
  isoTime,
  noteInput,
  pageInput,
  requestIdInput,
} from '../platform/contract.ts';
import { assetSchema, entryTypeSchema } from './documents.ts';

const coins = z.number().int().nonnegative();

export const balanceOutput = z.object({
  coins: z.object({ available: coins, held: coins, bonus: coins, purchased: coins, spent: coins }),
  earnings: z.object({ available: coins, promotional: coins, pending: coins, paidOut: coins, total: coins }),
});

export const transactionOutput = z.object({
  transactionId: z.string(),
  type: entryTypeSchema,
  asset: assetSchema,
  amount: z.number().int(),
  balanceAfter: coins,
  description: z.string(),
  ref: z.object({ kind: z.enum(['call', 'payment', 'admin']), id: z.string() }),
  createdAt: isoTime,
});

export const balanceContract = defineOperation({
  name: 'wallet/balance',
  summary: 'Coins and earnings of this person.',
  access: 'registered',
  input: z.strictObject({}),
  output: balanceOutput,
  errors: [],
  rest: { method: 'GET', path: '/v1/wallet/balance' },
});

export const transactionsContract = defineOperation({
  name: 'wallet/transactions',
  summary: 'The entries of this person, newest first.',
  access: 'registered',
  input: z.strictObject({ ...pageInput, type: entryTypeSchema.optional() }),
  output: z.object({ items: z.array(transactionOutput), nextCursor: z.string().nullable() }),
  errors: [],
  rest: { method: 'GET', path: '/v1/wallet/transactions' },
});

/** No single adjustment is larger: a slip of the finger must not create a fortune. */
const MAX_ADJUSTMENT_COINS = 1_000_000;

export const adjustContract = defineOperation({
  name: 'wallet/adjust',
  summary:
    'Add or take coins as an operator, with a reason; once for each requestId. A bonus is never paid out.',
  access: 'admin',
  input: z
    .strictObject({
      userId: idInput,
      coins: z
        .number()
        .int()
        .min(-MAX_ADJUSTMENT_COINS)
        .max(MAX_ADJUSTMENT_COINS)
        .refine((amount) => amount !== 0, 'must not be 0'),
      /** A gift is a `bonus`: what listeners earn of it is promotional. `adjust` puts right what was bought. */
      source: z.enum(['adjust', 'bonus']).default('adjust'),
      note: noteInput.min(1),
      requestId: requestIdInput,
    })
    .refine(({ coins: amount, source }) => source === 'adjust' || amount > 0, {
      path: ['coins'],
      message: 'a bonus only adds coins',
    }),
  output: z.object({ transactionId: z.string(), balance: balanceOutput }),
  errors: ['NOT_FOUND', 'INSUFFICIENT_COINS', 'IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/admin/wallets/{userId}/adjust' },
});
