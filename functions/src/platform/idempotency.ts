/**
 * Requests that may come twice. A client's `requestId` is scoped to (uid, operation); the record of a request is made
 * in the same transaction as its effect, so there is never one without the other. Only successes are kept: a refused
 * request may be tried again with the same id. Operations whose state or document id already tells a repetition (those
 * on a call) need no record.
 */
import { z } from 'zod';
import { addSec } from './clock.ts';
import { refuse } from './errors.ts';
import { derivedId, inputHash } from './ids.ts';
import { defineCollection, type DocRef } from './store/collection.ts';
import type { Writer } from './store/port.ts';

export const requestRecordSchema = z.looseObject({
  uid: z.string(),
  operation: z.string(),
  inputHash: z.string(),
  /** The operation's output, answered again to a repetition, whatever has happened since. */
  answer: z.record(z.string(), z.unknown()),
  createdAt: z.date(),
  /** For the TTL policy. What moved money stays barred beyond it, by the document id of its entry. */
  expireAt: z.date(),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;
export const requestRecords = defineCollection('requests/{}', requestRecordSchema);

/** Longer than any client goes on trying. */
const RECORD_LIFE_SEC = 30 * 86_400;

/** One request, recognisable. */
export interface RequestKey {
  /** Derived from (uid, operation, requestId): fit for the id of what the request makes. */
  readonly id: string;
  readonly uid: string;
  readonly operation: string;
  readonly inputHash: string;
  /** Read it in the transaction's `getAll`. */
  readonly ref: DocRef<RequestRecord>;
}

/** @param input the parsed input, with its `requestId` */
export function requestKey(
  uid: string,
  operation: string,
  input: Readonly<Record<string, unknown>> & { readonly requestId: string },
): RequestKey {
  const { requestId, ...asked } = input;
  const id = derivedId(operation, uid, requestId);
  return { id, uid, operation, inputHash: inputHash(asked), ref: requestRecords.doc(id) };
}

/**
 * @param record what lies at the key's `ref`
 * @returns the answer given before; undefined when this is the first time
 * @throws Refusal IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export function answerBefore<O extends z.ZodType>(
  key: RequestKey,
  record: RequestRecord | undefined,
  output: O,
): z.output<O> | undefined {
  if (record === undefined) return undefined;
  if (record.inputHash !== key.inputHash) throw refuse('IDEMPOTENCY_MISMATCH');
  return output.parse(record.answer);
}

/** Keeps the answer, in the commit of the effect. A record that exists fails the commit. */
export function keepAnswer(
  writer: Writer,
  key: RequestKey,
  answer: Record<string, unknown>,
  now: Date,
): void {
  const { uid, operation, inputHash: hash } = key;
  const expireAt = addSec(now, RECORD_LIFE_SEC);
  writer.create(key.ref, { uid, operation, inputHash: hash, answer, createdAt: now, expireAt });
}
