/** The task port: deadlines that call us back. A task is an optimisation over the sweep, never the only trigger. */
import type { Meter } from './meter.ts';

export interface TaskRequest {
  readonly queue: string;
  /** Names the task: the same id is never queued twice. */
  readonly id: string;
  readonly payload: Record<string, unknown>;
  readonly at: Date;
}

export interface TaskQueue {
  /** Queues a task; one that exists already counts as queued. */
  enqueue(task: TaskRequest): Promise<void>;
  /** Removes a task; one that is gone already counts as removed. */
  remove(task: { readonly queue: string; readonly id: string }): Promise<void>;
}

/** Cloud Tasks through firebase-admin, loaded on first use. */
export function cloudTasks(meter: Meter, region: string): TaskQueue {
  const queueOf = async (name: string) => {
    const { getFunctions } = await import('firebase-admin/functions');
    return getFunctions().taskQueue(`locations/${region}/functions/${name}`);
  };
  return {
    async enqueue({ queue, id, payload, at }) {
      meter.taskOp();
      try {
        await (await queueOf(queue)).enqueue(payload, { id, scheduleTime: at });
      } catch (fault) {
        if (!hasCode(fault, 'functions/task-already-exists')) throw fault;
      }
    },
    async remove({ queue, id }) {
      meter.taskOp();
      try {
        await (await queueOf(queue)).delete(id);
      } catch (fault) {
        if (!hasCode(fault, 'functions/not-found')) throw fault;
      }
    },
  };
}

function hasCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code;
}
