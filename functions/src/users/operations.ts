/** The users service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { meContract } from './contract.ts';
import { readMe } from './readMe.ts';

export const userOperations = [operation(meContract, readMe)];
