import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { testPorts } from '../testing/ports.ts';
import { at } from '../testing/calls.ts';
import { sessions, type VerifiedToken } from './actor.ts';
import { defineOperation, type Access } from './contract.ts';
import { REFUSALS, refuse, type Reason } from './errors.ts';
import { runOperation } from './invocation.ts';
import { operation, publicOperation } from './operation.ts';

const contractOf = (access: Access) =>
  defineOperation({
    name: 'test/echo',
    summary: 'Says it again.',
    access,
    input: z.strictObject({ text: z.string().max(10) }),
    output: z.object({ text: z.string() }),
    errors: [],
    rest: { method: 'POST', path: '/v1/echo' },
  });

const TOKEN: VerifiedToken = { uid: 'asha', authTimeSec: 1000, admin: false, phone: null };

interface Person {
  readonly sessionsValidAfter?: number;
  readonly bannedUntil?: Date;
  readonly roles?: string[];
}

async function run(options: {
  access?: Access;
  token?: VerifiedToken | undefined;
  person?: Person;
  input?: unknown;
  answer?: unknown;
  admits?: boolean;
}) {
  const ports = testPorts();
  const { access = 'registered', token = TOKEN, person, input = { text: 'hello' }, admits = true } = options;
  if (person !== undefined) ports.store.write('users/asha', { roles: ['user'], ...person });
  const echo = operation(contractOf(access), async ({ store }: typeof ports, actor, { text }) => {
    const [record] = await store.getAll(sessions.doc(actor.uid));
    if (admits) actor.admit(record);
    return (options.answer ?? { text }) as { text: string };
  });
  const answer = await runOperation(echo, () => ports, {
    token: 'token' in options ? options.token : token,
    input,
    address: '',
  });
  return { answer, ports };
}

async function reasonOf(options: Parameters<typeof run>[0]): Promise<string> {
  const { answer } = await run(options);
  return answer.ok ? 'ok' : answer.error.reason;
}

