import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { attempt, layOut, ROWS } from './attempts.ts';
import { outcome, RulesBench } from './emulator.ts';
import { MATRIX, OPERATIONS, type Operation } from './matrix.ts';
import { ROLES } from './people.ts';
import { PROBED, PROBES } from './probes.ts';
import { declaredPatterns } from './registry.ts';
import { evaluatedExpressions, oneSided } from './ruleCoverage.ts';

/** Expressions that logic lets come out one way only, each with the reason. */
const ONE_SIDED_BY_LOGIC: Readonly<Record<string, string>> = {};

const cases = Object.entries(ROWS).flatMap(([pattern, row]) => ROLES.map((role) => ({ pattern, row, role })));

function byOperation<T>(value: (operation: Operation) => T): [Operation, T][] {
  return OPERATIONS.map((operation) => [operation, value(operation)]);
}

describe('the matrix of rules', () => {
  const bench = new RulesBench('matrix');

  beforeAll(async () => {
    await bench.open();
    await layOut(bench);
    await bench.put(PROBED);
  }, 30_000);

  afterAll(async () => {
    await bench.close();
  });

  it('has a row for every collection that the code declares, and no other', () => {
    expect(Object.keys(MATRIX).toSorted()).toEqual(declaredPatterns());
  });

  it.each(cases)('$pattern for $role', async (one) => {
    const asked = byOperation((operation) => outcome(attempt(bench, { ...one, operation })));
    const answers = await Promise.all(asked.map(async ([operation, answer]) => [operation, await answer]));
    const expected = byOperation((operation) =>
      one.row.allowed[operation].includes(one.role) ? 'allowed' : 'refused',
    );
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
  });

  it.each(PROBES)('$what: $expected', async ({ by, ask, expected }) => {
    expect(await outcome(ask(bench.as(by)))).toBe(expected);
  });

  // Comes last: it counts what all the requests above have evaluated.
  it('has made every expression of the rules come out true and come out false', async () => {
    const expressions = evaluatedExpressions(await bench.ruleCoverage());
    expect(expressions.map(({ text }) => text)).toContain('request.query.limit <= 50');
    const own = expressions.filter(({ isOfSignals }) => !isOfSignals);
    expect(oneSided(own)).toEqual(Object.keys(ONE_SIDED_BY_LOGIC));
  });

  it('tells an expression that came out one way only, or never', () => {
    const told = { wasTrue: false, wasFalse: false, hadValue: true };
    expect(
      oneSided([
        { ...told, text: 'a', wasTrue: true },
        { ...told, text: 'b', wasFalse: true },
        { ...told, text: 'c', wasTrue: true, wasFalse: true },
        { ...told, text: 'a number' },
        { ...told, text: 'd', hadValue: false },
      ]),
    ).toEqual(['never false: a', 'never true: b', 'never evaluated: d']);
  });
});
