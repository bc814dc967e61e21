/** What a refused operation looks like to an app: to one with the client, and to one that has only Firebase's SDK. */
import { FirebaseError } from 'firebase/app';
import { EarshotError } from '../../client/src/index.ts';

/** What an SDK sees of a refusal. */
export interface SeenRefusal {
  readonly code: string;
  readonly details: { readonly reason?: string } & Record<string, unknown>;
}

/**
 * A refusal as it came over the wire. Of the client's error that is its cause, and the two must tell the same.
 * @throws what was thrown, when it is not a refusal at all
 */
export function seenRefusal(thrown: unknown): SeenRefusal {
  if (!(thrown instanceof EarshotError)) return ofFirebase(thrown);
  // What the client has found out by itself came over no wire.
  if (!(thrown.cause instanceof FirebaseError)) throw thrown;
  const { code, details } = ofFirebase(thrown.cause);
  const told: Record<string, unknown> = { reason: thrown.reason, ...(thrown.details as object) };
  const same = details.reason === undefined || (code === thrown.code && sameFields(details, told));
  if (!same) throw new Error(`the client tells of another refusal: ${thrown.code} ${JSON.stringify(told)}`);
  return { code, details };
}

function ofFirebase(thrown: unknown): SeenRefusal {
  if (!(thrown instanceof FirebaseError)) throw thrown;
  const details = ('details' in thrown ? thrown.details : undefined) as SeenRefusal['details'] | undefined;
  return { code: thrown.code.replace('functions/', ''), details: details ?? {} };
}

function sameFields(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/** @throws when it was answered */
export async function refusalOf(promise: Promise<unknown>): Promise<SeenRefusal> {
  const thrown = await promise.then(
    (answer) => new Error(`answered ${JSON.stringify(answer)} where a refusal was expected`),
    (fault: unknown) => fault,
  );
  return seenRefusal(thrown);
}

/** The reason of a refusal, or `OK` when it was answered, for tables. */
export async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'OK';
  } catch (fault) {
    const { code, details } = seenRefusal(fault);
    return details.reason ?? code;
  }
}
