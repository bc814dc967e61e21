import { describe, expect, it } from '@jest/globals';
import { callableBodyProblem } from './callableBody.ts';

const INT64 = 'type.googleapis.com/google.protobuf.Int64Value';

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('the data of a callable', () => {
  it.each([
    null,
    undefined,
    7,
    'text',
    [],
    {},
    { a: [{ b: null }] },
    { coins: { '@type': INT64, value: '-12' } },
    { coins: { '@type': INT64.replace('Int64', 'UInt64'), value: '18446744073709551615' } },
    { '@type': '' },
    nested(32),
  ])('may be %j', (data) => {
    expect(callableBodyProblem(data)).toBeUndefined();
  });

  it.each([
    [{ '@type': 'something' }],
    [{ '@type': 7 }],
    [{ a: [{ '@type': INT64 }] }],
    [{ '@type': INT64, value: 'many' }],
    [{ '@type': INT64, value: { toString: 'x' } }],
    [[{ b: { '@type': {} } }]],
  ])('is refused as %j, which would be a fault of the decoder', (data) => {
    expect(callableBodyProblem(data)).toBe('of an unknown type');
  });

  it('is refused when it is nested deeper than any stack', () => {
    for (const levels of [33, 100_000]) expect(callableBodyProblem(nested(levels))).toBe('nested too deep');
  });
});
