/**
 * What a client can ask, as plain data. The callable, the REST route and the documentation are derived from it.
 * Nothing here imports Firebase, so that a client can share the contracts.
 */
import { z } from 'zod';
import type { Reason } from './errors.ts';

/**
 * Who may call: `public` anyone; `signedIn` a verified token; `registered` also a profile; `listener` the role on the
 * profile; `admin` the claim and the role.
 */
export type Access = 'public' | 'signedIn' | 'registered' | 'listener' | 'admin';

export interface RestRoute<O extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** Path with `{field}` for inputs that lie in it, e.g. `/v1/calls/{callId}/accept`. */
  readonly path: string;
  /** The status of an answer, for an operation whose answers are not always 200. */
  statusOf?(output: z.output<O>): number;
  /** What each of those other statuses means, for the documentation. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
}

export interface Contract<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** `<service>/<operation>`, the callable's name. */
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly input: I;
  readonly output: O;
  /** The refusals of its own; those of every operation (input, session, ban) are not repeated. */
  readonly errors: readonly Reason[];
  readonly rest: RestRoute<O>;
}

/** Declares an operation. Identity function: it only fixes the types. */
export function defineOperation<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
): Contract<I, O> {
  return contract;
}

/** The refusals that any operation of this access can answer, besides its own. */
export function commonErrors(access: Access): readonly Reason[] {
  const session: Reason[] = ['SIGN_IN_REQUIRED', 'SESSION_REVOKED', 'USER_BANNED'];
  switch (access) {
    case 'public':
      return ['INVALID_INPUT'];
    case 'signedIn':
      return [...session, 'INVALID_INPUT'];
    case 'registered':
      return [...session, 'NOT_REGISTERED', 'INVALID_INPUT'];
    case 'listener':
    case 'admin':
      return [...session, 'NOT_REGISTERED', 'NOT_ALLOWED', 'INVALID_INPUT'];
  }
}

/** Ids that clients send back: opaque, but never so strange that they could not be a document id. */
export const idInput = z.string().regex(/^(?!__)[\w-]{1,128}$/u, 'not an id');
export const requestIdInput = z.uuid();
/** Half a surrogate pair, which a cut emoji leaves, is replaced: Firestore cannot store it, and tries for a minute. */
export const noteInput = z
  .string()
  .max(500)
  .overwrite((text) => text.toWellFormed());
/** ISO-8601 UTC in answers. */
export const isoTime = z.iso.datetime();

export const pageInput = {
  limit: z.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1000).nullable().optional(),
};
