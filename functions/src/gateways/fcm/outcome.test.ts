import { describe, expect, it } from '@jest/globals';
import { outcomeOf, settle, type Outcome } from './outcome.ts';

describe('what FCM says of a token', () => {
  it.each<[string | undefined, Outcome]>([
    [undefined, 'taken'],
    ['messaging/registration-token-not-registered', 'gone'],
    ['messaging/invalid-registration-token', 'doubtful'],
    ['messaging/invalid-argument', 'doubtful'],
    ['messaging/mismatched-credential', 'doubtful'],
    ['messaging/third-party-auth-error', 'failed'],
    ['messaging/message-rate-exceeded', 'failed'],
    ['messaging/server-unavailable', 'failed'],
    ['messaging/internal-error', 'failed'],
    ['messaging/unknown-error', 'failed'],
    ['app/network-error', 'failed'],
  ])('%s means %s', (code, outcome) => {
    expect(outcomeOf(code)).toBe(outcome);
  });
});

describe('a send is settled', () => {
  const cases: [Outcome[], number[] | 'again'][] = [
    [['taken', 'taken'], []],
    [['taken', 'gone'], [1]],
    // Another took the very same message, so it is the token.
    [['doubtful', 'taken'], [0]],
    // Nobody did: it may be the message, or the right to send.
    [['doubtful'], []],
    [['doubtful', 'gone'], [1]],
    [
      ['gone', 'gone'],
      [0, 1],
    ],
    // Whoever took it would get it twice.
    [['taken', 'failed', 'gone'], [2]],
    [['failed'], 'again'],
    [['gone', 'failed'], 'again'],
    [['doubtful', 'failed'], 'again'],
  ];
  it.each(cases)('%j: %j', (outcomes, expected) => {
    const devices = outcomes.map((_, index) => index);
    if (expected === 'again') expect(() => settle(devices, outcomes)).toThrow('no push was taken');
    else expect(settle(devices, outcomes)).toEqual(expected);
  });
});
