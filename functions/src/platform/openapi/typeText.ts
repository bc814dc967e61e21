/** Schemas written as types of TypeScript: for readers in the reference, for the compiler in the client. */
import { REF_PREFIX, type JsonSchema } from './schemas.ts';

/** How a type is written. */
export interface Writing {
  /** All in one line, for a cell of a table. */
  readonly oneLine?: boolean;
  /** For the compiler, which knows no integers and takes `undefined` for a field that may be left out. */
  readonly compiled?: boolean;
  /** Something that is sent and never changed on the way: whoever has a readonly list may give it. */
  readonly sent?: boolean;
}

/** A schema as a type of TypeScript. @param indent of the line that it begins on */
export function typeText(schema: JsonSchema, indent: string, writing: Writing = {}): string {
  const parts = schema.anyOf ?? schema.oneOf;
  if (schema.$ref !== undefined) return schema.$ref.replace(REF_PREFIX, '');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  if (parts !== undefined) return parts.map((part) => typeText(part, indent, writing)).join(' | ');
  if (schema.type === 'array') {
    const item = typeText(schema.items ?? {}, indent, writing);
    const isCompound = (item.includes(' | ') && !item.startsWith('{')) || item.startsWith('readonly ');
    const list = isCompound ? `(${item})[]` : `${item}[]`;
    return writing.sent === true ? `readonly ${list}` : list;
  }
  if (schema.type === 'object') return objectText(schema, indent, writing);
  const names = [schema.type ?? 'unknown'].flat();
  return names.map((name) => (name === 'integer' && writing.compiled === true ? 'number' : name)).join(' | ');
}

function objectText(schema: JsonSchema, indent: string, writing: Writing): string {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties === 'object')
    return `Record<string, ${typeText(additionalProperties, indent, writing)}>`;
  const inner = `${indent}  `;
  const parts = Object.entries(properties ?? {}).map(([name, part]) => {
    const text = typeText(part, inner, writing);
    if (required.includes(name)) return `${name}: ${text}`;
    return `${name}?: ${text}${writing.compiled === true ? ' | undefined' : ''}`;
  });
  if (parts.length === 0) return writing.compiled === true ? 'Record<string, never>' : '{}';
  if (writing.oneLine === true) return `{ ${parts.join('; ')} }`;
  return `{\n${parts.map((part) => `${inner}${part};\n`).join('')}${indent}}`;
}

function literal(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
