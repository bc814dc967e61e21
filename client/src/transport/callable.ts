/** Operations as callables of Firebase. */
import { httpsCallable, type Functions } from 'firebase/functions';
import type { Transport } from '../ports.ts';

/**
 * @param functions of the region that the backend runs in
 * @param idToken throws when a token cannot be had now: the SDK would ask without one, and be refused as a stranger
 */
export function callableTransport(
  functions: Functions,
  idToken: () => Promise<string | undefined>,
): Transport {
  return async ({ name }, input, timeoutMs) => {
    await idToken();
    return (await httpsCallable(functions, name, { timeout: timeoutMs })(input)).data;
  };
}
