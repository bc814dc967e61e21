import { describe, expect, it } from '@jest/globals';
import { toEarshotError } from './error.ts';

const thrown = (code: string, details?: unknown) => Object.assign(new Error('told'), { code, details });

describe('what was thrown', () => {
  it('keeps the reason and the numbers of a refusal', () => {
    const details = { reason: 'INSUFFICIENT_COINS', requiredCoins: 10, availableCoins: 4 };
    const error = toEarshotError(thrown('functions/failed-precondition', details));
    expect(error).toMatchObject({
      code: 'failed-precondition',
      reason: 'INSUFFICIENT_COINS',
      message: 'told',
    });
    expect(error.details).toEqual({ requiredCoins: 10, availableCoins: 4 });
  });

  it.each([
    ['functions/internal', 'UNAVAILABLE'],
    ['functions/unavailable', 'UNAVAILABLE'],
    ['functions/resource-exhausted', 'UNAVAILABLE'],
    ['functions/deadline-exceeded', 'TIMEOUT'],
    ['functions/unauthenticated', 'SIGN_IN_REQUIRED'],
    ['auth/network-request-failed', 'UNAVAILABLE'],
    ['auth/internal-error', 'UNAVAILABLE'],
    ['auth/user-disabled', 'SIGN_IN_REQUIRED'],
    ['auth/operation-not-allowed', 'UNKNOWN'],
    ['permission-denied', 'NOT_ALLOWED'],
    ['functions/not-found', 'UNKNOWN'],
    ['something/else', 'UNKNOWN'],
  ])('as %s without a reason is %s', (code, reason) => {
    expect(toEarshotError(thrown(code)).reason).toBe(reason);
  });

  it('is kept as it is when it is one of ours, and is unknown when it is nothing', () => {
    const error = toEarshotError(undefined);
    expect(error.reason).toBe('UNKNOWN');
    expect(toEarshotError(error)).toBe(error);
  });
});
