/** The listeners service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { applyAsListener } from './applyAsListener.ts';
import { applyContract, getContract, searchContract } from './contract.ts';
import { getListener } from './getListener.ts';
import { searchListeners } from './searchListeners.ts';

export const listenerOperations = [
  operation(searchContract, searchListeners),
  operation(getContract, getListener),
  operation(applyContract, applyAsListener),
];
