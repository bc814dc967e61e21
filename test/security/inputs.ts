/** Inputs of any operation, from its schema alone: right ones, and right ones with one thing broken. */
import fc from 'fast-check';
import type { Contract } from '../../functions/src/platform/contract.ts';
import { OTHER } from './world.ts';

type Input = Record<string, unknown>;
type Field = Contract['input'];

const UUID = '6b8a1a52-6d3b-4c7e-9f0e-0a4a3f6a9d01';
/** Something for every field of every operation: ids, names, numbers, dates, and what else a schema may ask for. */
const POOL: readonly unknown[] = [
  OTHER,
  'none',
  'constructor',
  'toString',
  '+919810000001',
  UUID,
  'audio',
  'video',
  'hindi',
  'en',
  'asha',
  'a reason that somebody gives',
  '123456',
  '000000',
  '2000-01-31',
  '2026-01-05T12:00:00.000Z',
  'a'.repeat(64),
  'coins-300',
  'user',
  'caller',
  'verification-audio/me/sample.mp3',
  'pay_00000000000000',
  `RCH_${'0'.repeat(32)}`,
  ['en'],
  ['music'],
  ['audio'],
  [OTHER],
  1,
  2,
  20,
  -1,
  4.5,
  true,
  false,
  { kind: 'call', id: 'none' },
];

/** The fields of an operation's input. @throws Error for an input that is no object */
export function fieldsOf({ name, input }: Contract): Readonly<Record<string, Field>> {
  const shape = 'shape' in input ? (input.shape as Record<string, Field> | undefined) : undefined;
  if (shape === undefined) throw new Error(`the input of ${name} is no object`);
  return shape;
}

/** The words that a field may be, where it is one of a few. */
function wordsOf(field: Field): readonly unknown[] {
  const optional = field as Field & { readonly unwrap?: () => Field };
  const inner = optional.unwrap?.() ?? field;
  return 'options' in inner && Array.isArray(inner.options) ? (inner.options as unknown[]) : [];
}

/** @throws Error when nothing is known that the field takes: then put something into the pool above */
function valuesOf(contract: Contract, name: string, field: Field): readonly unknown[] {
  const fit = [...POOL, ...wordsOf(field)].filter((value) => field.safeParse(value).success);
  if (fit.length === 0) throw new Error(`say in the pool what ${contract.name} may get as ${name}`);
  return fit;
}

/** Inputs that the schema takes. */
export function rightInputs(contract: Contract): fc.Arbitrary<Input> {
  const fields = Object.entries(fieldsOf(contract));
  const isRequired = ([, field]: [string, Field]) => !field.safeParse(undefined).success;
  const values = Object.fromEntries(
    fields.map(([name, field]) => [name, fc.constantFrom(...valuesOf(contract, name, field))]),
  );
  return fc
    .record(values, { requiredKeys: fields.filter(isRequired).map(([name]) => name) })
    .filter((input) => contract.input.safeParse(input).success);
}

/** What no field should be surprised by. */
const SPECIAL: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '__proto__',
  '../..',
  'a/b',
  '${7*7}',
  "' or 1=1 --",
  '１２３４５６',
  'x'.repeat(20_000),
  Number.MAX_SAFE_INTEGER,
  -1e308,
  0.1,
  -0,
  1e21,
  [],
  {},
  [[]],
  Array.from({ length: 1000 }, () => 'x'),
  { toString: 'x', valueOf: 1, length: 3, constructor: null },
  JSON.parse('{"__proto__":{"roles":["admin"]}}'),
];

const anything = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...SPECIAL) },
  fc.jsonValue().filter((value) => value !== null),
);

/** What a bug or an attacker makes of a right value. */
function bent(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === 'string') {
    const twists = [
      `${value}\n`,
      ` ${value}`,
      `${value}\u0000`,
      `${value}/..`,
      value.slice(1),
      value.repeat(200),
      value.toUpperCase(),
      [value],
      { value },
      Number(value),
    ];
    return fc.constantFrom(...twists.filter((twist) => !Number.isNaN(twist)));
  }
  if (typeof value === 'number')
    return fc.constantFrom(value + 0.5, -value * 1e6, value * 1e9, `${value}`, [value]);
  if (typeof value === 'boolean') return fc.constantFrom(`${value}`, Number(value), [value]);
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const many = Array.from({ length: 500 }, () => items[0]);
    return fc.constantFrom<unknown>(many, [...items, { more: 1 }], [...items, 7], { items }, items[0]);
  }
  return anything;
}

function damaged(input: Input): fc.Arbitrary<unknown> {
  const names = Object.keys(input);
  const surprise = fc
    .tuple(
      fc.oneof(fc.constantFrom('uid', 'userId', 'admin', 'roles', 'constructor', '$where'), fc.string()),
      anything,
    )
    .map(([name, value]) => ({ ...input, [name]: value }));
  if (names.length === 0)
    return fc.oneof(
      surprise,
      fc.jsonValue().filter((value) => value !== null),
    );
  const field = fc.constantFrom(...names);
  return fc.oneof(
    field.map((name) => Object.fromEntries(Object.entries(input).filter(([key]) => key !== name))),
    { weight: 3, arbitrary: fc.tuple(field, anything).map(([name, value]) => ({ ...input, [name]: value })) },
    {
      weight: 3,
      arbitrary: field.chain((name) => bent(input[name]).map((value) => ({ ...input, [name]: value }))),
    },
    surprise,
    fc.jsonValue().filter((value) => value !== null),
  );
}

/** Inputs that the schema refuses, most of them wrong in one thing only. */
export function wrongInputs(contract: Contract): fc.Arbitrary<unknown> {
  return rightInputs(contract)
    .chain(damaged)
    .filter((input) => !contract.input.safeParse(withoutNulls(input)).success);
}

/** A field that is `null` counts as one that is not there. */
function withoutNulls(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}
