/** docs/requirements.csv names tests that exist, so that a requirement cannot lose its proof unnoticed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { faultOfProof } from './proofs.ts';
import { ROOT } from './sources.ts';

/** The sections that must have a row for each of their numbers, with the number of the last one. */
const WHOLE: Readonly<Record<string, number>> = {
  'A-BILL': 12,
  'A-CALL': 35,
  'A-PAY': 5,
  'A-WALL': 10,
  'B-CALL': 18,
  'B-RTC': 7,
  'B-COIN': 14,
  C: 17,
};

const [header, ...rows] = readFileSync(join(ROOT, 'docs/requirements.csv'), 'utf8')
  .trim()
  .split('\n')
  .map(cells);

/** The cells of a line; one that holds a comma or a quote stands in quotes, and its quotes are doubled. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/gu)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

describe('the requirements of the source documents', () => {
  it('stand in order, one proof a line, each line once', () => {
    expect(header).toEqual(['id', 'proved_by', 'note']);
    expect(rows.filter((row) => row.length !== 3)).toEqual([]);
    const ids = rows.map(([id = '']) => id);
    expect(ids.filter((id) => !/^(?:[AB]-[A-Z]+|C|CON|S|INS)-\d\d$/u.test(id))).toEqual([]);
    expect(ids).toEqual(ids.toSorted());
    const proofs = rows.map(([id, proof]) => `${id} ${proof}`);
    expect(proofs.filter((proof, index) => proofs.indexOf(proof) !== index)).toEqual([]);
  });

  it('are proved by tests that exist, or a note says why by none', () => {
    const named = rows.map(([, proof = '']) => proof).filter((proof) => proof !== '');
    expect(named.length).toBeGreaterThan(0);
    expect(named.map(faultOfProof).filter((found) => found !== undefined)).toEqual([]);
    expect(rows.filter(([, proof, note]) => proof === '' && note === '')).toEqual([]);
  });

  it.each(Object.entries(WHOLE))('of the section %s are all there', (section, last) => {
    const ids = new Set(rows.map(([id]) => id));
    const wanted = Array.from({ length: last }, (_, at) => `${section}-${String(at + 1).padStart(2, '0')}`);
    expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
  });
});
