import { describe, expect, it } from '@jest/globals';
import { derivedId, inputHash, systemIds } from './ids.ts';

describe('ids', () => {
  it('derived from the same parts are the same, and parts cannot run into each other', () => {
    expect(derivedId('a', 'b')).toBe(derivedId('a', 'b'));
    expect(derivedId('ab', '')).not.toBe(derivedId('a', 'b'));
    expect(derivedId('a', 'b')).toMatch(/^[0-9a-f]{32}$/u);
  });

  it('hash an input whatever the order of its keys, and without the fields that are not there', () => {
    expect(inputHash({ a: 1, b: [1, { c: 2 }] })).toBe(inputHash({ b: [1, { c: 2 }], a: 1, d: undefined }));
    expect(inputHash({ a: 1 })).not.toBe(inputHash({ a: '1' }));
    expect(inputHash({ a: [1, 2] })).not.toBe(inputHash({ a: [2, 1] }));
  });

  it('are random where they must be', () => {
    const drawn = new Set(Array.from({ length: 100 }, () => systemIds.random128()));
    expect(drawn.size).toBe(100);
    for (let index = 0; index < 100; index += 1) expect([1, 2, 3]).toContain(systemIds.integer(3));
  });
});
