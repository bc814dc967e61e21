/** The listeners service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { applyAsListener } from './applyAsListener.ts';
import { applyContract } from './contract.ts';

export const listenerOperations = [operation(applyContract, applyAsListener)];
