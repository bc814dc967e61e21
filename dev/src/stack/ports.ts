/** Which port belongs to what. One number, the base, moves them all, so that stacks run side by side. */

/** Defaults of every listener; their last two digits differ, so bases that are multiples of 100 apart never collide. */
export const DEFAULT_PORTS = {
  control: 4410,
  hub: 4411,
  logging: 4412,
  /** The phones in the browser, and with `--lan` the same for other devices. */
  web: 4413,
  webLan: 4414,
  functions: 5001,
  firestore: 8080,
  firestoreWebsocket: 8081,
  eventarc: 9090,
  tasks: 9091,
  storage: 9095,
  auth: 9099,
} as const;

export type Ports = { readonly [K in keyof typeof DEFAULT_PORTS]: number };

export const DEFAULT_BASE = DEFAULT_PORTS.control;
const LEAST_BASE = 1024;
const GREATEST_BASE = 60_000;

/** A mistake of the person who starts the stack: told in one line, without a stack. */
export class StartError extends Error {}

/**
 * Reads `EARSHOT_PORT_BASE`.
 * @throws StartError when it is no integer of the allowed range
 */
export function parseBase(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_BASE;
  const base = Number(text);
  if (/^\d+$/u.test(text) && base >= LEAST_BASE && base <= GREATEST_BASE) return base;
  throw new StartError(
    `EARSHOT_PORT_BASE must be an integer from ${LEAST_BASE} to ${GREATEST_BASE}, not "${text}".`,
  );
}

/** @param base the port of the control API */
export function portsOf(base: number): Ports {
  const moved = Object.entries(DEFAULT_PORTS).map(([name, port]) => [name, port + base - DEFAULT_BASE]);
  return Object.fromEntries(moved) as Ports;
}

/** The demo project that belongs to a base; the `demo-` prefix keeps every emulator off the network. */
export function projectOf(base: number): string {
  return `demo-earshot-${base}`;
}
