/** What tests and the demo stand on: the control API itself. */
import { describe, expect, it } from '@jest/globals';
import { dump } from './helpers.ts';
import { startedCall, useStack } from './support.ts';
import type { CountersAnswer } from '../../dev/src/phone/control.ts';

const stack = useStack();

interface ClockAnswer {
  readonly now: string;
  readonly offsetSec: number;
  readonly frozen: boolean;
  readonly epoch: number;
}

async function send(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${stack.control.url}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function clock(): Promise<ClockAnswer> {
  return stack.control.request<ClockAnswer>('GET', '/clock');
}

describe('GET /ready', () => {
  it('says where everything is and what signs webhooks', async () => {
    const { body } = await send('GET', '/ready');
    const port = Number(new URL(stack.control.url).port);
    expect(body).toMatchObject({
      projectId: `demo-earshot-${port}`,
      region: 'asia-south1',
      ports: {
        control: port,
        functions: 5001 + port - 4410,
        firestore: 8080 + port - 4410,
        auth: 9099 + port - 4410,
      },
      clock: { now: expect.any(String), offsetSec: 0, frozen: false },
      webhooks: {
        razorpay: expect.stringMatching(/\/webhooks\/payments$/u),
        agora: expect.stringMatching(/\/webhooks\/agora$/u),
        whatsapp: expect.stringMatching(/\/webhooks\/whatsapp$/u),
      },
      secrets: { razorpayWebhook: expect.any(String), agoraNcs: expect.any(String) },
    });
  });
});

describe('POST /seed', () => {
  it('makes listeners who can be called and callers who can pay', async () => {
    const people = await stack.control.seed({ listeners: 2, callers: 3, coins: 40 });
    expect(people.map(({ role }) => role)).toEqual(['listener', 'listener', 'caller', 'caller', 'caller']);
    expect(new Set(people.map(({ uid }) => uid)).size).toBe(5);
    for (const { phone } of people) expect(phone).toMatch(/^\+91\d{10}$/u);
    const all = await dump(stack);
    for (const { uid, role } of people) {
      expect(all[`users/${uid}`]).toBeDefined();
      expect(all[`listeners/${uid}`] !== undefined).toBe(role === 'listener');
      expect(all[`wallets/${uid}`]).toBeDefined();
    }
    const [, , caller] = people;
    const phone = await stack.phone(caller?.customToken);
    expect(await phone.earshot.wallet.balance()).toMatchObject({
      coins: { available: 40, purchased: 40, bonus: 0 },
    });
  });

  it.each<[string, unknown]>([
    ['listeners', { listeners: -1 }],
    ['listeners', { listeners: 400, callers: 400 }],
    ['callers', { callers: 1.5 }],
    ['coins', { coins: 'many' }],
    ['limits', { limits: 'none' }],
    ['surprise', { surprise: 1 }],
    ['body', '[]'],
    ['body', '{'],
  ])('names %s when it is wrong', async (field, input) => {
    expect(await send('POST', '/seed', input)).toMatchObject({ status: 400, body: { error: { field } } });
  });
});

describe('the clock', () => {
  it('ticks, and runs ahead by as much as it is advanced', async () => {
    const before = await clock();
    const beganMs = performance.now();
    const { now, ran } = await stack.control.advance(3600);
    expect(Date.parse(now) - Date.parse(before.now)).toBeGreaterThanOrEqual(3_600_000);
    expect(ran.every(({ kind }) => kind === 'task' || kind === 'schedule')).toBe(true);
    const after = await clock();
    // The clock stands while functions run, so the machine gains on it by at most what the advance took.
    const tookSec = (performance.now() - beganMs) / 1000;
    const gainedSec = after.offsetSec - before.offsetSec;
    expect(gainedSec).toBeGreaterThanOrEqual(3600 - tookSec);
    expect(gainedSec).toBeLessThanOrEqual(3600.1);
    expect(after.frozen).toBe(false);
  });

  it('stands when frozen, moves only when advanced, and goes on from there', async () => {
    await stack.freeze();
    const frozen = await clock();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await clock()).now).toBe(frozen.now);
    await stack.control.advance(10);
    const later = await clock();
    expect(Date.parse(later.now) - Date.parse(frozen.now)).toBe(10_000);
    expect(later.frozen).toBe(true);
    await stack.resume();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ticking = await clock();
    expect(ticking.frozen).toBe(false);
    expect(Date.parse(ticking.now)).toBeGreaterThan(Date.parse(later.now));
  });

  it('runs a schedule once in a long advance, also after somebody was silent who is in no call', async () => {
    await stack.control.advance(1, ['nobody']);
    const { ran } = await stack.control.advance(600);
    // Rarer schedules run too, when their hour falls into these ten minutes: once as well.
    const names = ran.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toContain('schedule sweeper');
    expect(names).toEqual([...new Set(names)]);
    expect(ran.every(({ kind }) => kind === 'schedule')).toBe(true);
  });

  it('runs a deadline at the moment it was due, in order', async () => {
    await stack.freeze();
    const first = await startedCall(stack);
    await stack.control.advance(5);
    const second = await startedCall(stack);
    const { ran } = await stack.control.advance(100);
    const tasks = ran.filter(({ kind }) => kind === 'task');
    expect(tasks.map(({ name }) => name)).toEqual([
      `deadlines/${first.callId}-0`,
      `deadlines/${second.callId}-0`,
    ]);
    expect(tasks.map(({ at }) => at)).toEqual([first.started.ringExpiresAt, second.started.ringExpiresAt]);
    expect(ran.some(({ kind, name }) => kind === 'schedule' && name === 'sweeper')).toBe(true);
    for (const { caller, callId } of [first, second])
      expect(await caller.earshot.calls.get({ callId })).toMatchObject({ call: { endReason: 'no_answer' } });
  });

  it.each<[string, string, unknown]>([
    ['/clock/advance', 'seconds', {}],
    ['/clock/advance', 'seconds', { seconds: -1 }],
    ['/clock/advance', 'seconds', { seconds: 'ten' }],
    ['/clock/advance', 'silent', { seconds: 1, silent: 'me' }],
    ['/clock/advance', 'surprise', { seconds: 1, surprise: 1 }],
    ['/clock/freeze', 'surprise', { surprise: 1 }],
    ['/clock/resume', 'surprise', { surprise: 1 }],
    ['/reset', 'surprise', { surprise: 1 }],
  ])('%s names %s when it is wrong', async (path, field, input) => {
    expect(await send('POST', path, input)).toMatchObject({ status: 400, body: { error: { field } } });
  });
});

