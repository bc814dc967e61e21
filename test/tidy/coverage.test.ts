/** docs/coverage.csv names operations that exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allOperations } from '../../functions/src/operations.ts';
import { ROOT } from './sources.ts';

const rows = readFileSync(join(ROOT, 'docs/coverage.csv'), 'utf8').trim().split('\n').slice(1);
const operations = new Set(allOperations.map(({ contract }) => contract.name));

describe('the coverage of the source documents', () => {
  it('has one row for each endpoint it names', () => {
    const ids = rows.map((row) => row.split(',')[0]);
    expect(ids.filter((id) => !/^E\d{3}$/u.test(id ?? ''))).toEqual([]);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => (a ?? '').localeCompare(b ?? '')));
  });

  it('names only operations that exist', () => {
    const services = [...new Set([...operations].map((name) => name.split('/')[0]))].join('|');
    const named = rows.flatMap((row) => row.match(new RegExp(`\\b(${services})/[a-z]\\w+`, 'gu')) ?? []);
    expect(named.filter((name) => !operations.has(name))).toEqual([]);
  });
});
