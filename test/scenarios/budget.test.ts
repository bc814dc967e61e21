/** What one settled call of ten minutes costs, counted over everything that ran for it. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CountersAnswer } from '../../dev/src/phone/control.ts';
import { doc, serverTimestamp, updateDoc } from 'firebase/firestore';
import { connectedCall, hangUp, useStack } from './support.ts';
import { randomUUID } from 'node:crypto';

const stack = useStack();

const BUDGET = { invocations: 15, reads: 46, writes: 34, deletes: 8, taskOps: 8 } as const;
/** With four media events: both come, both leave. */
const WITH_MEDIA = { invocations: 17, reads: 52, writes: 38, deletes: 8, taskOps: 8 } as const;
type Budget = Readonly<Record<keyof typeof BUDGET, number>>;
const COLUMNS = [
  'invocations',
  'reads',
  'writes',
  'deletes',
  'taskOps',
  'configReads',
  'transactionRetries',
] as const;

type Counts = Omit<CountersAnswer, 'perOperation'>;

function table({ perOperation, ...all }: CountersAnswer, budget: Budget): string {
  const line = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(16)}${cells.map((cell) => String(cell).padStart(12)).join('')}`;
  const row = (name: string, counts: Counts) =>
    line(
      name,
      COLUMNS.map((column) => counts[column]),
    );
  const head = ['invocations', 'reads', 'writes', 'deletes', 'task ops', 'config', 'retries'];
  return [
    line('operation', head),
    ...Object.entries(perOperation).map(([name, counts]) => row(name, counts)),
    row('sum', all),
    line('budget', Object.values(budget)),
  ].join('\n');
}

const QUARTER_SEC = 900;

/** What runs every quarter of an hour or once a day, for everybody, is no part of a call's price. */
async function awayFromQuarter(): Promise<void> {
  const secondOfQuarter = ((await stack.control.now()).getTime() / 1000) % QUARTER_SEC;
  // The call takes ten minutes, and begins within the next one.
  if (secondOfQuarter > 200) await stack.control.advance(QUARTER_SEC - secondOfQuarter + 5);
}

/** Plays a call of ten minutes and holds what it cost against a budget. */
async function playWithin(budget: Budget, withMedia: boolean): Promise<void> {
  const { caller, callee } = await stack.pair(500);
  await awayFromQuarter();
  // Ten seconds past the minute: the call then spans the same sweeps in every run.
  await stack.freeze(10);
  await stack.control.idle();
  await stack.control.resetCounters();

  const input = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
  const { callId } = await caller.earshot.calls.start(input);
  await callee.earshot.calls.accept({ callId, requestId: randomUUID() });
  await caller.earshot.calls.token({ callId });
  for (const phone of [callee, caller]) {
    await phone.earshot.calls.joined({ callId });
    if (withMedia) await agoraSees('join', callId, phone.uid);
  }
  // The slice's deadline at 9 minutes extends the call; both fetch a token for the longer grant.
  await stack.control.advance(540);
  for (const phone of [caller, callee]) await phone.earshot.calls.token({ callId });
  await stack.control.advance(60);
  const { receipt } = await hangUp(caller, callId);
  expect(receipt).toMatchObject({ durationSec: 600, billedMinutes: 10, coinsSpent: 100 });
  if (withMedia) for (const phone of [caller, callee]) await agoraSees('leave', callId, phone.uid);
  await stack.control.idle();

  const counted = await stack.control.counters();
  process.stdout.write(`\nA settled call of ten minutes, by counter:\n${table(counted, budget)}\n`);
  for (const [name, most] of Object.entries(budget))
    expect({ name, counted: counted[name as keyof Budget] <= most }).toEqual({
      name,
      counted: true,
    });
  expect((await stack.pushesOf(callee.uid, 'incoming_call')).length).toBe(1);
}

async function agoraSees(type: 'join' | 'leave', callId: string, uid: string): Promise<void> {
  await stack.control.request('POST', '/agora/event', { callId, uid, type });
  await stack.control.idle();
}

describe('a call of ten minutes', () => {
  it('stays within its budget from the ring to the books', async () => {
    await playWithin(BUDGET, false);
  });

  it('stays within its budget with four media events, two joins and two leaves', async () => {
    await playWithin(WITH_MEDIA, true);
  });

  it('takes at most 50 beats of the two, which the rules accept and no function sees', async () => {
    const guide = readFileSync(join(process.cwd(), 'docs/calls.md'), 'utf8');
    const beatEverySec = Number(/every (\d+) s/u.exec(guide)?.[1]);
    const { callId, caller, callee } = await connectedCall(stack);
    await stack.control.idle();
    await stack.control.resetCounters();
    let beats = 0;
    for (let sec = 0; sec < 600; sec += beatEverySec) {
      for (const { db, uid } of [caller, callee]) {
        await updateDoc(doc(db, `calls/${callId}/beats/${uid}`), { at: serverTimestamp() });
        beats += 1;
      }
    }
    expect(beats).toBeGreaterThan(0);
    expect(beats).toBeLessThanOrEqual(50);
    // Tasks and schedules, which have no service in their name, run by themselves.
    const { perOperation } = await stack.control.counters();
    const asked = Object.entries(perOperation).filter(
      ([name, { invocations }]) => name.includes('/') && invocations > 0,
    );
    expect(asked).toEqual([]);
    await hangUp(caller, callId);
  });

  it('has beats that read no other document', () => {
    // A beat that reads another document would cost as much again.
    const rules = readFileSync(join(process.cwd(), 'firestore.rules'), 'utf8');
    const rule = /match \/beats\/\{uid\} \{([^}]*)\}/u.exec(rules)?.[1] ?? '';
    expect(rule).toContain('allow update');
    for (const name of ['hasSession', 'sessionHolds', 'get(', 'exists(', 'getAfter(', 'existsAfter('])
      expect(rule).not.toContain(name);
    for (const [, body] of rules.matchAll(/function (?:isBeat|isSelf)\([^)]*\) \{([^}]*)\}/gu))
      expect(body).not.toMatch(/\b(?:get|exists|getAfter|existsAfter)\(/u);
  });
});
