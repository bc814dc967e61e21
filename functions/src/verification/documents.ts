/**
 * The documents of approval. `verificationSamples/{sampleId}` is one audio sample with the version of the object that
 * was handed in; `verifications/{uid}` decides that a listener has one pending sample at most. Functions only.
 */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';
import { sampleStatusSchema } from './contract.ts';

export const sampleSchema = z.looseObject({
  listenerId: z.string(),
  objectPath: z.string(),
  /** With the hash it names what was heard: an object that is replaced later is another version. */
  generation: z.string(),
  sizeBytes: z.number().int(),
  /** The type that its bytes show. */
  contentType: z.string(),
  sha256: z.string(),
  status: sampleStatusSchema,
  remarks: z.string().nullable(),
  /** By the clock of the file store. */
  uploadedAt: z.date(),
  submittedAt: z.date(),
  reviewedAt: z.date().nullable(),
  /** The operator's uid. */
  reviewedBy: z.string().nullable(),
});
export type Sample = z.infer<typeof sampleSchema>;
export const samples = defineCollection('verificationSamples/{}', sampleSchema);

const verificationSchema = z.looseObject({
  pendingSampleId: z.string().nullable(),
  latestSampleId: z.string(),
});
export type Verification = z.infer<typeof verificationSchema>;
export const verifications = defineCollection('verifications/{}', verificationSchema);

export const samplesOfListener = defineQuery({
  name: 'samplesOfListener',
  collection: samples,
  scope: 'collection',
  filters: [{ field: 'listenerId', op: '==' }],
  orderBy: [{ field: 'submittedAt', direction: 'desc' }],
});

export const pendingSamples = defineQuery({
  name: 'pendingSamples',
  collection: samples,
  scope: 'collection',
  filters: [{ field: 'status', op: '==' }],
  orderBy: [{ field: 'submittedAt', direction: 'asc' }],
});