describe('what is counted and recorded', () => {
  it('is the work of all functions since it was last set to nothing', async () => {
    const { caller, callee } = await stack.pair();
    await stack.control.idle();
    await stack.control.resetCounters();
    expect(await stack.control.counters()).toMatchObject({
      invocations: 0,
      reads: 0,
      writes: 0,
      perOperation: {},
    });
    await caller.earshot.wallet.balance();
    const counted = await stack.control.counters();
    const cost = { invocations: 1, reads: 2, writes: 0, deletes: 0, taskOps: 0 };
    expect(counted).toMatchObject({ ...cost, perOperation: { 'wallet/balance': cost } });
    await startedCall(stack, { pair: { caller, callee } });
    await stack.control.idle();
    const more = await stack.control.counters();
    const sum = (field: keyof Omit<CountersAnswer, 'perOperation'>) =>
      Object.values(more.perOperation).reduce((total, counts) => total + counts[field], 0);
    for (const field of ['invocations', 'reads', 'writes', 'deletes', 'taskOps'] as const)
      expect(more[field]).toBe(sum(field));
  });

  it('are pushes of a person, newest first', async () => {
    const { caller, callee, callId } = await startedCall(stack);
    await caller.earshot.calls.cancel({ callId });
    await stack.control.idle();
    const pushes = await stack.control.pushes(callee.uid);
    expect(pushes.map(({ data }) => data['type'])).toEqual(['call_cancelled', 'incoming_call']);
    expect(pushes[0]).toEqual({
      uid: callee.uid,
      deviceId: expect.any(String),
      data: { type: 'call_cancelled', callId, endReason: 'cancelled' },
      sentAt: expect.any(String),
    });
    expect(await stack.control.pushes('nobody')).toEqual([]);
    expect((await send('GET', '/pushes?uid=a&uid=b')).status).toBe(400);
    expect(await send('GET', '/messages?to=+919900000000')).toEqual({ status: 200, body: { items: [] } });
  });
});

