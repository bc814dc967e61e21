/** The documentation of every operation. It is made by `npm run docs:api` and by a test, never by a function. */
import manifest from '../package.json' with { type: 'json' };
import { callOutput, historyItemOutput, receiptOutput } from './calls/contract.ts';
import { mediaOutput } from './calls/mediaOutput.ts';
import { balanceOutput, transactionOutput } from './ledger/contract.ts';
import { cardOutput } from './listeners/contract.ts';
import { allOperations } from './operations.ts';
import { clientFiles } from './platform/openapi/clientTypes.ts';
import { openApiDocument, type OpenApiDocument } from './platform/openapi/document.ts';
import { presenceOutput } from './presence/contract.ts';
import { userOutput } from './users/contract.ts';
import { sampleOutput } from './verification/contract.ts';

const contracts = allOperations.map(({ contract }) => contract);

/** Shapes that several operations share, by the names that readers know them by. */
const named = {
  Balance: balanceOutput,
  Call: callOutput,
  CallOfHistory: historyItemOutput,
  ListenerCard: cardOutput,
  Media: mediaOutput,
  Presence: presenceOutput,
  Receipt: receiptOutput,
  Transaction: transactionOutput,
  User: userOutput,
  VoiceSample: sampleOutput,
};

/** @returns the OpenAPI document of what this version serves */
export function apiDocument(): OpenApiDocument {
  return openApiDocument({ contracts, version: manifest.version, named });
}

/** @returns the client’s generated sources, by their names in `client/src/api/` */
export function clientSources(): Map<string, string> {
  return clientFiles({ contracts, named });
}
