import { describe, expect, it } from '@jest/globals';
import { fateOf, NO_TASK_FAULTS } from './faults.ts';
import { TaskServer, type Delivery, type Task } from './tasks.ts';

const HOUR_MS = 3_600_000;

function world(answer: (delivery: Delivery) => number | Promise<number> = () => 204) {
  const time = { ms: 0 };
  const seen: { id: string; atMs: number; retryCount: number }[] = [];
  const injected: string[] = [];
  const server = new TaskServer({
    nowMs: () => time.ms,
    random: () => 0.5,
    injected: (fault) => void injected.push(fault),
    async dispatch(delivery) {
      seen.push({ id: delivery.task.name, atMs: time.ms, retryCount: delivery.retryCount });
      return answer(delivery);
    },
  });
  const runAll = async (untilMs: number) => {
    for (
      let dueMs = server.nextDueMs();
      dueMs !== undefined && dueMs <= untilMs;
      dueMs = server.nextDueMs()
    ) {
      time.ms = Math.max(time.ms, dueMs);
      await server.runNext();
    }
    time.ms = untilMs;
  };
  return { time, seen, injected, server, runAll };
}

function task(name: string, scheduledMs = 0, queue = 'q'): Task {
  return { name, queue, body: new Uint8Array(), headers: {}, scheduledMs, deadlineSec: 10 };
}

describe('the task server', () => {
  it('delivers in order of schedule time, then of creation', async () => {
    const { server, seen, runAll } = world();
    for (const [name, atMs] of [
      ['late', 900],
      ['a', 500],
      ['b', 500],
      ['now', 0],
    ] as const)
      server.create(task(name, atMs));
    await runAll(1000);
    expect(seen.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['now', 0],
      ['a', 500],
      ['b', 500],
      ['late', 900],
    ]);
  });

  it('refuses a name that is queued, and for an hour after it ended or was deleted', async () => {
    const { server, time, runAll } = world();
    expect(server.create(task('a', 100))).toBe(true);
    expect(server.create(task('a', 200))).toBe(false);
    await runAll(100);
    expect(server.create(task('a'))).toBe(false);
    expect(server.create(task('b', 5000))).toBe(true);
    expect(server.remove('b')).toBe(true);
    expect(server.create(task('b'))).toBe(false);
    time.ms = 100 + HOUR_MS;
    expect(server.create(task('a', time.ms))).toBe(true);
    expect(server.create(task('b', time.ms))).toBe(true);
  });

  it('knows no task that was delivered, deleted or never made', async () => {
    const { server, runAll } = world();
    server.create(task('a'));
    await runAll(1);
    expect(server.remove('a')).toBe(false);
    expect(server.remove('never')).toBe(false);
  });

  it('tries again with growing waits, ten times in all', async () => {
    const { server, seen, runAll } = world(() => 500);
    server.create(task('a'));
    await runAll(HOUR_MS);
    expect(seen.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const waits = seen.slice(1).map(({ atMs }, index) => atMs - (seen[index]?.atMs ?? 0));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('tells the attempt after of the answer before', async () => {
    const before: (number | undefined)[] = [];
    const { server, runAll } = world((delivery) => {
      before.push(delivery.previousStatus);
      return [503, 0, 204][delivery.retryCount] ?? 204;
    });
    server.create(task('a'));
    await runAll(HOUR_MS);
    expect(before).toEqual([undefined, 503, undefined]);
  });

  it('runs two at once in a queue, and does not repeat what was deleted meanwhile', async () => {
    const finish: ((status: number) => void)[] = [];
    const { server, seen } = world(() => new Promise((resolve) => finish.push(resolve)));
    for (const name of ['a', 'b', 'c']) server.create(task(name));
    server.create(task('other', 0, 'q2'));
    server.startDue();
    expect(seen.map(({ id }) => id)).toEqual(['a', 'b', 'other']);
    expect(server.remove('a')).toBe(true);
    for (const end of finish) end(500);
    await server.settled();
    server.startDue();
    expect(seen.map(({ id }) => id)).toEqual(['a', 'b', 'other', 'c']);
    expect(server.nextDueMs()).toBe(1000);
  });

  it('duplicates, delays and drops when told to', async () => {
    const { server, seen, injected, runAll } = world();
    expect(injected).toEqual([]);
    server.misbehave({ duplicate: 1, delaySec: 10, reorder: 0, drop: 0 });
    server.create(task('twice', 1000));
    server.misbehave({ ...NO_TASK_FAULTS, drop: 1 });
    expect(server.create(task('lost'))).toBe(true);
    expect(server.create(task('lost'))).toBe(false);
    expect(server.misbehaving).toBe(true);
    await runAll(HOUR_MS);
    expect(seen.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['twice', 6000],
      ['twice', 6000],
    ]);
    // A name that is taken makes no task, so nothing can happen to it.
    expect(injected).toEqual(['duplicate', 'delaySec', 'drop']);
  });

  it('forgets everything on reset', async () => {
    const { server, seen, runAll } = world();
    server.misbehave({ ...NO_TASK_FAULTS, drop: 1 });
    server.create(task('a'));
    await server.reset();
    expect(server.misbehaving).toBe(false);
    expect(server.create(task('a', 10))).toBe(true);
    await runAll(10);
    expect(seen).toHaveLength(1);
  });
});

describe('the fate of a task', () => {
  it('is an ordinary one without faults', () => {
    expect(fateOf(NO_TASK_FAULTS, () => 0)).toEqual({ dropped: false, delaysMs: [0], faults: [] });
  });

  it('is to be held back when it is reordered', () => {
    expect(fateOf({ ...NO_TASK_FAULTS, reorder: 1 }, () => 0.5)).toEqual({
      dropped: false,
      delaysMs: [2500],
      faults: ['reorder'],
    });
  });
});
