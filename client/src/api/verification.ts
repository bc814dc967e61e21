// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { VoiceSample } from './types.ts';

export interface VerificationSubmitInput {
  objectPath: string;
  requestId?: string | undefined;
}

export interface VerificationSubmitOutput {
  sample: VoiceSample;
}

export type VerificationStatusInput = Record<string, never>;

export interface VerificationStatusOutput {
  verified: boolean;
  status: 'none' | 'pending' | 'approved' | 'rejected';
  sample: VoiceSample | null;
}

export interface VerificationHistoryInput {
  limit?: number | undefined;
  cursor?: string | null | undefined;
}

export interface VerificationHistoryOutput {
  items: VoiceSample[];
  nextCursor: string | null;
}

export interface VerificationPendingInput {
  limit?: number | undefined;
  cursor?: string | null | undefined;
}

export interface VerificationPendingOutput {
  items: VoiceSample[];
  nextCursor: string | null;
}

export interface VerificationReviewInput {
  sampleId: string;
  status: 'approved' | 'rejected';
  remarks?: string | undefined;
  requestId?: string | undefined;
}

export interface VerificationReviewOutput {
  sample: VoiceSample;
}

export interface VerificationOperations {
  /** Hand in an audio sample that was uploaded under verification-audio/{your uid}/. @throws EarshotError NOT_FOUND, INVALID_TRANSITION, IDEMPOTENCY_MISMATCH, RATE_LIMITED */
  submit(input: VerificationSubmitInput, options?: AskOptions): Promise<VerificationSubmitOutput>;
  /** How far your approval has come. */
  status(input?: VerificationStatusInput, options?: AskOptions): Promise<VerificationStatusOutput>;
  /** Every sample of yours, newest first. */
  history(input?: VerificationHistoryInput, options?: AskOptions): Promise<VerificationHistoryOutput>;
  /** Samples that wait for a review, oldest first. */
  pending(input?: VerificationPendingInput, options?: AskOptions): Promise<VerificationPendingOutput>;
  /** Approve or reject a sample; approval makes the listener callable. @throws EarshotError NOT_FOUND, INVALID_TRANSITION, IDEMPOTENCY_MISMATCH */
  review(input: VerificationReviewInput, options?: AskOptions): Promise<VerificationReviewOutput>;
}

export const verificationRoutes = {
  submit: { method: 'POST', path: '/v1/verification', requestId: true },
  status: { method: 'GET', path: '/v1/verification' },
  history: { method: 'GET', path: '/v1/verification/history' },
  pending: { method: 'GET', path: '/v1/admin/verification' },
  review: { method: 'POST', path: '/v1/admin/verification/{sampleId}/review', requestId: true },
} as const;
