/** Starts and stops one local stack: the official emulators, and the control API in this process. */
import { startControl, type ReadyInfo } from '../control/server.ts';
import { startWeb } from '../web/server.ts';
import { javaProblem } from '../../java.mjs';
import { launchEmulators, logPathOf, logTail, whenReady } from './emulators.ts';
import { assertPortsFree } from './free.ts';
import { planJars } from './jars.ts';
import { layOut } from './layout.ts';
import { stackDirOf } from './paths.ts';
import { portsOf, StartError } from './ports.ts';

/** A stack that runs. */
export interface Stack {
  readonly controlUrl: string;
  /** Where the phones in the browser are. */
  readonly webUrl: string;
  readonly info: ReadyInfo;
  readonly readyInSec: number;
  readonly logPath: string;
  /** Resolves with the end of the emulators' log if they end without having been stopped. */
  readonly crashed: Promise<string>;
  /** Ends every process and frees every port; safe to call twice. */
  stop(): Promise<void>;
}

interface StackOptions {
  /** Port of the control API; decides all others. */
  readonly portBase: number;
  /** Hears what happens, one line each. */
  readonly tell?: (line: string) => void;
  /** Called with the function that ends the start half-way, before anything is started. */
  readonly onStarting?: (abort: () => Promise<void>) => void;
}

/**
 * Starts a stack and waits until everything answers.
 * @throws StartError, one clear line, when a port is taken, Java is missing, or the emulators do not come up
 */
export async function startStack({
  portBase,
  tell = () => undefined,
  onStarting,
}: StackOptions): Promise<Stack> {
  const startedMs = performance.now();
  const problem = javaProblem();
  if (problem !== undefined) throw new StartError(problem);
  const ports = portsOf(portBase);
  await assertPortsFree(ports);
  const { env, withStorage, notes } = planJars();
  notes.forEach(tell);
  const dir = stackDirOf(portBase);
  layOut(dir, ports, withStorage);
  const control = await startControl(dir, ports, withStorage);
  let web: { stop(): Promise<void> } | undefined;
  const emulators = launchEmulators({ dir, ports, withStorage, jarEnv: env });
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= Promise.all([web?.stop(), control.stop(), emulators.stop()]).then(() => undefined));
  onStarting?.(stop);
  try {
    tell('starting the emulators…');
    await whenReady(emulators, dir);
    const info = await control.open();
    const opened = await startWeb({ projectId: info.projectId, ports });
    web = opened;
    const readyInSec = (performance.now() - startedMs) / 1000;
    const crashed = new Promise<string>((resolve) => {
      void emulators.ended.then(() => stopped ?? resolve(logTail(dir)));
    });
    return {
      controlUrl: `http://127.0.0.1:${portBase}`,
      webUrl: opened.url,
      info,
      readyInSec,
      logPath: logPathOf(dir),
      crashed,
      stop,
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
