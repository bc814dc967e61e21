import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { calls } from '../../functions/src/calls/documents.ts';
import type { DeclaredQuery, FilterOp } from '../../functions/src/platform/store/collection.ts';
import { clientQueries } from './clientQueries.ts';
import { deriveIndexes, differences, type IndexFile } from './deriveIndexes.ts';
import { loadDeclarations, ROOT, sourceFiles, type Declarations } from './registry.ts';

function query(
  filters: readonly (readonly [string, FilterOp])[],
  orderBy: readonly string[] = [],
  scope: DeclaredQuery['scope'] = 'collection',
): DeclaredQuery {
  return {
    name: 'example',
    collection: calls,
    scope,
    filters: filters.map(([field, op]) => ({ field, op })),
    orderBy: orderBy.map((field) => ({ field, direction: 'desc' })),
  };
}

/** The fields of the composite indexes that the queries need. */
function paths(...queries: DeclaredQuery[]): string[][] {
  return deriveIndexes(queries, []).indexes.map(({ fields }) => fields.map((field) => field.fieldPath));
}

describe('what an index is needed for', () => {
  it.each([
    ['one order', query([], ['at'])],
    ['an inequality with its own order', query([['at', '<']], ['at'])],
    [
      'equalities',
      query([
        ['a', '=='],
        ['b', '=='],
      ]),
    ],
    ['one array filter', query([['a', 'array-contains']])],
    ['an order by the field that is equal', query([['a', '==']], ['a'])],
  ])('nothing for %s', (_name, example) => {
    expect(paths(example)).toEqual([]);
  });

  it('an equality with an order on another field', () => {
    expect(paths(query([['a', '==']], ['at']))).toEqual([['a', 'at']]);
  });

  it('an equality with an inequality on another field', () => {
    expect(
      paths(
        query([
          ['a', '=='],
          ['at', '<'],
        ]),
      ),
    ).toEqual([['a', 'at']]);
  });

  it('two orders', () => {
    expect(paths(query([], ['a', 'at']))).toEqual([['a', 'at']]);
  });

  it('one for each equality, which serve all combinations of them', () => {
    const both = query(
      [
        ['a', '=='],
        ['b', '=='],
      ],
      ['at'],
    );
    expect(paths(both, query([['b', '==']], ['at']))).toEqual([
      ['a', 'at'],
      ['b', 'at'],
    ]);
  });

  it('one of all fields where merging is not promised', () => {
    const example = query(
      [
        ['a', '=='],
        ['tags', 'array-contains-any'],
      ],
      ['at'],
    );
    expect(paths(example)).toEqual([['a', 'tags', 'at']]);
  });

  it('a group query by one field, which needs an override', () => {
    expect(deriveIndexes([query([['at', '<']], ['at'], 'group')], [])).toEqual({
      indexes: [],
      fieldOverrides: [
        {
          collectionGroup: 'calls',
          fieldPath: 'at',
          indexes: [{ order: 'DESCENDING', queryScope: 'COLLECTION_GROUP' }],
        },
      ],
    });
  });
});

/** Firestore's published limit for a database without billing; with it there may be 1,000. */
const MOST_COMPOSITES = 200;

describe('firestore.indexes.json', () => {
  const file = JSON.parse(readFileSync(join(ROOT, 'firestore.indexes.json'), 'utf8')) as IndexFile;
  let declared: Declarations;
  let needed: IndexFile;

  beforeAll(async () => {
    declared = await loadDeclarations();
    const queries = [...declared.queries, ...clientQueries.map((one) => one.query)];
    needed = deriveIndexes(queries, declared.collections);
  });

  it('has all that the queries of code and clients need, and nothing else', () => {
    expect(declared.queries.length).toBeGreaterThan(0);
    expect(differences(needed, file)).toEqual({ missing: [], superfluous: [] });
  });

  it('stays below the composite indexes that a database has by default', () => {
    expect(file.indexes.length).toBeLessThan(MOST_COMPOSITES);
  });

  it('names nothing twice', () => {
    const names = [
      ...file.indexes.map((one) => JSON.stringify(one)),
      ...file.fieldOverrides.map((one) => `${one.collectionGroup}.${one.fieldPath}`),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it('cannot lose an entry unnoticed', () => {
    for (const lost of [...file.indexes, ...file.fieldOverrides]) {
      const rest: IndexFile = {
        indexes: file.indexes.filter((one) => one !== lost),
        fieldOverrides: file.fieldOverrides.filter((one) => one !== lost),
      };
      expect(differences(needed, rest).missing).toHaveLength(1);
    }
  });
});

it('no code makes a query that is not declared', () => {
  const makers = [...sourceFiles()].filter(([, text]) => /\.(where|orderBy)\(/.test(text));
  expect(makers.map(([name]) => name)).toEqual([]);
});
