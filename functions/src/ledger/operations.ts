/** The wallet service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { adjustCoins } from './adjustCoins.ts';
import { adjustContract, balanceContract, transactionsContract } from './contract.ts';
import { readBalance, readTransactions } from './readWallet.ts';

export const walletOperations = [
  operation(balanceContract, readBalance),
  operation(transactionsContract, readTransactions),
  operation(adjustContract, adjustCoins),
];
