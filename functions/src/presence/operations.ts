/** The presence service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { getContract, heartbeatContract, updateContract } from './contract.ts';
import { getPresence } from './getPresence.ts';
import { heartbeat } from './heartbeat.ts';
import { updatePresence } from './updatePresence.ts';

export const presenceOperations = [
  operation(heartbeatContract, heartbeat),
  operation(updateContract, updatePresence),
  operation(getContract, getPresence),
];
