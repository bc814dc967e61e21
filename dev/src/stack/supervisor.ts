/**
 * Runs the emulators and outlives whoever started it by just as long as it takes to end them. It stands in its own
 * process group, so that Ctrl-C reaches the starter alone, and notices by the end of its stdin that the starter has
 * asked it to stop, or is gone, however that came about.
 *
 * Arguments: the log file, a folder for temporary files that ends with them, then the command.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { isAlive, killMarked, MARK } from './processes.ts';

const SHUTDOWN_MS = 3000;

const [logPath, tempDir, command, ...args] = process.argv.slice(2);
const mark = process.env[MARK];
if (logPath === undefined || tempDir === undefined || command === undefined || mark === undefined)
  throw new Error('not started by the launcher');

const log = createWriteStream(logPath, { flags: 'a' });
let stopping = false;
rmSync(tempDir, { recursive: true, force: true });
mkdirSync(tempDir, { recursive: true });
const emulators = spawn(command, args, {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, TMPDIR: tempDir },
});
for (const output of [emulators.stdout, emulators.stderr]) {
  output.pipe(log, { end: false });
  // firebase-tools goes on without an emulator that was killed; half a stack would only mislead.
  output.on('data', (text: Buffer) => {
    if (!stopping && text.includes('has exited upon receiving signal')) finish(1);
  });
}

/** The emulators' own shutdown comes first, because it removes their files in the temporary folder. */
function stop(): void {
  if (stopping) return;
  stopping = true;
  emulators.kill('SIGTERM');
  setTimeout(finish, SHUTDOWN_MS, 0);
}

function finish(code: number): void {
  // A worker may be between fork and exec while the first sweep looks.
  killMarked(String(mark));
  setTimeout(() => {
    killMarked(String(mark));
    rmSync(String(tempDir), { recursive: true, force: true });
    process.exit(code);
  }, 50);
}

emulators.once('exit', (code) => finish(stopping ? 0 : (code ?? 1)));
emulators.once('error', () => finish(1));
process.stdin.once('end', stop).once('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

const starter = process.ppid;
// The end of stdin says it all, unless the starter passed its end of the pipe on to someone.
setInterval(() => {
  if (!isAlive(starter)) stop();
}, 1000).unref();
