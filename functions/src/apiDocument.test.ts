import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { apiDocument, clientSources } from './apiDocument.ts';
import { allOperations } from './operations.ts';
import { openApiText, type OpenApiDocument } from './platform/openapi/document.ts';
import { apiReference } from './platform/openapi/reference.ts';

const committed = (name: string): string => readFileSync(join(__dirname, '../../docs', name), 'utf8');
const contracts = allOperations.map(({ contract }) => contract);

let document: OpenApiDocument;
beforeAll(() => {
  document = apiDocument();
});

function operationOf(path: string, method: 'get' | 'post') {
  const found = document.paths[path]?.[method];
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`);
  return found;
}

describe('the documentation of the operations', () => {
  it('is committed as the contracts say it; if not, run "npm run docs:api"', () => {
    expect(committed('openapi.json')).toBe(openApiText(document));
    expect(committed('api.md')).toBe(apiReference(document));
  });

  it('is what the client is made of; if not, run "npm run docs:api"', () => {
    const folder = join(__dirname, '../../client/src/api');
    const texts = readdirSync(folder).map((name): [string, string] => [
      name,
      readFileSync(join(folder, name), 'utf8'),
    ]);
    expect(Object.fromEntries(texts)).toEqual(Object.fromEntries(clientSources()));
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, version: '3.1' });
  });

  it('has every operation once, under its route and its callable name', () => {
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-callable': name }]) => `${method} ${path} ${name}`),
    );
    expect(told.toSorted()).toEqual(
      contracts.map(({ name, rest }) => `${rest.method.toLowerCase()} ${rest.path} ${name}`).toSorted(),
    );
  });

  it('refers only to schemas that it has', () => {
    const refs = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/gu);
    const missing = [...refs]
      .map(([, name]) => name ?? '')
      .filter((name) => !(name in document.components.schemas));
    expect(missing).toEqual([]);
  });
});

describe('an operation of the document', () => {
  it('takes from the path what lies in it, and the rest from the body', () => {
    const { parameters, requestBody } = operationOf('/v1/calls/{callId}/accept', 'post');
    expect(parameters).toEqual([expect.objectContaining({ name: 'callId', in: 'path', required: true })]);
    expect(requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { required: ['requestId'], additionalProperties: false } } },
    });
  });

  it('takes the input of a GET from the query, lists with commas', () => {
    const { parameters } = operationOf('/v1/listeners', 'get');
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'onlineOnly', in: 'query', required: false }),
    );
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'interests', in: 'query', style: 'form', explode: false }),
    );
  });

  it('tells its refusals under their statuses, with the details of each', () => {
    const { responses } = operationOf('/v1/calls', 'post');
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '409', '429', '500']);
    expect(responses['429']).toMatchObject({ description: 'RATE_LIMITED' });
    expect(document.components.schemas['Refusal.INSUFFICIENT_COINS']).toMatchObject({
      properties: {
        error: { properties: { details: { required: ['reason', 'requiredCoins', 'availableCoins'] } } },
      },
    });
  });

  it('demands a token unless it is for anyone', () => {
    expect(operationOf('/v1/calls/rates', 'get').security).toContainEqual({});
    expect(operationOf('/v1/users/me', 'get').security).toEqual([{ idToken: [] }]);
  });

  it('tells the other statuses that an answer can have', () => {
    expect(Object.keys(operationOf('/v1/health', 'get').responses)).toContain('503');
  });
});
