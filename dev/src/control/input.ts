/** What a caller of the control API got wrong, said so that it can be put right. */
import type { z } from 'zod';

/** A refused request. */
export class InputError extends Error {
  readonly status: number;
  /** Dotted path of the field, `body` for the whole. */
  readonly field: string;

  constructor(field: string, message: string, status = 400) {
    super(message);
    this.field = field;
    this.status = status;
  }
}

/**
 * Parses input.
 * @throws InputError naming the first field that is wrong
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') throw new InputError(issue.keys.join(', '), 'unknown field');
  throw new InputError(issue?.path.join('.') || 'body', issue?.message ?? 'is not valid');
}
