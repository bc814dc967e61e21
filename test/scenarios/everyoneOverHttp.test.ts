/** Every operation, asked over the wire by everyone there is, with what its contract does not take. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Contract } from '../../functions/src/platform/contract.ts';
import type { Reason } from '../../functions/src/platform/errors.ts';
import { wrongInputs } from '../security/inputs.ts';
import { adminOf, contracts, dump, http, sendJson, unregistered, type HttpAnswer } from './helpers.ts';
import { useStack } from './support.ts';

const stack = useStack();
const LEVELS = [
  'anonymous',
  'unregistered',
  'registered',
  'listener not approved',
  'listener',
  'admin',
  'banned',
  'logged out',
  'somebody who may do everything',
] as const;
type Level = (typeof LEVELS)[number];
const tokens = new Map<Level, string>();
const everything = { roles: ['user', 'listener', 'admin'], listenerStatus: 'approved' };

/** What each has in their profile; everything but what was lost, so that only that can be in the way. */
const profiles = (now: number): Readonly<Partial<Record<Level, object>>> => ({
  registered: { roles: ['user'], listenerStatus: 'none' },
  'listener not approved': { roles: ['user', 'listener'], listenerStatus: 'pending' },
  listener: { roles: ['user', 'listener'], listenerStatus: 'approved' },
  admin: { roles: ['user', 'admin'], listenerStatus: 'none' },
  banned: { ...everything, bannedUntil: Timestamp.fromMillis(now + 86_400_000) },
  'logged out': { ...everything, sessionsValidAfter: Math.floor(now / 1000) + 60 },
  'somebody who may do everything': everything,
});

async function makePerson(admin: Firestore, level: Level, profile: object): Promise<void> {
  const [person] = await stack.people({ listeners: 0, callers: 1, coins: 100 });
  if (person === undefined) throw new Error('the seed made nobody');
  await stack.control.grant(person.uid, 'admin');
  tokens.set(level, await person.idToken(true));
  // The claim is everybody's here; the role is what differs.
  await admin.doc(`users/${person.uid}`).update({ ...profile });
}

beforeAll(async () => {
  const admin = adminOf(stack);
  await stack.freeze();
  for (const [level, profile] of Object.entries(profiles(Date.now())))
    await makePerson(admin, level as Level, profile);
  tokens.set('unregistered', await (await unregistered(stack, `nobody-${randomUUID()}`)).idToken());
  await stack.control.idle();
  await admin.terminate();
});

function doorFor({ access }: Contract, level: Level): Reason {
  const letIn: Reason = 'INVALID_INPUT';
  if (access === 'public') return letIn;
  if (level === 'anonymous') return 'SIGN_IN_REQUIRED';
  if (level === 'logged out') return 'SESSION_REVOKED';
  if (level === 'banned') return 'USER_BANNED';
  if (access === 'signedIn') return letIn;
  if (level === 'unregistered') return 'NOT_REGISTERED';
  const may: readonly Level[] = {
    registered: LEVELS,
    listener: ['listener not approved', 'listener', 'somebody who may do everything'] as const,
    admin: ['admin', 'somebody who may do everything'] as const,
  }[access];
  return may.includes(level) ? letIn : 'NOT_ALLOWED';
}

function reasonOf({ body }: HttpAnswer): string | undefined {
  return (body as { error?: { details?: { reason?: string } } } | undefined)?.error?.details?.reason;
}

const auth = (level: Level) => {
  const token = tokens.get(level);
  return token === undefined ? {} : { token };
};

/** With a field that no operation knows, so whoever is let in learns that, and nothing is done. */
async function atBothDoors({ name, rest }: Contract, level: Level): Promise<(string | undefined)[]> {
  const path = `api${rest.path.replaceAll(/\{\w+\}/gu, 'x')}`;
  const surprise = { surprise: '1' };
  const callable = await sendJson(stack, name, { ...auth(level), body: { data: surprise } });
  const overRest =
    rest.method === 'GET'
      ? await sendJson(stack, `${path}?surprise=1`, { method: 'GET', ...auth(level) })
      : await sendJson(stack, path, { ...auth(level), body: surprise });
  return [callable, overRest].map(reasonOf);
}

const named = contracts.map((contract) => ({ name: contract.name, contract }));

describe('the door over the wire', () => {
  it.each(named)('of $name, for everyone', async ({ contract }) => {
    const before = await dump(stack);
    for (const level of LEVELS) {
      const expected = doorFor(contract, level);
      expect([level, ...(await atBothDoors(contract, level))]).toEqual([level, expected, expected]);
    }
    expect(await dump(stack)).toEqual(before);
  });
});

const WRONG_INPUTS = 5;

describe('what the schema refuses, over the wire', () => {
  it.each(named)('of $name is refused on both surfaces, and nothing has happened', async ({ contract }) => {
    const { name, rest } = contract;
    const who = auth('somebody who may do everything');
    const before = await dump(stack);
    for (const input of fc.sample(wrongInputs(contract), { numRuns: WRONG_INPUTS, seed: 11 })) {
      const callable = await sendJson(stack, name, { ...who, body: { data: input } });
      expect([input, callable.status, reasonOf(callable)]).toEqual([input, 400, 'INVALID_INPUT']);
      // What is no object or lies in the path cannot be sent there as it is.
      if (rest.method === 'GET' || rest.path.includes('{') || typeof input !== 'object') continue;
      const overRest = await sendJson(stack, `api${rest.path}`, { ...who, body: input });
      expect([input, overRest.status, reasonOf(overRest)]).toEqual([input, 400, 'INVALID_INPUT']);
    }
    expect(await dump(stack)).toEqual(before);
  });
});

describe('a body that Firebase’s decoder would choke on', () => {
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const INT64 = 'type.googleapis.com/google.protobuf.Int64Value';

  it.each([
    ['nested without end', nested],
    ['nested without end in a field', `{"limit":${nested}}`],
    ['of a type nobody knows', '{"@type":"type.googleapis.com/evil"}'],
    ['with a number that is none', `{"limit":{"@type":"${INT64}","value":"many"}}`],
  ])('%s is the sender’s fault', async (_what, data) => {
    const answer = await http(stack, 'wallet/transactions', {
      method: 'POST',
      body: `{"data":${data}}`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens.get('registered') ?? ''}`,
      },
    });
    expect([answer.status, reasonOf(answer)]).toEqual([400, 'INVALID_INPUT']);
    const overRest = await http(stack, 'api/v1/devices', {
      method: 'POST',
      body: `{"token":${data}}`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens.get('registered') ?? ''}`,
      },
    });
    expect([overRest.status, reasonOf(overRest)]).toEqual([400, 'INVALID_INPUT']);
  });

  it('while the 64-bit numbers of a phone are taken', async () => {
    const answer = await sendJson(stack, 'wallet/transactions', {
      ...auth('registered'),
      body: { data: { limit: { '@type': INT64, value: '5' } } },
    });
    expect(answer.status).toBe(200);
  });
});
