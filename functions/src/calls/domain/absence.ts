/**
 * Parties who are out of the media and may come back. The call is looked at when the wait for them ends, by moving
 * `deadlineAt` forward: the sweep then finds it by the query that it runs anyway, and no client can hide it.
 */
import { addSec, earliest } from '../../platform/clock.ts';
import type { Call, Party } from '../documents.ts';
import type { CallEvent } from './transitions.ts';

type Lost = Extract<CallEvent, { type: 'lost' }>;

/** The deadline of the slice, wherever `deadlineAt` stands; null once the call has ended. */
export function dueOf(call: Pick<Call, 'deadlineAt' | 'dueAt'>): Date | null {
  return call.dueAt ?? call.deadlineAt;
}

/**
 * When to look at an ongoing call next.
 * @param due the deadline of its slice
 * @returns the fields that say so
 */
export function lookAt(
  call: Pick<Call, 'mediaTracks' | 'terms'>,
  due: Date,
): Pick<Call, 'deadlineAt' | 'dueAt'> {
  const waits = leaves(call).map(({ at }) => addSec(at, call.terms.rejoinSec));
  const deadlineAt = earliest(due, ...waits);
  return { deadlineAt, dueAt: deadlineAt < due ? due : null };
}

/** @returns the end of a call whose party was awaited for as long as one waits; undefined while nobody is */
export function awaitedInVain(call: Call, now: Date): Lost | undefined {
  return endOf(leaves(call).filter(({ at }) => addSec(at, call.terms.rejoinSec) <= now && isPaid(call, at)));
}

/** @returns the end of a call that ends now in any case, at the moment from which a party was away */
export function absence(call: Call): Lost | undefined {
  return endOf(leaves(call).filter(({ at }) => isPaid(call, at)));
}

interface Leave {
  readonly by: Party;
  readonly at: Date;
}

function leaves({ mediaTracks }: Pick<Call, 'mediaTracks'>): Leave[] {
  return (['caller', 'callee'] as const).flatMap((by) => {
    const { leftAt } = mediaTracks[by];
    return leftAt === null ? [] : [{ by, at: leftAt }];
  });
}

/** After the paid time nobody has to be there. */
function isPaid({ grantedUntil }: Call, at: Date): boolean {
  return grantedUntil === null || at < grantedUntil;
}

function endOf(left: readonly Leave[]): Lost | undefined {
  const [first] = left.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return first && { type: 'lost', ...first, both: left.length > 1, from: 'media' };
}
