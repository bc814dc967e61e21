/** The emulators as the control API uses them: Firestore and Auth with an administrator's rights, functions by URL. */
import { initializeApp } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { REGION } from '../../../functions/src/platform/region.ts';
import { projectOf, type Ports } from '../stack/ports.ts';
import { parseInterval, type Schedule } from './schedules.ts';
import type { Delivery } from './tasks.ts';

/** Beyond this nobody waits for an attempt, whatever its deadline says: the functions emulator has given up as well. */
const LONGEST_ATTEMPT_SEC = 280;

/** Handles of one stack's emulators. */
export interface Backend {
  readonly projectId: string;
  readonly functionsUrl: string;
  readonly db: Firestore;
  readonly auth: Auth;
  /** Empties Firestore and Storage, and removes every account. */
  clear(): Promise<void>;
}

/** Points firebase-admin of this process at the emulators; a process serves one stack. */
export function connectBackend(ports: Ports, withStorage: boolean): Backend {
  const projectId = projectOf(ports.control);
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${ports.firestore}`;
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = `127.0.0.1:${ports.auth}`;
  // Without it firebase-admin looks for Google's metadata server to learn who signs custom tokens.
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const app = initializeApp({ projectId });
  const clear = async () => {
    const data = `http://127.0.0.1:${ports.firestore}/emulator/v1/projects/${projectId}/databases/(default)/documents`;
    const accounts = `http://127.0.0.1:${ports.auth}/emulator/v1/projects/${projectId}/accounts`;
    for (const url of [data, accounts]) await empty(url);
    if (withStorage) await fetch(`http://127.0.0.1:${ports.storage}/internal/reset`, { method: 'POST' });
  };
  return {
    projectId,
    functionsUrl: `http://127.0.0.1:${ports.functions}`,
    db: getFirestore(app),
    auth: getAuth(app),
    clear,
  };
}

/** The Firestore emulator fails while it tells a listener that has just left; the next try has nobody to tell. */
const CLEAR_TRIES = 5;

async function empty(url: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization: 'Bearer owner' } });
    if (answer.ok) return;
    if (answer.status < 500 || tried === CLEAR_TRIES)
      throw new Error(`the emulator answered ${answer.status} to DELETE ${url}`);
  }
}

/** What the bundle exports that the stack has to call by itself. */
export interface Triggers {
  readonly schedules: readonly Schedule[];
  /** Names of the functions that take tasks; a queue has the name of its function. */
  readonly queues: ReadonlySet<string>;
  /** Paths of the single documents whose changes run a function. */
  readonly documents: readonly string[];
}

const backendsSchema = z.object({
  backends: z.array(
    z.looseObject({
      functionTriggers: z.array(
        z.looseObject({
          name: z.string(),
          taskQueueTrigger: z.unknown().optional(),
          schedule: z.looseObject({ schedule: z.string() }).optional(),
          eventTrigger: z
            .looseObject({ eventFilters: z.looseObject({ document: z.string().optional() }).optional() })
            .optional(),
        }),
      ),
    }),
  ),
});

/** Asks the functions emulator what it serves. */
export async function readTriggers(backend: Backend): Promise<Triggers> {
  const answer = await fetch(`${backend.functionsUrl}/backends`);
  const { backends } = backendsSchema.parse(await answer.json());
  const triggers = backends.flatMap(({ functionTriggers }) => functionTriggers);
  return {
    queues: new Set(
      triggers.filter((trigger) => trigger.taskQueueTrigger !== undefined).map(({ name }) => name),
    ),
    documents: triggers.flatMap(({ eventTrigger }) => eventTrigger?.eventFilters?.document ?? []),
    schedules: triggers.flatMap(({ name, schedule }) => {
      const everyMs = schedule && parseInterval(schedule.schedule);
      return everyMs === undefined ? [] : [{ name, everyMs }];
    }),
  };
}

/** Runs a scheduled function. @returns its HTTP status, 0 without an answer */
export async function fireSchedule(backend: Backend, name: string, scheduledMs: number): Promise<number> {
  const url = `${backend.functionsUrl}/functions/projects/${backend.projectId}/triggers/${REGION}-${name}-0`;
  const at = new Date(scheduledMs).toISOString();
  const headers = { 'x-cloudscheduler-jobname': name, 'x-cloudscheduler-scheduletime': at };
  return post(url, headers, Buffer.from('{}'), LONGEST_ATTEMPT_SEC);
}

/** Hands a task to its function as Cloud Tasks does. @returns the HTTP status, 0 without an answer */
export async function deliverTask(backend: Backend, delivery: Delivery): Promise<number> {
  const { task, retryCount, previousStatus } = delivery;
  const headers = {
    // Two spellings of one header would be sent as one value with a comma in it.
    ...Object.fromEntries(
      Object.entries(task.headers).map(([header, value]) => [header.toLowerCase(), value]),
    ),
    'x-cloudtasks-queuename': task.queue,
    'x-cloudtasks-taskname': task.name.split('/').at(-1) ?? task.name,
    'x-cloudtasks-taskretrycount': String(retryCount),
    'x-cloudtasks-taskexecutioncount': String(retryCount),
    'x-cloudtasks-tasketa': String(task.scheduledMs / 1000),
    ...(previousStatus === undefined ? {} : { 'x-cloudtasks-taskpreviousresponse': String(previousStatus) }),
  };
  const [, , , location] = task.name.split('/');
  const url = `${backend.functionsUrl}/${backend.projectId}/${location}/${task.queue}`;
  return post(url, headers, task.body, Math.min(task.deadlineSec, LONGEST_ATTEMPT_SEC));
}

/** Hands an event to the webhooks of the functions. @returns the HTTP status, 0 without an answer */
export async function deliverWebhook(backend: Backend, { task }: Delivery): Promise<number> {
  const url = `${backend.functionsUrl}/${backend.projectId}/${REGION}/webhooks/${task.queue}`;
  return post(url, task.headers, task.body, task.deadlineSec);
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  limitSec: number,
): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(limitSec * 1000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
