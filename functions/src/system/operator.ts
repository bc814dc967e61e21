/** Whether the one who asks a public operation is an operator, who learns more than a stranger. */
import { Actor, type SessionRecord, type VerifiedToken } from '../platform/actor.ts';
import type { Clock } from '../platform/clock.ts';
import { Refusal } from '../platform/errors.ts';

/**
 * The same check as an operation for operators makes, without a refusal.
 * @param record `users/{uid}` of the token's owner
 */
export function isOperator(
  token: VerifiedToken | undefined,
  record: SessionRecord | undefined,
  clock: Clock,
): boolean {
  if (token === undefined) return false;
  try {
    new Actor(token, 'admin', clock).admit(record);
    return true;
  } catch (fault) {
    if (fault instanceof Refusal) return false;
    throw fault;
  }
}
