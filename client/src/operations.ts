/** One method for each operation, made from the routes. */
import { ROUTES, type Operations } from './api/index.ts';
import type { AskOptions } from './askOptions.ts';
import type { Timers, Transport } from './ports.ts';
import { newUuid, randomFraction } from './random.ts';
import { withRetries } from './retry.ts';

/** Longer than the first request to a function takes while it starts. */
const TIMEOUT_MS = 20_000;

interface RouteEntry {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly requestId?: true;
}

/**
 * @param transport sends a request once
 * @returns the operations by service, each with retries under one `requestId`
 */
export function operationsOver(transport: Transport, timers: Timers): Operations {
  const services = Object.entries<Readonly<Record<string, RouteEntry>>>(ROUTES).map(
    ([service, routes]): [string, Readonly<Record<string, Method>>] => {
      const named = Object.entries(routes).map(([operation, entry]): [string, Method] => [
        operation,
        methodOf({ transport, timers, name: `${service}/${operation}`, entry }),
      ]);
      return [service, Object.fromEntries(named)];
    },
  );
  // The routes and the types are written by the same generator, so each method has the type that it is given here.
  return Object.fromEntries(services) as unknown as Operations;
}

type Method = (input?: Readonly<Record<string, unknown>>, options?: AskOptions) => Promise<unknown>;

interface Asked {
  readonly transport: Transport;
  readonly timers: Timers;
  readonly name: string;
  readonly entry: RouteEntry;
}

function methodOf({ transport, timers, name, entry }: Asked): Method {
  const { method, path, requestId } = entry;
  return async (input = {}, options = {}) => {
    const sent = withoutUndefined(
      requestId === true && input['requestId'] === undefined ? { ...input, requestId: newUuid() } : input,
    );
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    return await withRetries(async () => await transport({ name, method, path }, sent, timeoutMs), {
      attempts: options.attempts,
      random: randomFraction,
      wait: async (delayMs) =>
        await new Promise((resolve) => {
          timers.after(delayMs, resolve);
        }),
    });
  };
}

/** The callable SDK would send null for a field that is undefined, and null is another wish. */
function withoutUndefined(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
