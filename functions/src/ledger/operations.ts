/** The wallet service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import type { AppPorts } from '../ports.ts';
import { adjustCoins } from './adjustCoins.ts';
import { adjustContract, balanceContract, transactionsContract } from './contract.ts';
import { readBalance, readTransactions } from './readWallet.ts';

export const walletOperations = [
  operation<AppPorts, typeof balanceContract.input, typeof balanceContract.output>(
    balanceContract,
    readBalance,
  ),
  operation<AppPorts, typeof transactionsContract.input, typeof transactionsContract.output>(
    transactionsContract,
    readTransactions,
  ),
  operation<AppPorts, typeof adjustContract.input, typeof adjustContract.output>(adjustContract, adjustCoins),
];
