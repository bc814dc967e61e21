/**
 * The OpenAPI 3.1 document, made from the contracts and nothing else. It is made when the project changes, not when a
 * function runs: what is served is the committed file.
 */
import { z } from 'zod';
import { commonErrors, type Access, type Contract } from '../contract.ts';
import { HTTP_STATUS, REFUSALS, type Reason } from '../errors.ts';
import { REFUSAL_SHAPES } from './refusals.ts';
import { REF_PREFIX, SchemaBook, type JsonSchema, type NamedSchemas } from './schemas.ts';

export interface DocumentInput {
  readonly contracts: readonly Contract[];
  /** Of the release. */
  readonly version: string;
  readonly named: NamedSchemas;
}

/** One operation of the document, as far as somebody looks into it. */
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly 'x-callable': string;
  readonly 'x-access': Access;
  readonly 'x-reasons': readonly Reason[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly style?: 'form';
  readonly explode?: false;
}

type Content = Readonly<Record<'application/json', { readonly schema: JsonSchema }>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<'get' | 'post', OperationObject>>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<'idToken', object>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
  readonly [part: string]: unknown;
}

const DESCRIPTION = [
  'Every operation is a callable function of Firebase (`x-callable` is its name) and a REST route; both take and answer the same JSON.',
  'Times are ISO-8601 in UTC, durations are in seconds, money is in whole coins or paise as the name of the field says.',
  'A refusal carries a `reason` of a closed list, under the status of its kind; each operation lists its own.',
].join('\n\n');

/** @returns the document; the same contracts always make the same one, key by key */
export function openApiDocument({ contracts, version, named }: DocumentInput): OpenApiDocument {
  const book = new SchemaBook(named);
  const paths: Record<string, Partial<Record<'get' | 'post', OperationObject>>> = {};
  for (const contract of contracts) {
    const { method, path } = contract.rest;
    (paths[path] ??= {})[method === 'GET' ? 'get' : 'post'] = operationObject(contract, book);
  }
  const services = [...new Set(contracts.map(({ name }) => serviceOf(name)))];
  return {
    openapi: '3.1.0',
    info: { title: 'Earshot', version, description: DESCRIPTION },
    // Relative to where this document is served, so that it fits every deployment and the local stack.
    servers: [{ url: '..' }],
    tags: services.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        idToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The ID token of Firebase Authentication.',
        },
      },
      schemas: { ...book.components(), ...refusalSchemas(book) },
    },
  };
}

/** The service of an operation: the first part of its name. */
export function serviceOf(name: string): string {
  return name.split('/')[0] ?? name;
}

/** The reasons of an operation besides those that every operation of its access can answer. */
export function ownReasons({ access, errors }: Contract): readonly Reason[] {
  const common = commonErrors(access);
  return errors.filter((reason) => !common.includes(reason));
}

