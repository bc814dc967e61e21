/** Every operation, asked by everyone there is: let in is whom its contract lets in. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allOperations } from '../../functions/src/operations.ts';
import type { Reason } from '../../functions/src/platform/errors.ts';
import { rightInputs } from './inputs.ts';
import {
  ask,
  faults,
  isSame,
  levels,
  refusalFor,
  traces,
  worldOf,
  type AnyOperation,
  type Level,
} from './world.ts';

/** The refusals that say who one is not. */
const AT_THE_DOOR: readonly string[] = [
  'SIGN_IN_REQUIRED',
  'SESSION_REVOKED',
  'USER_BANNED',
  'NOT_REGISTERED',
  'NOT_ALLOWED',
] satisfies Reason[];

const cases = allOperations.flatMap((operation) =>
  levels.map((level) => ({ name: operation.contract.name, operation, level })),
);

/** @returns the refusal at the door, or nothing */
async function doorOf(operation: AnyOperation, level: Level, input: unknown): Promise<string | undefined> {
  const world = await worldOf(level);
  const before = traces(world);
  const answer = await ask(world, operation, input);
  expect(faults(world)).toEqual([]);
  if (answer.ok || !AT_THE_DOOR.includes(answer.error.reason)) return undefined;
  expect(isSame(before, traces(world))).toBe(true);
  return answer.error.reason;
}

describe('the door', () => {
  it.each(cases)('of $name for $level', async ({ operation, level }) => {
    const { contract } = operation;
    const expected = refusalFor(contract.access, level);
    for (const input of fc.sample(rightInputs(contract), { numRuns: 3, seed: 7 }))
      expect(await doorOf(operation, level, input)).toBe(expected);
    // Who one is comes before what one asks.
    for (const input of [{ surprise: 1 }, 'text', []])
      expect(await doorOf(operation, level, input)).toBe(expected);
  });

  it('is open to everybody in these operations alone', () => {
    const open = allOperations.filter(({ contract }) => contract.access === 'public');
    expect(open.map(({ contract }) => contract.name).toSorted()).toEqual([
      'auth/requestOtp',
      'auth/resendOtp',
      'auth/verifyOtp',
      'calls/rates',
      'payments/packages',
      'system/health',
      'system/version',
    ]);
  });
});
