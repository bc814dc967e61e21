/** Requests of this service that come again: the sample is kept by its id, because a link to it soon expires. */
import { z } from 'zod';
import { invariant } from '../platform/errors.ts';
import { answerBefore, type RequestKey, type RequestRecord } from '../platform/idempotency.ts';
import type { AppPorts } from '../ports.ts';
import { samples } from './documents.ts';
import { sampleView } from './sampleView.ts';

const keptAnswer = z.object({ sampleId: z.string() });

/**
 * @param record what lies at the key's `ref`
 * @returns whether the request was answered before
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export function wasAnswered(key: RequestKey, record: RequestRecord | undefined): boolean {
  return answerBefore(key, record, keptAnswer) !== undefined;
}

/**
 * @param record what lies at the key's `ref`
 * @returns the sample that the request led to, as it is now and with a new link; undefined when this is the first time
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function sampleOf(ports: AppPorts, key: RequestKey, record: RequestRecord | undefined) {
  const before = answerBefore(key, record, keptAnswer);
  if (before === undefined) return undefined;
  const [sample] = await ports.store.getAll(samples.doc(before.sampleId));
  invariant(sample !== undefined, 'a sample stays as long as the record of its request');
  return await sampleView(ports, before.sampleId, sample);
}