function operationObject(contract: Contract, book: SchemaBook): OperationObject {
  const { name, summary, access, rest } = contract;
  const { properties = {}, required = [], ...schema } = book.input(contract.input);
  const inPath = [...rest.path.matchAll(/\{(\w+)\}/gu)].map(([, field]) => field ?? '');
  const others = Object.keys(properties).filter((field) => !inPath.includes(field));
  const parameters = [
    ...inPath.map((field) => parameter(field, 'path', properties[field] ?? {}, true)),
    ...(rest.method === 'GET' ? others : []).map((field) =>
      parameter(field, 'query', properties[field] ?? {}, required.includes(field)),
    ),
  ];
  const needed = required.filter((field) => others.includes(field));
  const body: JsonSchema = {
    ...schema,
    properties: Object.fromEntries(others.map((field) => [field, properties[field] ?? {}])),
    ...(needed.length > 0 && { required: needed }),
  };
  return {
    operationId: name.replace('/', '_'),
    tags: [serviceOf(name)],
    summary,
    description: `Callable \`${name}\`; ${WHO[access]}.`,
    'x-callable': name,
    'x-access': access,
    'x-reasons': ownReasons(contract),
    security: access === 'public' ? [{}, { idToken: [] }] : [{ idToken: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(rest.method === 'POST' &&
      others.length > 0 && { requestBody: { required: needed.length > 0, content: json(body) } }),
    responses: { ...answers(contract, book), ...refusals(contract) },
  };
}

/** Who may call, in words. */
export const WHO: Readonly<Record<Access, string>> = {
  public: 'for anyone',
  signedIn: 'for whoever is signed in',
  registered: 'for whoever is registered',
  listener: 'for listeners',
  admin: 'for operators',
};

function parameter(name: string, place: 'path' | 'query', schema: JsonSchema, required: boolean): Parameter {
  // A text in an address is never null; it is left out.
  const texts = schema.anyOf?.filter(({ type }) => type !== 'null');
  const plain = texts?.length === 1 && texts[0] !== undefined ? texts[0] : schema;
  const list = plain.type === 'array' ? ({ style: 'form', explode: false } as const) : {};
  return { name, in: place, required, schema: plain, ...list };
}

function answers({ output, rest }: Contract, book: SchemaBook): Record<string, unknown> {
  const content = json(book.output(output));
  const others = Object.entries(rest.otherStatuses ?? {});
  return {
    '200': { description: 'Done.', content },
    ...Object.fromEntries(others.map(([status, description]) => [status, { description, content }])),
  };
}

/** The refusals of an operation by the status that they come with. */
function refusals(contract: Contract): Record<string, unknown> {
  const byStatus = new Map<number, (Reason | 'INTERNAL')[]>();
  // A token that is not valid is refused before anybody looks at what was asked for.
  const reasons = new Set<Reason>(['SIGN_IN_REQUIRED', ...commonErrors(contract.access), ...contract.errors]);
  for (const reason of reasons) {
    const status = HTTP_STATUS[REFUSALS[reason].code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  byStatus.set(HTTP_STATUS.internal, ['INTERNAL']);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, some]) => {
        const refs = some.map((reason) => ({ $ref: `${REF_PREFIX}${refusalName(reason)}` }));
        const [only] = refs;
        const schema: JsonSchema = refs.length === 1 && only !== undefined ? only : { oneOf: refs };
        return [String(status), { description: some.join(', '), content: json(schema) }];
      }),
  );
}

const refusalName = (reason: string): string => `Refusal.${reason}`;

function refusalSchemas(book: SchemaBook): Record<string, JsonSchema> {
  const known = Object.entries(REFUSAL_SHAPES).map(([reason, { details, example }]) => {
    const { code, message } = REFUSALS[reason as Reason];
    return refusalSchema(book, { code, reason, message, details, example });
  });
  const internal = refusalSchema(book, {
    code: 'internal',
    reason: 'INTERNAL',
    message: 'Something went wrong on our side.',
    details: z.object({ correlationId: z.string() }),
    example: { correlationId: '5f1d1f0e4c3b2a190817263544536271' },
  });
  return Object.fromEntries([...known, internal]);
}

interface Told {
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly details: z.ZodType;
  readonly example: unknown;
}

function refusalSchema(book: SchemaBook, told: Told): [string, JsonSchema] {
  const { code, reason, message } = told;
  const { properties = {}, required = [] } = book.output(told.details);
  const details: JsonSchema = {
    type: 'object',
    properties: { reason: { const: reason }, ...properties },
    required: ['reason', ...required],
  };
  const error: JsonSchema = {
    type: 'object',
    properties: { code: { const: code }, reason: { const: reason }, message: { type: 'string' }, details },
    required: ['code', 'reason', 'message', 'details'],
  };
  const example = { error: { code, reason, message, details: { reason, ...(told.example as object) } } };
  const schema: JsonSchema = {
    type: 'object',
    description: message,
    properties: { error },
    required: ['error'],
    examples: [example],
  };
  return [refusalName(reason), schema];
}

function json(schema: JsonSchema): Content {
  return { 'application/json': { schema } };
}

/** The document as the committed file holds it. */
export function openApiText(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
