/** The operations by which a listener's voice is heard and approved, as plain data. */
import { z } from 'zod';
import {
  defineOperation,
  idInput,
  isoTime,
  noteInput,
  pageInput,
  requestIdInput,
} from '../platform/contract.ts';

export const sampleStatusSchema = z.enum(['pending', 'approved', 'rejected']);
const requestId = requestIdInput.optional();

export const sampleOutput = z.object({
  sampleId: z.string(),
  listenerId: z.string(),
  status: sampleStatusSchema,
  remarks: z.string().nullable(),
  uploadedAt: isoTime,
  reviewedAt: isoTime.nullable(),
  /** For the owner and for operators; it expires. */
  audioUrl: z.string().optional(),
  audioUrlExpiresAt: isoTime.optional(),
});

const page = z.object({ items: z.array(sampleOutput), nextCursor: z.string().nullable() });

export const submitContract = defineOperation({
  name: 'verification/submit',
  summary: 'Hand in an audio sample that was uploaded under verification-audio/{your uid}/.',
  access: 'listener',
  input: z.strictObject({ objectPath: z.string().min(1).max(500), requestId }),
  output: z.object({ sample: sampleOutput }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION', 'IDEMPOTENCY_MISMATCH', 'RATE_LIMITED'],
  rest: { method: 'POST', path: '/v1/verification' },
});

export const statusContract = defineOperation({
  name: 'verification/status',
  summary: 'How far your approval has come.',
  access: 'listener',
  input: z.strictObject({}),
  output: z.object({
    verified: z.boolean(),
    /** `none`: no sample was handed in yet. */
    status: z.enum(['none', 'pending', 'approved', 'rejected']),
    /** The latest one. */
    sample: sampleOutput.nullable(),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/verification' },
});

export const historyContract = defineOperation({
  name: 'verification/history',
  summary: 'Every sample of yours, newest first.',
  access: 'listener',
  input: z.strictObject({ ...pageInput }),
  output: page,
  errors: [],
  rest: { method: 'GET', path: '/v1/verification/history' },
});

export const pendingContract = defineOperation({
  name: 'verification/pending',
  summary: 'Samples that wait for a review, oldest first.',
  access: 'admin',
  input: z.strictObject({ ...pageInput }),
  output: page,
  errors: [],
  rest: { method: 'GET', path: '/v1/admin/verification' },
});

export const reviewContract = defineOperation({
  name: 'verification/review',
  summary: 'Approve or reject a sample; approval makes the listener callable.',
  access: 'admin',
  input: z.strictObject({
    sampleId: idInput,
    status: z.enum(['approved', 'rejected']),
    remarks: noteInput.optional(),
    requestId,
  }),
  output: z.object({ sample: sampleOutput }),
  errors: ['NOT_FOUND', 'INVALID_TRANSITION', 'IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/admin/verification/{sampleId}/review' },
});
