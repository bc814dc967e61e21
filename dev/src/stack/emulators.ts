/** The official emulators as one child that can be waited for and stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT, tempDirOf } from './paths.ts';
import { projectOf, StartError, type Ports } from './ports.ts';
import { killMarked, MARK } from './processes.ts';

const START_LIMIT_MS = 120_000;
const TAIL_LINES = 25;

export interface Emulators {
  /** Resolves when they have ended, whoever ended them. */
  readonly ended: Promise<void>;
  /** Ends every process of the stack. */
  stop(): Promise<void>;
}

interface EmulatorOptions {
  readonly dir: string;
  readonly ports: Ports;
  readonly withStorage: boolean;
  readonly jarEnv: Record<string, string>;
}

/** Where the emulators' output goes. */
export function logPathOf(dir: string): string {
  return join(dir, 'emulators.log');
}

/**
 * Starts the emulators.
 * @returns at once; `whenReady` waits for them
 */
export function launchEmulators(options: EmulatorOptions): Emulators {
  const mark = randomUUID();
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'dev/src/stack/supervisor.ts'),
      logPathOf(options.dir),
      tempDirOf(options.ports.control),
      ...command(options),
    ],
    {
      cwd: options.dir,
      detached: true,
      env: environment(options, mark),
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { ended, stop: () => stop(child, ended, mark) };
}

async function stop(child: ChildProcess, ended: Promise<void>, mark: string): Promise<void> {
  child.stdin?.destroy();
  await ended;
  // In case that the supervisor itself was killed.
  killMarked(mark);
}

function command({ dir, ports, withStorage }: EmulatorOptions): string[] {
  const only = ['auth', 'functions', 'firestore', ...(withStorage ? ['storage'] : [])].join(',');
  const cli = join(ROOT, 'node_modules/firebase-tools/lib/bin/firebase.js');
  const project = projectOf(ports.control);
  return [
    process.execPath,
    cli,
    'emulators:start',
    '--only',
    only,
    '--project',
    project,
    '--config',
    join(dir, 'firebase.json'),
  ];
}

function environment({ dir, ports, jarEnv }: EmulatorOptions, mark: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...jarEnv,
    [MARK]: mark,
    // Discovery starts `node` from the PATH, and it has to be ours.
    PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    EARSHOT_STACK_DIR: dir,
    EARSHOT_STACK_URL: `http://127.0.0.1:${ports.control}`,
    // Measured: one process a concurrent request otherwise, 32 at once are 5 GB.
    FUNCTIONS_EMULATOR_PARALLEL: process.env['FUNCTIONS_EMULATOR_PARALLEL'] ?? '4',
    // Discovery through a file takes 0.5 s, through a port 4.5 s.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
    NO_UPDATE_NOTIFIER: '1',
  };
}

/**
 * Waits until the emulators serve the functions.
 * @throws StartError with the last lines of their log when they ended, could not load the functions, or took too long
 */
export async function whenReady(emulators: Emulators, dir: string): Promise<void> {
  let over = false;
  void emulators.ended.then(() => (over = true));
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const log = readLog(dir);
    if (log.includes('Failed to load function definition'))
      throw failed('The functions could not be loaded.', log);
    if (log.includes('All emulators ready!')) return;
    if (over) throw failed('The emulators ended while starting.', log);
    if (performance.now() > deadlineMs)
      throw failed(`The emulators were not ready after ${START_LIMIT_MS / 1000} s.`, log);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @returns the end of the emulators' log */
export function logTail(dir: string): string {
  return readLog(dir).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function failed(what: string, log: string): StartError {
  return new StartError(
    `${what} The end of their log:\n${log.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')}`,
  );
}

function readLog(dir: string): string {
  const path = logPathOf(dir);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
