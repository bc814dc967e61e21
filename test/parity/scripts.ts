/** Every parity script. The slow ones, in which transactions wait for each other, come first. */
import type { Script } from './scene.ts';
import { documentScripts } from './scripts/documents.ts';
import { moneyAndListScripts } from './scripts/moneyAndLists.ts';
import { queryScripts } from './scripts/queries.ts';
import { transactionScripts } from './scripts/transactions.ts';
import { useCaseScripts } from './scripts/useCases.ts';

export const scripts: readonly Script[] = [
  ...transactionScripts,
  ...useCaseScripts,
  ...moneyAndListScripts,
  ...documentScripts,
  ...queryScripts,
];
