import { describe, expect, it } from '@jest/globals';
import { systemIds } from '../platform/ids.ts';
import { aliasId, drawAliases } from './alias.ts';

describe('the candidates for an alias', () => {
  it.each([
    ['least', () => 1, ['OTO#10000', 'OTO#1000000', 'OTO#100000000']],
    ['greatest', (max: number) => max, ['OTO#99999', 'OTO#9999999', 'OTO#999999999']],
  ])('at their %s have five, seven and nine digits', (_which, integer, expected) => {
    expect(drawAliases({ integer })).toEqual(expected);
  });

  it('are others each time', () => {
    const longest = Array.from({ length: 100 }, () => drawAliases(systemIds)[2]);
    expect(new Set(longest).size).toBeGreaterThan(95);
  });

  it('have a document id without a sign that addresses give a meaning', () => {
    expect(aliasId('OTO#78901')).toBe('OTO-78901');
  });
});
