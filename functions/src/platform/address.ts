/** Where a request came from, as far as that can be trusted. */
import { isIPv6 } from 'node:net';

interface AddressedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/**
 * Google's front end appends the address it saw to `X-Forwarded-For`. Whatever stands before it was sent by the client
 * and proves nothing, so only the right-most entry counts. Behind a load balancer of one's own, that balancer must be
 * the one that appends.
 * @returns the address; without the header (on one's own machine) that of the connection
 */
export function clientAddress({ headers, socket }: AddressedRequest): string {
  const forwarded = headers['x-forwarded-for'];
  const joined = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '');
  const last = joined.split(',').at(-1)?.trim() ?? '';
  return last === '' ? (socket?.remoteAddress ?? 'unknown') : last;
}

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu;

/**
 * Whom to count an address against. One household or machine holds 2^64 addresses of IPv6, so those count as one.
 * @returns the address of IPv4, or the first half (/64) of one of IPv6
 */
export function networkOf(address: string): string {
  const mapped = IPV4_MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%');
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const first = head.split(':').filter(Boolean);
  const last = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
