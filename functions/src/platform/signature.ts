/** Signatures of webhooks, and comparisons that take the same time whatever they find. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Signed {
  readonly algorithm: 'sha1' | 'sha256';
  readonly secret: string;
  /** The body as it was sent, byte by byte: parsed and written again it would have another signature. */
  readonly raw: Buffer;
  /** The signature that came with it, in hex. */
  readonly hex: string | undefined;
}

/** @returns whether the holder of the secret has signed this; never with an empty secret, which everybody holds */
export function isSigned({ algorithm, secret, raw, hex }: Signed): boolean {
  if (secret === '' || hex === undefined) return false;
  const expected = createHmac(algorithm, secret).update(raw).digest();
  const given = Buffer.from(hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * While a secret is being changed, what is sent again may still bear the signature of the old one.
 * @param secrets one, or some separated by white space
 */
export function isSignedByAny({
  secrets,
  ...signed
}: Omit<Signed, 'secret'> & { readonly secrets: string }): boolean {
  return secrets.split(/\s+/u).some((secret) => isSigned({ ...signed, secret }));
}

/** @returns whether both are the same; an empty secret is like nothing */
export function isSameText(secret: string, given: string): boolean {
  const [a, b] = [secret, given].map((text) => createHash('sha256').update(text).digest());
  return secret !== '' && a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
