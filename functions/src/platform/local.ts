/**
 * The link to the local stack. Everything here is dead in production: without FUNCTIONS_EMULATOR and
 * EARSHOT_STACK_DIR no line of it runs.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock, type Clock } from './clock.ts';
import { noCounts, type Counts } from './meter.ts';

const stateSchema = z.object({
  epoch: z.number().int(),
  offsetMs: z.number(),
  frozenAtMs: z.number().nullable(),
});
type StackState = z.infer<typeof stateSchema>;

/** Where the stack keeps its shared state, or undefined outside of it. */
export function stackDir(): string | undefined {
  return process.env['FUNCTIONS_EMULATOR'] === 'true' ? process.env['EARSHOT_STACK_DIR'] : undefined;
}

/** Address of the stack's control server, or undefined outside of it. */
export function stackUrl(): string | undefined {
  return process.env['FUNCTIONS_EMULATOR'] === 'true' ? process.env['EARSHOT_STACK_URL'] : undefined;
}

/** Address of the storage emulator, or undefined outside of the stack and in one that runs without Storage. */
export function storageEmulatorUrl(): string | undefined {
  const host = process.env['FIREBASE_STORAGE_EMULATOR_HOST'];
  return stackDir() === undefined || host === undefined ? undefined : `http://${host}`;
}

/** Must run before the first call of firebase-functions and the first `getFunctions()`. */
export function wireEmulators(): void {
  if (process.env['FUNCTIONS_EMULATOR'] !== 'true') return;
  // The functions emulator switches token verification off by this variable; an empty set switches it on again.
  process.env['FIREBASE_DEBUG_FEATURES'] = '{}';
  const url = stackUrl();
  if (url !== undefined) process.env['CLOUD_TASKS_EMULATOR_HOST'] = new URL(url).host;
}

/** The virtual clock: real time plus an offset that the control server writes to a file, read at each call. */
export function stackClock(dir: string): Clock {
  const nowMs = (): number => {
    const { frozenAtMs, offsetMs } = readState(dir);
    return frozenAtMs ?? Date.now() + offsetMs;
  };
  // A frozen clock has an offset that shrinks as real time passes.
  const offsetMs = (): number => nowMs() - Date.now();
  return {
    now: () => new Date(nowMs()),
    fromServerTime: (at) => new Date(at.getTime() + offsetMs()),
    toServerTime: (at) => new Date(at.getTime() - offsetMs()),
    authSec: () => systemClock.authSec(),
  };
}

/** Changes when caches must be dropped (a seed or a reset changed the configuration). */
export function stackEpoch(): number {
  const dir = stackDir();
  return dir === undefined ? 0 : readState(dir).epoch;
}

function readState(dir: string): StackState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8')));
  } catch {
    return { epoch: 0, offsetMs: 0, frozenAtMs: null };
  }
}

interface WorkerReport {
  pid: number;
  service: string;
  inFlight: number;
  totals: Counts;
  perOperation: Record<string, Counts>;
  handled: Record<string, HandledChange>;
}

/** The last change of a document that a trigger of this process has worked on. */
interface HandledChange {
  /** When the document was written, in milliseconds of real time; null for a document that is gone. */
  readonly updatedMs: number | null;
  readonly eventMs: number;
}

// One report a process, rewritten at the start and the end of each invocation; in production it is never touched.
const report: WorkerReport = {
  pid: process.pid,
  service: process.env['K_SERVICE'] ?? process.env['FUNCTION_TARGET'] ?? '',
  inFlight: 0,
  totals: noCounts(),
  perOperation: {},
  handled: {},
};

/** Tells the stack that an invocation began. */
export function reportStart(): void {
  report.inFlight += 1;
  writeReport();
}

/** Tells the stack that an invocation of `operation` ended and what it cost. */
export function reportEnd(operation: string, counts: Counts): void {
  report.inFlight -= 1;
  addCounts(report.totals, counts);
  addCounts((report.perOperation[operation] ??= noCounts()), counts);
  writeReport();
}

/** Tells the stack that the trigger of a change has run, well or not: until then the stack is not idle. */
export function reportHandled(documentPath: string, change: HandledChange): void {
  report.handled[documentPath] = change;
  writeReport();
}

function addCounts(into: Counts, more: Counts): void {
  for (const name of Object.keys(into) as (keyof Counts)[]) into[name] += more[name];
}

function writeReport(): void {
  const dir = stackDir();
  if (dir === undefined) return;
  const folder = join(dir, 'workers');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${process.pid}.json`);
  writeFileSync(`${path}.tmp`, JSON.stringify(report));
  renameSync(`${path}.tmp`, path);
}

/** The control server did not take what was posted. */
export class StackRefusal extends Error {
  readonly status: number;
  constructor(path: string, status: number) {
    super(`the local stack answered ${status} to ${path}`);
    this.status = status;
  }
}

/**
 * Posts to the control server, for the recorders of the stack.
 * @param path e.g. `/internal/pushes`
 * @throws StackRefusal for any answer but 2xx
 */
export async function postToStack(path: string, body: unknown): Promise<void> {
  const url = stackUrl();
  if (url === undefined) return;
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new StackRefusal(path, answer.status);
}
