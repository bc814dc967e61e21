/** The reference for readers, made from the OpenAPI document. */
import { WHO, type OpenApiDocument, type OperationObject } from './document.ts';
import type { JsonSchema } from './schemas.ts';
import { typeText } from './typeText.ts';

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** One field of an input. */
interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

const HEAD = [
  '# The operations',
  '',
  'Generated from the contracts by `npm run docs:api`; do not edit it. The same as OpenAPI 3.1: [openapi.json](openapi.json),',
  'served at `/v1/openapi.json`, with pages to try it at `/v1/docs`.',
  '',
  'An operation is called as a callable of Firebase by its name, or over REST by its route with an ID token in',
  '`Authorization: Bearer …`. Fields in `{braces}` of a route lie in it; other fields of a GET stand in the query, several',
  'values with commas between them, those of a POST in a JSON body.',
  '',
  'Besides the reasons listed, an operation answers INVALID_INPUT; unless it is for anyone SIGN_IN_REQUIRED, SESSION_REVOKED',
  'and USER_BANNED; NOT_REGISTERED where one must be registered, and NOT_ALLOWED where a role is needed.',
];

/** @returns docs/api.md */
export function apiReference(document: OpenApiDocument): string {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const services = [...new Set(listed.map(({ operation }) => operation.tags[0] ?? ''))];
  const lines = [
    ...HEAD,
    ...services.flatMap((service) => [
      '',
      `## ${service}`,
      ...listed.filter(({ operation }) => operation.tags[0] === service).flatMap(operationLines),
    ]),
    '',
    '## Shapes',
    ...shapesOf(document).flatMap(([name, schema]) => [
      '',
      `### ${name}`,
      '',
      '```ts',
      typeText(schema, ''),
      '```',
    ]),
    '',
    '## Refusals',
    '',
    '| reason | details | means |',
    '|---|---|---|',
    ...refusalLines(document),
  ];
  return `${lines.join('\n')}\n`;
}

function operationLines({ method, path, operation }: Listed): string[] {
  const fields = fieldsOf(operation);
  const reasons = operation['x-reasons'];
  return [
    '',
    `### ${operation['x-callable']}`,
    '',
    operation.summary,
    '',
    `\`${method} ${path}\`, ${WHO[operation['x-access']]}`,
    ...(fields.length > 0 ? ['', '| input | type | |', '|---|---|---|', ...fields.map(fieldLine)] : []),
    '',
    '```ts',
    typeText(answerOf(operation), ''),
    '```',
    ...(reasons.length > 0 ? ['', `Reasons: ${reasons.join(', ')}`] : []),
  ];
}

function fieldsOf({ parameters = [], requestBody }: OperationObject): Field[] {
  const { properties = {}, required = [] } = requestBody?.content['application/json'].schema ?? {};
  return [
    ...parameters,
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      schema,
      required: required.includes(name),
    })),
  ];
}

function fieldLine({ name, schema, required }: Field): string {
  const notes = [required ? 'required' : '', ...limitsOf(schema)].filter(Boolean).join('; ');
  return `| ${name} | \`${typeText(schema, '', { oneLine: true }).replaceAll('|', '\\|')}\` | ${notes} |`;
}

/** The limits of a field in words. */
function limitsOf(schema: JsonSchema): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, format, items } = schema;
  const plain = schema.anyOf?.find(({ type }) => type !== 'null');
  return [
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' values'),
    schema.default === undefined ? '' : `${JSON.stringify(schema.default)} by default`,
    format ?? '',
    pattern === undefined || format !== undefined ? '' : `\`${pattern.replaceAll('|', '\\|')}\``,
    ...(items === undefined ? [] : limitsOf(items).map((limit) => `each ${limit}`)),
    ...(plain === undefined ? [] : limitsOf(plain)),
  ].filter(Boolean);
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined) return most === undefined ? '' : `at most ${most}${unit}`;
  return most === undefined ? `at least ${least}${unit}` : `${least} to ${most}${unit}`;
}

function answerOf(operation: OperationObject): JsonSchema {
  const { content } = operation.responses['200'] as {
    content: { 'application/json': { schema: JsonSchema } };
  };
  return content['application/json'].schema;
}

function shapesOf({ components }: OpenApiDocument): [string, JsonSchema][] {
  return Object.entries(components.schemas).filter(([name]) => !name.startsWith('Refusal.'));
}

function refusalLines({ components }: OpenApiDocument): string[] {
  return Object.entries(components.schemas)
    .filter(([name]) => name.startsWith('Refusal.'))
    .map(([name, { description, properties }]) => {
      const details = properties?.['error']?.properties?.['details'];
      const { reason: _reason, ...own } = details?.properties ?? {};
      const text = typeText({ type: 'object', properties: own, required: details?.required ?? [] }, '', {
        oneLine: true,
      });
      return `| ${name.replace('Refusal.', '')} | \`${text.replaceAll('|', '\\|')}\` | ${String(description)} |`;
    });
}
