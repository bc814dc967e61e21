/** What one settled call of ten minutes costs, counted over everything that ran for it. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CountersAnswer } from '../../dev/src/phone/control.ts';
import { hangUp, useStack } from './support.ts';
import { randomUUID } from 'node:crypto';

const stack = useStack();

const BUDGET = { invocations: 15, reads: 46, writes: 34, deletes: 8, taskOps: 8 } as const;
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

function table({ perOperation, ...all }: CountersAnswer): string {
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
    line('budget', Object.values(BUDGET)),
  ].join('\n');
}

describe('a call of ten minutes', () => {
  it('stays within its budget from the ring to the books', async () => {
    const { caller, callee } = await stack.pair(500);
    // Ten seconds past the minute: the call then spans the same sweeps in every run.
    await stack.freeze(10);
    await stack.control.idle();
    await stack.control.resetCounters();

    const input = { calleeId: callee.uid, type: 'audio', requestId: randomUUID() };
    const { callId } = await caller.call<{ callId: string }>('calls/start', input);
    await callee.call('calls/accept', { callId, requestId: randomUUID() });
    await caller.call('calls/token', { callId });
    await callee.call('calls/joined', { callId });
    await caller.call('calls/joined', { callId });
    // The slice's deadline at 9 minutes extends the call; both fetch a token for the longer grant.
    await stack.control.advance(540);
    for (const phone of [caller, callee]) await phone.call('calls/token', { callId });
    await stack.control.advance(60);
    const { receipt } = await hangUp(caller, callId);
    expect(receipt).toMatchObject({ durationSec: 600, billedMinutes: 10, coinsSpent: 100 });
    await stack.control.idle();

    const counted = await stack.control.counters();
    process.stdout.write(`\nA settled call of ten minutes, by counter:\n${table(counted)}\n`);
    for (const [name, most] of Object.entries(BUDGET))
      expect({ name, counted: counted[name as keyof typeof BUDGET] <= most }).toEqual({
        name,
        counted: true,
      });
    expect((await stack.pushesOf(callee.uid, 'incoming_call')).length).toBe(1);
  });

  it('takes at most 50 beats of the two, each a single write', () => {
    const beatEverySec = 25;
    expect(2 * Math.ceil(600 / beatEverySec)).toBeLessThanOrEqual(50);
    // A beat that reads another document would cost as much again.
    const rules = readFileSync(join(process.cwd(), 'firestore.rules'), 'utf8');
    const beats = /match \/beats\/\{uid\} \{([^}]*)\}/u.exec(rules)?.[1] ?? '';
    expect(beats).toContain('allow update');
    for (const name of ['hasSession', 'sessionHolds', 'get(', 'exists(', 'getAfter(', 'existsAfter('])
      expect(beats).not.toContain(name);
    for (const [, body] of rules.matchAll(/function (?:isBeat|isSelf)\([^)]*\) \{([^}]*)\}/gu))
      expect(body).not.toMatch(/\b(?:get|exists|getAfter|existsAfter)\(/u);
  });
});
