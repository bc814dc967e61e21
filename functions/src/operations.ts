/** Every operation of the project, by service. */
import { callOperations } from './calls/operations.ts';
import { walletOperations } from './ledger/operations.ts';
import { userOperations } from './users/operations.ts';

export { callOperations, userOperations, walletOperations };

export const allOperations = [...callOperations, ...walletOperations, ...userOperations];
