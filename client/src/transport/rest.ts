/** Operations as REST routes, for where callables cannot go. */
import { isEarshotError, toEarshotError, type EarshotError } from '../error.ts';
import type { Transport } from '../ports.ts';

export interface RestOptions {
  /** Where the function `api` answers, without `/v1`. */
  readonly baseUrl: string;
  /** The ID token; undefined while nobody is signed in. @throws what `toEarshotError` understands */
  readonly idToken: () => Promise<string | undefined>;
}

type Fields = Readonly<Record<string, unknown>>;

/** @returns a transport that sends plain JSON with a bearer token */
export function restTransport({ baseUrl, idToken }: RestOptions): Transport {
  const root = baseUrl.replace(/\/+$/u, '');
  return async ({ method, path }, input, timeoutMs) => {
    const token = await idToken();
    const { url, body } = requestOf(method, path, input);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const answer = await fetch(`${root}${url}`, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
        signal: abort.signal,
      });
      return await answerOf(answer);
    } catch (fault) {
      throw isEarshotError(fault) ? fault : silence(abort.signal.aborted, fault);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Path parameters in the path, the rest in the query or the body; a list stands in one parameter, with commas. */
export function requestOf(
  method: 'GET' | 'POST',
  path: string,
  input: Fields,
): { readonly url: string; readonly body?: string } {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/gu)].map(([, field]) => field ?? ''));
  const filled = path.replaceAll(/\{(\w+)\}/gu, (_hole, field: string) =>
    encodeURIComponent(text(input[field])),
  );
  const rest = Object.entries(input).filter(([field]) => !inPath.has(field));
  if (method === 'POST') return { url: filled, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = rest
    .filter(([, value]) => value !== null)
    .map(([field, value]) => `${encodeURIComponent(field)}=${encodeURIComponent(text(value))}`)
    .join('&');
  return { url: query === '' ? filled : `${filled}?${query}` };
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An answer is JSON without an `error`, whatever its status says. */
async function answerOf(answer: Response): Promise<unknown> {
  let body: unknown;
  try {
    body = await answer.json();
  } catch {
    body = undefined;
  }
  if (typeof body === 'object' && body !== null) {
    if ('error' in body) throw toEarshotError(body.error);
    return body;
  }
  // Not from an operation: a proxy, or a function that did not start.
  const code = answer.status >= 500 || answer.status === 429 ? 'unavailable' : 'unknown';
  throw toEarshotError({ code, message: `The backend answered with status ${answer.status}.` });
}

function silence(timedOut: boolean, fault: unknown): EarshotError {
  const message = fault instanceof Error ? fault.message : 'no answer';
  return toEarshotError({ code: timedOut ? 'deadline-exceeded' : 'unavailable', message });
}