describe('POST /faults', () => {
  it('makes the queues lose tasks, until it is taken back', async () => {
    await stack.freeze();
    await stack.control.faults({ tasks: { drop: 1 } });
    const { callId, caller } = await startedCall(stack);
    const { ran } = await stack.control.advance(130);
    expect(ran.map(({ name }) => name)).not.toContain(`deadlines/${callId}-0`);
    // The sweep did what the task should have done.
    expect(await caller.earshot.calls.get({ callId })).toMatchObject({ call: { endReason: 'no_answer' } });
    await stack.control.clearFaults();
    const next = await startedCall(stack);
    const again = await stack.control.advance(61);
    expect(again.ran.map(({ name }) => name)).toContain(`deadlines/${next.callId}-0`);
  });

  it.each<[string, unknown]>([
    ['tasks.drop', { tasks: { drop: 2 } }],
    ['tasks.delaySec', { tasks: { delaySec: -1 } }],
    ['tasks', { tasks: 'all' }],
    ['kill', { kill: 7 }],
    ['surprise', { surprise: 1 }],
  ])('names %s when it is wrong', async (field, input) => {
    expect(await send('POST', '/faults', input)).toMatchObject({ status: 400, body: { error: { field } } });
  });
});

describe('POST /admin/grant', () => {
  it('gives the claim and the role', async () => {
    const [person] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    if (person === undefined) throw new Error('the seed made nobody');
    await stack.control.grant(person.uid, 'admin');
    await person.idToken(true);
    await expect(person.earshot.calls.adminEnd({ callId: 'none', note: 'x' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it.each<[string, unknown]>([
    ['uid', { role: 'admin' }],
    ['uid', { uid: 'nobody', role: 'admin' }],
    ['role', { uid: 'nobody', role: 'king' }],
  ])('names %s when it is wrong', async (field, input) => {
    expect(await send('POST', '/admin/grant', input)).toMatchObject({
      status: 400,
      body: { error: { field } },
    });
  });
});

describe('POST /reset', () => {
  it('empties everything and sets the clock to real time', async () => {
    const { caller, callee } = await startedCall(stack);
    await stack.control.advance(20);
    await stack.freeze();
    const { epoch } = await clock();
    await stack.control.request('POST', '/reset', {});
    expect(await dump(stack)).toEqual({});
    expect(await stack.control.pushes(callee.uid)).toEqual([]);
    expect(await stack.control.counters()).toMatchObject({ invocations: 0, writes: 0 });
    const after = await clock();
    expect(after).toMatchObject({ offsetSec: 0, frozen: false });
    expect(after.epoch).toBeGreaterThan(epoch);
    // The accounts are gone too, so their tokens are worth nothing.
    await expect(caller.earshot.wallet.balance()).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const { ran } = await stack.control.advance(120);
    expect(ran.filter(({ kind }) => kind === 'task')).toEqual([]);
  });
});

describe('an unknown request', () => {
  it('is told that there is no such thing', async () => {
    expect(await send('GET', '/nothing')).toMatchObject({
      status: 404,
      body: { error: { message: expect.any(String) } },
    });
    expect(await send('POST', '/ready', {})).toMatchObject({ status: 404 });
  });
});
