/** The sources of the client that follow from the contracts: plain types and routes, without a schema library. */
import type { Contract } from '../contract.ts';
import { ownReasons, serviceOf, type DocumentInput } from './document.ts';
import { REFUSAL_SHAPES } from './refusals.ts';
import { SchemaBook, type JsonSchema } from './schemas.ts';
import { typeText, type Writing } from './typeText.ts';

const HEAD = '// Generated from the contracts by `npm run docs:api`; do not edit it.\n';

/** @returns the text of each file, by its name in the client’s folder of generated sources */
export function clientFiles({ contracts, named }: Omit<DocumentInput, 'version'>): Map<string, string> {
  const book = new SchemaBook(named);
  const services = [...new Set(contracts.map(({ name }) => serviceOf(name)))];
  const files = new Map(
    services.map((service) => {
      const own = contracts.filter(({ name }) => serviceOf(name) === service);
      return [`${service}.ts`, serviceFile(service, own, book)];
    }),
  );
  files.set('types.ts', `${HEAD}\n${Object.entries(book.components()).map(namedShape).join('\n')}`);
  files.set('refusals.ts', refusalsFile(book));
  files.set('index.ts', indexFile(services));
  return files;
}

const namedShape = ([name, schema]: [string, JsonSchema]): string => declaration(name, schema);

function serviceFile(service: string, contracts: readonly Contract[], book: SchemaBook): string {
  const shapes = contracts.flatMap((contract) => {
    const { input, output } = typeNames(contract);
    return [
      declaration(input, inputOf(contract, book), { sent: true }),
      declaration(output, book.output(contract.output)),
    ];
  });
  const methods = contracts.map((contract) => methodText(contract, book));
  const routes = contracts.map((contract) => routeText(contract, book));
  const used = Object.keys(book.components()).filter((name) =>
    shapes.some((shape) => new RegExp(`(?:: |= |\\| )${name}\\b`, 'u').test(shape)),
  );
  return [
    HEAD,
    "import type { AskOptions } from '../askOptions.ts';\n",
    used.length > 0 ? `import type { ${used.join(', ')} } from './types.ts';\n` : '',
    `\n${shapes.join('\n')}`,
    `\nexport interface ${upper(service)}Operations {\n${methods.join('')}}\n`,
    `\nexport const ${service}Routes = {\n${routes.join('')}} as const;\n`,
  ].join('');
}

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function operationOf({ name }: Contract): string {
  return name.split('/')[1] ?? name;
}

function typeNames(contract: Contract) {
  const stem = `${upper(serviceOf(contract.name))}${upper(operationOf(contract))}`;
  return { input: `${stem}Input`, output: `${stem}Output` };
}

/** The client makes a `requestId` where none is given, so it is never demanded. */
function inputOf({ input }: Contract, book: SchemaBook): JsonSchema {
  const { required = [], ...schema } = book.input(input);
  return { ...schema, required: required.filter((field) => field !== 'requestId') };
}

function declaration(name: string, schema: JsonSchema, writing: Writing = {}): string {
  const text = typeText(schema, '', { ...writing, compiled: true });
  const isOneShape = schema.properties !== undefined && text.startsWith('{');
  return isOneShape ? `export interface ${name} ${text}\n` : `export type ${name} = ${text};\n`;
}

function methodText(contract: Contract, book: SchemaBook): string {
  const { input, output } = typeNames(contract);
  const mark = (inputOf(contract, book).required ?? []).length === 0 ? '?' : '';
  const reasons = ownReasons(contract);
  const thrown = reasons.length > 0 ? ` @throws EarshotError ${reasons.join(', ')}` : '';
  return [
    `  /** ${contract.summary}${thrown} */\n`,
    `  ${operationOf(contract)}(input${mark}: ${input}, options?: AskOptions): Promise<${output}>;\n`,
  ].join('');
}

function routeText(contract: Contract, book: SchemaBook): string {
  const { method, path } = contract.rest;
  const repeatable = 'requestId' in (book.input(contract.input).properties ?? {}) ? ', requestId: true' : '';
  return `  ${operationOf(contract)}: { method: '${method}', path: '${path}'${repeatable} },\n`;
}

function refusalsFile(book: SchemaBook): string {
  const lines = Object.entries(REFUSAL_SHAPES).map(([reason, { details }]) => {
    const shape = typeText(book.output(details), '  ', { compiled: true, oneLine: true });
    return `  ${reason}: ${shape};\n`;
  });
  return [
    HEAD,
    '\n/** Every reason for which the backend refuses, with the details that come with it. */\n',
    `export interface RefusalDetails {\n${lines.join('')}}\n`,
  ].join('');
}

function indexFile(services: readonly string[]): string {
  const imports = services.map(
    (service) => `import { ${service}Routes, type ${upper(service)}Operations } from './${service}.ts';\n`,
  );
  const fields = services.map((service) => `  readonly ${service}: ${upper(service)}Operations;\n`);
  const routes = services.map((service) => `  ${service}: ${service}Routes,\n`);
  const files = [...services, 'types', 'refusals'].map((name) => `export type * from './${name}.ts';\n`);
  return [
    HEAD,
    imports.join(''),
    '\n/** Every operation, by service. */\n',
    `export interface Operations {\n${fields.join('')}}\n`,
    `\nexport const ROUTES = {\n${routes.join('')}} as const;\n`,
    `\n${files.join('')}`,
  ].join('');
}
