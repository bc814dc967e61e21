/** Where a request came from, as far as that can be trusted. */

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
