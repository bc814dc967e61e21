/** Operations as callables of Firebase. */
import { httpsCallable, type Functions } from 'firebase/functions';
import type { Transport } from '../ports.ts';

/** @param functions of the region that the backend runs in */
export function callableTransport(functions: Functions): Transport {
  return async ({ name }, input, timeoutMs) =>
    (await httpsCallable(functions, name, { timeout: timeoutMs })(input)).data;
}
