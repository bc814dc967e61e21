/** docs/android.md names operations, fields and pushes that exist. Nothing here compiles Kotlin. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { apiDocument } from '../../functions/src/apiDocument.ts';
import { allOperations } from '../../functions/src/operations.ts';
import { SchemaBook } from '../../functions/src/platform/openapi/schemas.ts';
import { ROOT } from './sources.ts';

const page = readFileSync(join(ROOT, 'docs/android.md'), 'utf8');
const pushes = readFileSync(join(ROOT, 'docs/pushes.md'), 'utf8');
const kotlin = [...page.matchAll(/```kotlin\n(.*?)```/gsu)].map(([, code = '']) => code).join('\n');

/** `ask("calls/start", "calleeId" to …)`, up to the bracket that closes it. */
function asked(text: string): { name: string; fields: string[] }[] {
  return [...text.matchAll(/\bask\("([a-zA-Z/]+)"/gu)].map(({ index, 1: name = '' }) => {
    let depth = 0;
    let end = index;
    do {
      end += 1;
      if (text.charAt(end) === '(') depth += 1;
      if (text.charAt(end) === ')') depth -= 1;
    } while (end < index + 4 || depth > 0);
    const fields = [...text.slice(index, end).matchAll(/"(\w+)" to /gu)].map(([, field = '']) => field);
    return { name, fields };
  });
}

/** Every name of a field that an operation answers or a schema has. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(key === 'properties' ? Object.keys(part as object) : []),
    ...namesIn(part),
  ]);
}

const rows = [...pushes.matchAll(/^\| (\w+) \| [^|]*\| [^|]*\| ([^|]*) \|/gmu)];
const pushTypes = rows.map(([, type = '']) => type);
const pushFields = rows.flatMap(([, , data = '']) => data.split(/[?, ]+/u));

describe('the page for Android', () => {
  const requests = asked(page);

  it('asks only operations that there are, with all they need and nothing they do not know', () => {
    expect(requests.length).toBeGreaterThan(10);
    for (const { name, fields } of requests) {
      const operation = allOperations.find(({ contract }) => contract.name === name);
      if (operation === undefined) throw new Error(`${name} is no operation`);
      const { properties = {}, required = [] } = new SchemaBook({}).input(operation.contract.input);
      expect({ name, unknown: fields.filter((field) => !(field in properties)) }).toEqual({
        name,
        unknown: [],
      });
      expect({ name, missing: required.filter((field) => !fields.includes(field)) }).toEqual({
        name,
        missing: [],
      });
    }
  });

  it('names only operations that there are in its text, too', () => {
    const services = new Set(allOperations.map(({ contract }) => contract.name.split('/')[0]));
    const named = [...page.matchAll(/`(\w+)\/(\w+)`/gu)].filter(([, service]) => services.has(service));
    const known = new Set(allOperations.map(({ contract }) => contract.name));
    expect(named.map(([, service, name]) => `${service}/${name}`).filter((name) => !known.has(name))).toEqual(
      [],
    );
  });

  it('reads only fields that answers, documents and pushes have', () => {
    const known = new Set([...namesIn(apiDocument()), ...pushFields, 'type', 'reason']);
    const read = [
      ...kotlin.matchAll(/\["(\w+)"\]/gu),
      ...kotlin.matchAll(/(?:getString|getTimestamp|getBoolean|whereEqualTo|orderBy)\("(\w+)"/gu),
    ].map(([, field = '']) => field);
    expect(read.length).toBeGreaterThan(20);
    expect(read.filter((field) => !known.has(field))).toEqual([]);
  });

  it('knows every push, and no other', () => {
    const told = [...kotlin.matchAll(/^\s+((?:"\w+"(?:, )?)+) -> (?:ring|stopRinging|offerCoins)/gmu)]
      .flatMap(([, types = '']) => types.split(', '))
      .map((type) => type.replaceAll('"', ''));
    expect(told.filter((type) => !pushTypes.includes(type))).toEqual([]);
    expect(pushTypes.filter((type) => !told.includes(type)).toSorted()).toEqual([
      'missed_call',
      'verification_result',
    ]);
  });
});
