import { describe, expect, it } from '@jest/globals';
import { anyDocument, declaredQueries, defineCollection, defineQuery } from './collection.ts';
import { collectionPath } from './port.ts';
import { resultOrders } from './queryRun.ts';

const beats = defineCollection('calls/{}/beats/{}', anyDocument);

describe('defineCollection', () => {
  it('puts ids into the pattern, in order', () => {
    expect(beats.doc('c1', 'u1')).toEqual({ path: 'calls/c1/beats/u1', schema: anyDocument });
    expect(beats.group).toBe('beats');
    expect(collectionPath(beats, ['c1'])).toBe('calls/c1/beats');
  });

  it('knows documents with a fixed id', () => {
    expect(defineCollection('config/pricing', anyDocument).doc().path).toBe('config/pricing');
  });

  it.each(['calls', 'calls/{}/beats', ''])('refuses %j, which names no document', (pattern) => {
    expect(() => defineCollection(pattern, anyDocument)).toThrow('not a document path');
  });

  it('refuses the wrong number of ids', () => {
    expect(() => beats.doc('c1')).toThrow('takes 2 ids, got 1');
  });

  it.each(['', '.', '..', 'a/b', '__x__', 'x'.repeat(257)])('refuses %j as an id', (id) => {
    expect(() => beats.doc('c1', id)).toThrow('not a document id');
  });
});

describe('defineQuery', () => {
  it('keeps every query by its name, once', () => {
    const query = {
      name: 'collectionTest.beats',
      collection: beats,
      scope: 'group',
      filters: [],
      orderBy: [],
    } as const;
    expect(defineQuery(query)).toBe(query);
    expect(declaredQueries.get('collectionTest.beats')).toBe(query);
    expect(() => defineQuery(query)).toThrow('query declared twice');
  });

  it('orders by the field of an inequality also when no order names it', () => {
    const query = {
      name: 'unnamed',
      collection: beats,
      scope: 'group',
      filters: [
        { field: 'z', op: '<' },
        { field: 'b', op: '>=' },
        { field: 'equal', op: '==' },
        { field: 'at', op: '>' },
      ],
      orderBy: [{ field: 'at', direction: 'desc' }],
    } as const;
    expect(resultOrders(query)).toEqual([
      { field: 'at', direction: 'desc' },
      { field: 'b', direction: 'desc' },
      { field: 'z', direction: 'desc' },
    ]);
  });
});
