/** Several queues as one, for whoever moves time: what comes due first runs first. */
import type { Task, TaskServer } from './tasks.ts';

type Queue = Pick<TaskServer, 'startDue' | 'runNext' | 'nextDueMs' | 'settled'>;

/** @param queues in order of precedence at the same instant */
export function inOrder(...queues: readonly Queue[]): Queue {
  const next = (): Queue | undefined => {
    const dueMs = (queue: Queue) => queue.nextDueMs() ?? Infinity;
    return queues.toSorted((a, b) => (dueMs(a) === dueMs(b) ? 0 : dueMs(a) - dueMs(b)))[0];
  };
  return {
    startDue: () => queues.forEach((queue) => queue.startDue()),
    nextDueMs: () => next()?.nextDueMs(),
    runNext: async (): Promise<Task | undefined> => next()?.runNext(),
    settled: async () => void (await Promise.all(queues.map((queue) => queue.settled()))),
  };
}
