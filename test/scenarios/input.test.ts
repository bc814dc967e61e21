/** Whatever a client sends, it is told what is wrong with it, nothing is written, and nothing breaks. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Contract } from '../../functions/src/platform/contract.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { contracts, dump, sendJson, unregistered, type Dump } from './helpers.ts';
import { refusalOf } from './seenRefusal.ts';
import { TABLE, type Row, type World } from './inputTable.ts';
import { connectedCall, hangUp, startedCall, useStack } from './support.ts';

const stack = useStack();
const MEGABYTE = 'x'.repeat(1_000_000);

let world: World;

beforeAll(async () => {
  // The ring must not run out while the table is worked through.
  await stack.freeze();
  const ended = await connectedCall(stack);
  await hangUp(ended.caller, ended.callId);
  const ringing = await startedCall(stack);
  const [stranger] = await stack.people({ listeners: 0, callers: 1, coins: 100 });
  if (stranger === undefined) throw new Error('the seed made nobody');
  world = {
    ended,
    ringing,
    operator: await stack.operator(),
    stranger,
    signedOut: await stack.phone(),
    unregistered: await unregistered(stack, `nobody-${randomUUID()}`),
  };
  await stack.control.idle();
});

beforeEach(async () => stack.freeze());

function rowOf(contract: Contract): Row {
  const row = TABLE[contract.name];
  if (row === undefined) throw new Error(`${contract.name} has no row in the table of this test`);
  return row;
}

/** Of any type; most fields take none of them. */
const STRANGE: readonly unknown[] = [[], { a: 1 }, true];

function takes({ input }: Contract, field: string, value: unknown): boolean {
  const { shape } = input as unknown as { shape: Record<string, Contract['input']> };
  return shape[field]?.safeParse(value).success === true;
}

function without(input: Record<string, unknown>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== field));
}

/** @returns the paths that the refusal names, each once */
async function issuePaths(promise: Promise<unknown>): Promise<string[]> {
  const { code, details } = await refusalOf(promise);
  expect({ code, reason: details.reason }).toEqual({ code: 'invalid-argument', reason: 'INVALID_INPUT' });
  const issues = details['issues'] as { path: string; message: string }[];
  for (const issue of issues) {
    expect(Object.keys(issue).toSorted()).toEqual(['message', 'path']);
    expect(issue.message).not.toBe('');
    // Told to the client and perhaps shown by it: never what was sent, which may be long or strange.
    expect(issue.message.length).toBeLessThan(200);
  }
  return [...new Set(issues.map(({ path }) => path))];
}

async function nothingWritten(work: () => Promise<void>): Promise<void> {
  const untouched: Dump = await dump(stack);
  await work();
  expect(await dump(stack)).toEqual(untouched);
}

const named = contracts.map((contract) => ({ name: contract.name, contract }));

describe('the table', () => {
  it('has a row for every operation and no other', () => {
    expect(Object.keys(TABLE).toSorted()).toEqual(contracts.map(({ name }) => name).toSorted());
  });

  it('knows every service that is deployed', async () => {
    const answer = await fetch(`http://127.0.0.1:${stack.info.ports.functions}/backends`);
    const { backends } = (await answer.json()) as {
      backends: { functionTriggers: { name: string; httpsTrigger?: object; taskQueueTrigger?: object }[] }[];
    };
    const open = backends
      .flatMap(({ functionTriggers }) => functionTriggers)
      .filter(({ httpsTrigger, taskQueueTrigger }) => httpsTrigger && !taskQueueTrigger)
      .map(({ name }) => name);
    const services = new Set(contracts.map(({ name }) => name.split('/')[0] ?? ''));
    expect(open.toSorted()).toEqual([...services, 'api', 'webhooks'].toSorted());
  });

  it.each(named)(
    '$name declares every field that the table tries, and the table tries all',
    ({ contract }) => {
      const row = rowOf(contract);
      const schema = contract.input as unknown as { shape: Record<string, unknown> };
      const tried = [...Object.keys(row.required ?? {}), ...Object.keys(row.optional ?? {})];
      expect(tried.toSorted()).toEqual(Object.keys(schema.shape).toSorted());
    },
  );
});

