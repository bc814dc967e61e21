/** The part of Cloud Tasks' REST interface that firebase-admin speaks. */
import { randomUUID } from 'node:crypto';
import { Router as makeRouter, type Response, type Router } from 'express';
import { z } from 'zod';
import { parseInput } from './input.ts';
import type { TaskServer } from './tasks.ts';

const DEFAULT_DEADLINE_SEC = 600;
const ROUTE = '/projects/:project/locations/:location/queues/:queue/tasks';

const taskSchema = z.looseObject({
  task: z.looseObject({
    name: z.string().optional(),
    scheduleTime: z.iso.datetime({ offset: true }).optional(),
    dispatchDeadline: z
      .string()
      .regex(/^\d+(\.\d+)?s$/u)
      .optional(),
    httpRequest: z.looseObject({
      body: z.base64().default(''),
      headers: z.record(z.string(), z.string()).default({}),
    }),
  }),
});

interface TaskRoutePorts {
  readonly tasks: TaskServer;
  readonly nowMs: () => number;
  /** Whether a function takes tasks of this queue. */
  readonly knowsQueue: (queue: string) => boolean;
}

/** Routes below the address that `CLOUD_TASKS_EMULATOR_HOST` names. */
export function taskRoutes({ tasks, nowMs, knowsQueue }: TaskRoutePorts): Router {
  const router = makeRouter();
  router.post(ROUTE, (request, response) => {
    const { project, location, queue } = request.params;
    const { task } = parseInput(taskSchema, request.body);
    if (!knowsQueue(queue)) return refuse(response, 404, 'NOT_FOUND', `there is no queue ${queue}`);
    const parent = `projects/${project}/locations/${location}/queues/${queue}/tasks/`;
    const name = task.name ?? `${parent}${randomUUID()}`;
    const scheduledMs = task.scheduleTime === undefined ? nowMs() : Date.parse(task.scheduleTime);
    const created = tasks.create({
      name,
      queue,
      body: Buffer.from(task.httpRequest.body, 'base64'),
      headers: task.httpRequest.headers,
      scheduledMs,
      deadlineSec:
        task.dispatchDeadline === undefined ? DEFAULT_DEADLINE_SEC : Number.parseFloat(task.dispatchDeadline),
    });
    if (!created)
      return refuse(response, 409, 'ALREADY_EXISTS', 'a task of this name exists, or existed not long ago');
    response.json({ name, scheduleTime: new Date(scheduledMs).toISOString() });
  });
  router.delete(`${ROUTE}/:id`, (request, response) => {
    const { project, location, queue, id } = request.params;
    const removed = tasks.remove(`projects/${project}/locations/${location}/queues/${queue}/tasks/${id}`);
    if (!removed) return refuse(response, 404, 'NOT_FOUND', 'there is no such task');
    response.json({});
  });
  return router;
}

function refuse(response: Response, code: number, status: string, message: string): void {
  response.status(code).json({ error: { code, status, message } });
}
