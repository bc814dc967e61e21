/** The verification service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import {
  historyContract,
  pendingContract,
  reviewContract,
  statusContract,
  submitContract,
} from './contract.ts';
import { verificationHistory, verificationStatus, waitingSamples } from './readSamples.ts';
import { reviewSample } from './reviewSample.ts';
import { submitSample } from './submitSample.ts';

export const verificationOperations = [
  operation(submitContract, submitSample),
  operation(statusContract, verificationStatus),
  operation(historyContract, verificationHistory),
  operation(pendingContract, waitingSamples),
  operation(reviewContract, reviewSample),
];