describe.each(named)('$name', ({ name, contract }) => {
  const ask = async (change: (input: Record<string, unknown>) => unknown, by?: Phone): Promise<unknown> => {
    const row = rowOf(contract);
    return (by ?? row.by(world)).call(name, change(row.input(world)));
  };

  it('names each field that is missing, of a wrong type, too long or unknown', async () => {
    const { required = {}, optional = {} } = rowOf(contract);
    await nothingWritten(async () => {
      for (const field of Object.keys(required))
        expect(await issuePaths(ask((input) => without(input, field)))).toEqual([field]);
      for (const [field, wrong] of Object.entries({ ...required, ...optional })) {
        for (const value of [wrong, ...STRANGE.filter((one) => !takes(contract, field, one))])
          expect(await issuePaths(ask((input) => ({ ...input, [field]: value })))).toEqual([field]);
        expect(await issuePaths(ask((input) => ({ ...input, [field]: MEGABYTE })))).toEqual([field]);
      }
      expect(await issuePaths(ask((input) => ({ ...input, surprise: 1 })))).toEqual(['surprise']);
      expect(await issuePaths(ask((input) => ({ ...input, [MEGABYTE]: 1 })))).toEqual([
        MEGABYTE.slice(0, 100),
      ]);
    });
  });

  it('refuses data that is no object', async () => {
    await nothingWritten(async () => {
      for (const data of ['text', 7, true, [], [{}]]) expect(await issuePaths(ask(() => data))).toEqual(['']);
    });
  });

  if (contract.access !== 'public') {
    it('refuses whoever is not signed in, and whoever has no profile where one is needed', async () => {
      await nothingWritten(async () => {
        expect(await refusalOf(ask((input) => input, world.signedOut))).toEqual({
          code: 'unauthenticated',
          details: { reason: 'SIGN_IN_REQUIRED' },
        });
        if (contract.access === 'signedIn') return;
        expect(await refusalOf(ask((input) => input, world.unregistered))).toEqual({
          code: 'failed-precondition',
          details: { reason: 'NOT_REGISTERED' },
        });
      });
    });
  }

  const { wrongOwner, wrongState } = TABLE[name] ?? {};
  if (wrongOwner !== undefined) {
    it('refuses somebody whose it is not', async () => {
      await nothingWritten(async () => {
        const { details } = await refusalOf(ask((input) => input, world.stranger));
        expect(details).toEqual({ reason: wrongOwner });
      });
    });
  }
  if (wrongState !== undefined) {
    it(`answers ${wrongState.reason} when it is too late or not there`, async () => {
      await nothingWritten(async () => {
        const { details } = await refusalOf(ask((input) => ({ ...input, ...wrongState.input })));
        const state = { state: 'ended', endReason: 'completed' };
        expect(details).toEqual({
          reason: wrongState.reason,
          ...(wrongState.reason === 'INVALID_TRANSITION' && state),
        });
      });
    });
  }
});

describe('a call that rings', () => {
  const early = ['calls/token', 'calls/joined', 'calls/heartbeat'];
  it.each(early)('%s is too early', async (operation) => {
    const { caller, callee, callId } = world.ringing;
    await nothingWritten(async () => {
      for (const phone of [caller, callee])
        expect((await refusalOf(phone.call(operation, { callId }))).details).toEqual({
          reason: 'INVALID_TRANSITION',
          state: 'ringing',
        });
    });
  });

  it('is not accepted or rejected by the caller, nor cancelled by the callee', async () => {
    const { caller, callee, callId } = world.ringing;
    await nothingWritten(async () => {
      for (const [phone, operation, more] of [
        [caller, 'calls/accept', { requestId: randomUUID() }],
        [caller, 'calls/reject', {}],
        [callee, 'calls/cancel', {}],
      ] as const)
        expect((await refusalOf(phone.call(operation, { callId, ...more }))).details).toEqual({
          reason: 'INVALID_TRANSITION',
          state: 'ringing',
        });
    });
  });

  it('looks to a stranger like one that does not exist', async () => {
    const { callId } = world.ringing;
    for (const operation of ['calls/get', 'calls/end', 'calls/token']) {
      const known = await sendJson(stack, operation, {
        token: await world.stranger.idToken(),
        body: { data: { callId } },
      });
      const unknown = await sendJson(stack, operation, {
        token: await world.stranger.idToken(),
        body: { data: { callId: 'ffffffffffffffffffffffffffffffff' } },
      });
      expect(known.status).toBe(404);
      expect(known.text).toBe(unknown.text);
    }
  });
});
