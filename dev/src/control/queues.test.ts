import { describe, expect, it } from '@jest/globals';
import { inOrder } from './queues.ts';
import { TaskServer, type Task } from './tasks.ts';

let nowMs = 0;

function queue(ran: string[], mostAtOnce?: number): TaskServer {
  return new TaskServer({
    nowMs: () => nowMs,
    random: () => 0,
    dispatch: (delivery) => Promise.resolve(void ran.push(delivery.task.name)).then(() => 200),
    ...(mostAtOnce !== undefined && { mostAtOnce }),
  });
}

function task(name: string, scheduledMs: number): Task {
  return { name, queue: 'q', body: Buffer.from(''), headers: {}, scheduledMs, deadlineSec: 10 };
}

describe('several queues', () => {
  it('run what comes due first, and the earlier queue first at the same instant', async () => {
    const ran: string[] = [];
    const [tasks, webhooks] = [queue(ran), queue(ran)];
    const both = inOrder(tasks, webhooks);
    expect(both.nextDueMs()).toBeUndefined();
    expect(await both.runNext()).toBeUndefined();
    tasks.create(task('task 20', 20));
    webhooks.create(task('webhook 10', 10));
    webhooks.create(task('webhook 20', 20));
    expect(both.nextDueMs()).toBe(10);
    expect(webhooks.due).toBe(false);
    nowMs = 10;
    expect([webhooks.due, tasks.due]).toEqual([true, false]);
    while ((await both.runNext()) !== undefined);
    expect(ran).toEqual(['webhook 10', 'task 20', 'webhook 20']);
    await both.settled();
  });

  it('start as many at once as each may', async () => {
    nowMs = 0;
    const ran: string[] = [];
    const single = queue(ran, 1);
    single.create(task('a', 0));
    single.create(task('b', 0));
    inOrder(single).startDue();
    expect(single.inFlight).toBe(1);
    await single.settled();
    inOrder(single).startDue();
    await single.settled();
    expect(ran).toEqual(['a', 'b']);
  });
});
