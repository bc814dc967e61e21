// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { Balance, Transaction } from './types.ts';

export type WalletBalanceInput = Record<string, never>;

export type WalletBalanceOutput = Balance;

export interface WalletTransactionsInput {
  limit?: number | undefined;
  cursor?: string | null | undefined;
  type?: 'bonus' | 'purchase' | 'hold' | 'release' | 'charge' | 'earning' | 'adjustment' | undefined;
}

export interface WalletTransactionsOutput {
  items: Transaction[];
  nextCursor: string | null;
}

export interface WalletAdjustInput {
  userId: string;
  coins: number;
  source?: 'adjust' | 'bonus' | undefined;
  note: string;
  requestId?: string | undefined;
}

export interface WalletAdjustOutput {
  transactionId: string;
  balance: Balance;
}

export interface WalletOperations {
  /** Coins and earnings of this person. */
  balance(input?: WalletBalanceInput, options?: AskOptions): Promise<WalletBalanceOutput>;
  /** The entries of this person, newest first. */
  transactions(input?: WalletTransactionsInput, options?: AskOptions): Promise<WalletTransactionsOutput>;
  /** Add or take coins as an operator, with a reason; once for each requestId. A bonus is never paid out. @throws EarshotError NOT_FOUND, INSUFFICIENT_COINS, IDEMPOTENCY_MISMATCH */
  adjust(input: WalletAdjustInput, options?: AskOptions): Promise<WalletAdjustOutput>;
}

export const walletRoutes = {
  balance: { method: 'GET', path: '/v1/wallet/balance' },
  transactions: { method: 'GET', path: '/v1/wallet/transactions' },
  adjust: { method: 'POST', path: '/v1/admin/wallets/{userId}/adjust', requestId: true },
} as const;
