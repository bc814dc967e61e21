import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { InputError, parseInput } from './input.ts';
import { seedSchema } from './seed.ts';

function refusal(schema: z.ZodType, input: unknown): string {
  try {
    parseInput(schema, input);
  } catch (fault) {
    if (fault instanceof InputError) return `${fault.status} ${fault.field}`;
    throw fault;
  }
  return 'accepted';
}

describe('input', () => {
  it('is refused by the name of the field that is wrong', () => {
    const schema = z.strictObject({
      seconds: z.number(),
      tasks: z.strictObject({ drop: z.number() }).optional(),
    });
    expect(refusal(schema, { seconds: 'x' })).toBe('400 seconds');
    expect(refusal(schema, { seconds: 1, tasks: { drop: 'x' } })).toBe('400 tasks.drop');
    expect(refusal(schema, { seconds: 1, secs: 2 })).toBe('400 secs');
    expect(refusal(schema, [])).toBe('400 body');
    expect(refusal(schema, undefined)).toBe('400 seconds');
    expect(refusal(schema, { seconds: 1 })).toBe('accepted');
  });

  it('of a seed is at most 500 people', () => {
    expect(refusal(seedSchema, { listeners: 250, callers: 250 })).toBe('accepted');
    expect(refusal(seedSchema, { listeners: 251, callers: 250 })).toBe('400 listeners');
    expect(refusal(seedSchema, { listeners: -1 })).toBe('400 listeners');
    expect(refusal(seedSchema, { coins: 1.5 })).toBe('400 coins');
    expect(refusal(seedSchema, { limits: 'none' })).toBe('400 limits');
  });
});
