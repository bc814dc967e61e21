/** Whatever the schema of an operation refuses is refused as such; whatever it takes breaks nothing. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allOperations } from '../../functions/src/operations.ts';
import { rightInputs, wrongInputs } from './inputs.ts';
import { ask, faults, isSame, levels, traces, worldOf } from './world.ts';

const WRONG_INPUTS = 200;
const RIGHT_INPUTS = 50;
/** The same inputs each time; a longer hunt takes another seed. */
const SEED = Number(process.env['EARSHOT_FUZZ_SEED'] ?? 20_261);

const named = allOperations.map((operation) => ({ name: operation.contract.name, operation }));

describe.each(named)('$name', ({ operation }) => {
  it(`refuses ${WRONG_INPUTS} inputs that its schema refuses, and nothing has happened`, async () => {
    const world = await worldOf('somebody who may do everything');
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(wrongInputs(operation.contract), async (input) => {
        const before = traces(world);
        const answer = await ask(world, operation, input);
        refused += 1;
        if (answer.ok) throw new Error('the input was taken');
        expect(answer.error).toMatchObject({ code: 'invalid-argument', reason: 'INVALID_INPUT' });
        // No document, no counter of a limit, nothing sent.
        expect(isSame(before, traces(world))).toBe(true);
      }),
      { numRuns: WRONG_INPUTS, seed: SEED },
    );
    expect(refused).toBeGreaterThanOrEqual(WRONG_INPUTS);
    expect(faults(world)).toEqual([]);
  });

  it(`answers ${RIGHT_INPUTS} inputs that its schema takes, or refuses them as its contract says`, async () => {
    await fc.assert(
      fc.asyncProperty(rightInputs(operation.contract), fc.constantFrom(...levels), async (input, level) => {
        const world = await worldOf(level);
        const answer = await ask(world, operation, input);
        if (!answer.ok) expect(answer.error.code).not.toBe('internal');
        expect(faults(world)).toEqual([]);
      }),
      { numRuns: RIGHT_INPUTS, seed: SEED },
    );
  });
});
