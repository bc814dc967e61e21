/** Calls as this version reads them, whichever version has made them. */
import { callSchema, type Call } from '../../functions/src/calls/documents.ts';

/** The term of a call that the previous version did not write. */
export const LATEST_TERM = 'rejoinSec';

/** @returns a call as this version reads it, whichever version has made it */
export function asRead(call: Call): Call {
  // What is stored may be older than its type says.
  const { seatKeys, mediaTracks, dueAt }: Partial<Call> = call;
  const isOwn =
    seatKeys !== undefined && mediaTracks !== undefined && dueAt !== undefined && LATEST_TERM in call.terms;
  return isOwn ? call : callSchema.parse(call);
}
