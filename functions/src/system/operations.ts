/** The system service: contracts bound to their use cases. */
import { publicOperation } from '../platform/operation.ts';
import { healthContract, versionContract } from './contract.ts';
import { readHealth } from './readHealth.ts';
import { readVersion } from './readVersion.ts';

export const systemOperations = [
  publicOperation(healthContract, readHealth),
  publicOperation(versionContract, readVersion),
];
