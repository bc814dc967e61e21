/** JSON Schemas for the documentation, made from the schemas of the contracts. */
import { z } from 'zod';

/** A part of a JSON Schema, as far as the documentation looks into it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly $ref?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly [keyword: string]: unknown;
}

/** Schemas that have a name in the document, so that each is told once. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

export const REF_PREFIX = '#/components/schemas/';

/** Formats that say it all: the patterns that zod adds to them are long and for machines. */
const TELLING_FORMATS = new Set(['date-time', 'date', 'uuid']);

/** Makes schemas of inputs and outputs; what is named is referred to and collected in `components`. */
export class SchemaBook {
  readonly #registry = z.registry<{ id: string }>();
  readonly #components = new Map<string, JsonSchema>();

  constructor(named: NamedSchemas) {
    for (const [id, schema] of Object.entries(named)) this.#registry.add(schema, { id });
  }

  /** What a client sends: unknown fields are refused, defaults may be left out. */
  input(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'input');
  }

  /** What a client gets. Fields may be added later, so a client must not refuse what it does not know. */
  output(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'output');
  }

  /** The named schemas that were met so far, in the order of their names. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#components].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made = z.toJSONSchema(schema, {
      io,
      metadata: this.#registry,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        tidy(jsonSchema, io);
      },
    });
    const { $schema: _dialect, $defs: definitions = {}, ...rest } = renamed(made) as JsonSchema;
    for (const [id, definition] of Object.entries(definitions as Record<string, JsonSchema>)) {
      const { id: _id, ...part } = definition;
      this.#components.set(id, part);
    }
    return rest;
  }
}

function tidy(schema: Record<string, unknown>, io: 'input' | 'output'): void {
  if (TELLING_FORMATS.has(String(schema['format']))) delete schema['pattern'];
  if (io === 'output' && schema['additionalProperties'] === false) delete schema['additionalProperties'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
}

/** References among definitions, as references into the components of the document. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string' ? part.replace('#/$defs/', REF_PREFIX) : renamed(part),
    ]),
  );
}
