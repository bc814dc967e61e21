import { describe, expect, it } from '@jest/globals';
import { isRefusal } from './error.ts';
import { makeWorld, refusal } from './testing/world.ts';

const START = { calleeId: 'other', type: 'audio' } as const;
/** What the callable SDK throws without a network. */
const silence = Object.assign(new Error('internal'), { code: 'functions/internal' });

describe('an operation', () => {
  it('is tried again under the same requestId while no answer comes', async () => {
    const { backend, earshot, timers } = makeWorld();
    backend.answers('calls/start', () => {
      if (backend.times('calls/start') < 3) throw silence;
      return { callId: 'call' };
    });
    const answer = earshot.calls.start(START);
    await timers.pass(5);
    expect((await answer).callId).toBe('call');
    const ids = backend.asked.map(({ input }) => input['requestId']);
    expect(ids).toEqual([
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/u),
      ids[0],
      ids[0],
    ]);
  });

  it('gives up after four tries', async () => {
    const { backend, earshot, timers } = makeWorld();
    backend.answers('users/me', () => {
      throw silence;
    });
    const answer = earshot.users.me().catch((fault: unknown) => fault);
    await timers.pass(30);
    expect(await answer).toMatchObject({ reason: 'UNAVAILABLE', code: 'unavailable' });
    expect(backend.asked).toHaveLength(4);
  });

  it('is not asked again when it was refused, also not when it was too often', async () => {
    const { backend, earshot } = makeWorld();
    backend.answers('calls/start', () => {
      throw refusal('RATE_LIMITED', { retryAfterSec: 30 });
    });
    const fault: unknown = await earshot.calls.start(START).catch((thrown: unknown) => thrown);
    expect(isRefusal(fault, 'RATE_LIMITED') && fault.details.retryAfterSec).toBe(30);
    expect(backend.asked).toHaveLength(1);
  });

  it('is asked once more after a fault of the backend', async () => {
    const { backend, earshot, timers } = makeWorld();
    backend.answers('calls/end', () => {
      throw Object.assign(new Error('x'), { code: 'functions/internal', details: { reason: 'INTERNAL' } });
    });
    const answer = earshot.calls.end({ callId: 'call' }).catch((fault: unknown) => fault);
    await timers.pass(30);
    expect(await answer).toMatchObject({ reason: 'INTERNAL' });
    expect(backend.asked).toHaveLength(2);
  });

  it('failed with the fault when the second try is too often: the first one was counted, and did nothing', async () => {
    const { backend, earshot, timers } = makeWorld();
    backend.answers('auth/requestOtp', () => {
      if (backend.times('auth/requestOtp') > 1) throw refusal('RATE_LIMITED', { retryAfterSec: 60 });
      throw Object.assign(new Error('x'), { code: 'functions/internal', details: { reason: 'INTERNAL' } });
    });
    const answer = earshot.auth.requestOtp({ phone: '+919812345002' }).catch((fault: unknown) => fault);
    await timers.pass(30);
    expect(await answer).toMatchObject({ reason: 'INTERNAL' });
    expect(backend.asked).toHaveLength(2);
  });

  it('sends no field that is undefined, and keeps the requestId of the app', async () => {
    const { backend, earshot } = makeWorld();
    backend.answers('calls/end', () => ({}));
    await earshot.calls.end({ callId: 'call', note: undefined, requestId: 'mine' });
    expect(backend.asked[0]?.input).toEqual({ callId: 'call', requestId: 'mine' });
  });

  it('that only reads carries no requestId', async () => {
    const { backend, earshot } = makeWorld();
    backend.answers('wallet/balance', () => ({}));
    await earshot.wallet.balance();
    expect(backend.asked[0]?.input).toEqual({});
  });
});
