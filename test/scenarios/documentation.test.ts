/** The documentation that a running deployment serves. */
import { describe, expect, it } from '@jest/globals';
import { contracts, http } from './helpers.ts';
import { useStack } from './support.ts';

const stack = useStack();

interface Served {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, { 'x-callable': string }>>;
}

describe('somebody who has never seen the project', () => {
  it('gets the contract of every operation as OpenAPI, and reaches an operation by what it says', async () => {
    const { status, body } = await http(stack, 'api/v1/openapi.json');
    const { openapi, servers, paths } = body as Served;
    expect([status, openapi]).toEqual([200, '3.1.0']);
    const told = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map((one) => one['x-callable']),
    );
    expect(told.toSorted()).toEqual(contracts.map(({ name }) => name).toSorted());
    const base = new URL(servers[0]?.url ?? '', 'http://host/api/v1/openapi.json').pathname.slice(1, -1);
    expect((await http(stack, `${base}/v1/calls/rates`)).status).toBe(200);
  });

  it('opens pages whose every link leads to a file', async () => {
    const page = await http(stack, 'api/v1/docs');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const links = [...page.text.matchAll(/(?:src|href)="(docs\/[^"]+)"/gu)].map(([, link]) => link ?? '');
    expect(links).toEqual(['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.mjs']);
    for (const link of links) expect((await http(stack, `api/v1/${link}`)).status).toBe(200);
  });
});
