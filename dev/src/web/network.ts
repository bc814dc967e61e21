/** This machine as other devices see it. */
import { networkInterfaces } from 'node:os';

/** Whoever comes back tomorrow gets a new one: it lives as long as the stack. */
const CERTIFICATE_DAYS = 2;
const DAY_MS = 86_400_000;

/** The IPv4 addresses by which other devices can reach this machine. */
export function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

/** @param addresses that the certificate names */
export async function certificateFor(addresses: readonly string[]): Promise<{ key: string; cert: string }> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'Earshot, local' }], {
    notAfterDate: new Date(Date.now() + CERTIFICATE_DAYS * DAY_MS),
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2 as const, value: 'localhost' },
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