describe('an operation', () => {
  it('answers a registered person', async () => {
    const { answer } = await run({ person: {} });
    expect(answer).toEqual({ ok: true, output: { text: 'hello' } });
  });

  it('demands a token unless it is public', async () => {
    expect(await reasonOf({ token: undefined, person: {} })).toBe('SIGN_IN_REQUIRED');
    const ports = testPorts();
    const open = publicOperation(contractOf('public'), async (_ports: typeof ports, { text }) => {
      return await Promise.resolve({ text });
    });
    const answer = await runOperation(open, () => ports, {
      token: undefined,
      input: { text: 'hi' },
      address: '',
    });
    expect(answer).toEqual({ ok: true, output: { text: 'hi' } });
  });

  it('refuses sessions, bans, strangers and roles in this order', async () => {
    const revoked = { sessionsValidAfter: 1001, bannedUntil: at(60) };
    expect(await reasonOf({ person: revoked, input: {} })).toBe('SESSION_REVOKED');
    expect(await reasonOf({ person: { bannedUntil: at(60) }, input: {} })).toBe('USER_BANNED');
    expect(await reasonOf({ input: {} })).toBe('NOT_REGISTERED');
    expect(await reasonOf({ person: {}, access: 'admin', input: {} })).toBe('NOT_ALLOWED');
    expect(await reasonOf({ person: {}, input: {} })).toBe('INVALID_INPUT');
  });

  it('lets a session of the same second in, and a ban end', async () => {
    expect(await reasonOf({ person: { sessionsValidAfter: 1000 } })).toBe('ok');
    expect(await reasonOf({ person: { bannedUntil: at(0) } })).toBe('ok');
  });

  it('takes an admin only with the claim and the role', async () => {
    const admin = { ...TOKEN, admin: true };
    expect(await reasonOf({ access: 'admin', token: admin, person: { roles: ['admin'] } })).toBe('ok');
    expect(await reasonOf({ access: 'admin', token: admin, person: { roles: ['user'] } })).toBe(
      'NOT_ALLOWED',
    );
    expect(await reasonOf({ access: 'admin', person: { roles: ['admin'] } })).toBe('NOT_ALLOWED');
  });

  it('answers someone who has signed in but not registered only where that is enough', async () => {
    expect(await reasonOf({ access: 'signedIn' })).toBe('ok');
    expect(await reasonOf({ access: 'registered' })).toBe('NOT_REGISTERED');
  });

  it.each<[unknown, string, string]>([
    [{}, 'text', 'required'],
    [{ text: null }, 'text', 'required'],
    [{ text: 7 }, 'text', 'Invalid input: expected string, received number'],
    [{ text: 'x'.repeat(1_000_000) }, 'text', 'Too big: expected string to have <=10 characters'],
    [{ text: 'hi', more: 1 }, 'more', 'unknown field'],
    ['hi', '', 'Invalid input: expected object, received string'],
    [null, '', 'Invalid input: expected object, received null'],
    [[1], '', 'Invalid input: expected object, received array'],
  ])('names what is wrong with its input (%#)', async (input, path, message) => {
    const { answer } = await run({ person: {}, input });
    if (answer.ok) throw new Error('it was taken');
    expect(answer.error).toMatchObject({
      code: 'invalid-argument',
      httpStatus: 400,
      reason: 'INVALID_INPUT',
    });
    expect(answer.error.details['issues']).toEqual([{ path, message }]);
    expect(JSON.stringify(answer).length).toBeLessThan(2000);
  });

  it('takes a null for a field that is not there, as the SDKs send it', async () => {
    expect(await reasonOf({ person: {}, input: { text: 'hello', more: null } })).toBe('ok');
    expect(await reasonOf({ person: {}, input: { text: null } })).toBe('INVALID_INPUT');
  });

  it('never answers for a use case that forgot the session', async () => {
    const { answer, ports } = await run({ person: {}, admits: false });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'internal', details: { correlationId: 'correlation' } },
    });
    expect(ports.lines.map(({ severity }) => severity)).toEqual(['ERROR', 'INFO']);
  });

  it('never lets an answer out that is not the contract’s', async () => {
    const { answer } = await run({ person: {}, answer: { text: 5 } });
    expect(answer).toMatchObject({ ok: false, error: { reason: 'INTERNAL', httpStatus: 500 } });
    const { answer: extra } = await run({ person: {}, answer: { text: 'a', secret: 'b' } });
    expect(extra).toEqual({ ok: true, output: { text: 'a' } });
  });

  it('leaves one line in the log, also for a refusal, which is no error', async () => {
    const { ports } = await run({ person: {}, input: {} });
    const fields = {
      operation: 'test/echo',
      correlationId: 'correlation',
      uid: 'asha',
      reason: 'INVALID_INPUT',
    };
    expect(ports.lines).toEqual([
      { severity: 'INFO', message: 'operation', fields: { ...fields, durationMs: expect.any(Number) } },
    ]);
  });

  it('says in the log when it refuses for a reason that its contract does not name', async () => {
    const ports = testPorts();
    const contract = contractOf('public');
    const refusing = (errors: readonly Reason[]) =>
      publicOperation({ ...contract, errors }, async (): Promise<{ text: string }> => {
        return await Promise.reject(refuse('NOT_FOUND'));
      });
    const request = { token: undefined, input: { text: 'hi' }, address: '' };
    await runOperation(refusing(['NOT_FOUND']), () => ports, request);
    expect(ports.lines.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
    await runOperation(refusing([]), () => ports, request);
    expect(ports.lines.filter(({ severity }) => severity === 'ERROR')).toHaveLength(1);
  });

  it('keeps the detail of an unknown fault in the log, scrubbed', async () => {
    const ports = testPorts();
    const broken = publicOperation(contractOf('public'), async (): Promise<{ text: string }> => {
      return await Promise.reject(new Error('no route to +919876543210 with eyJhbGciOi.eyJzdWIi.sig'));
    });
    const answer = await runOperation(broken, () => ports, {
      token: undefined,
      input: { text: 'hi' },
      address: '',
    });
    expect(JSON.stringify(answer)).not.toContain('route');
    const logged = JSON.stringify(ports.lines);
    expect(logged).toContain('no route to <digits> with <token>');
    expect(logged).not.toContain('9876543210');
  });
});

describe('the table of refusals', () => {
  it('has a sentence and a code for each reason, and details travel with it', () => {
    for (const [reason, { code, message }] of Object.entries(REFUSALS)) {
      expect([reason, /^[A-Z].*\.$/u.test(message)]).toEqual([reason, true]);
      expect(code).not.toBe('internal');
    }
    expect(refuse('RATE_LIMITED', { retryAfterSec: 7 })).toMatchObject({
      details: { retryAfterSec: 7 },
      code: 'resource-exhausted',
    });
  });
});
