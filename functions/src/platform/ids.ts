/** Identities and randomness as parameters. Only this file asks the machine for randomness. */
import { hash, randomBytes, randomInt } from 'node:crypto';

export interface Ids {
  /** 128 random bits as 32 lower-case hex characters: channels, correlation ids. */
  random128(): string;
  /** A uniform integer from 1 to `max`, both included. */
  integer(max: number): number;
}

export const systemIds: Ids = {
  random128: () => randomBytes(16).toString('hex'),
  integer: (max) => randomInt(1, max + 1),
};

/**
 * A document id derived from its idempotency key: the same parts always give the same id.
 * @returns 32 hex characters (128 bits of SHA-256); the parts cannot run into each other
 */
export function derivedId(...parts: string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

/** Hash of an input, independent of the order of its keys, to find out a reused key with other input. */
export function inputHash(input: unknown): string {
  return sha256(canonical(input)).slice(0, 32);
}

export function sha256(text: string): string {
  return hash('sha256', text);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Date || typeof value !== 'object' || value === null)
    return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}
