/** Finds and ends every process of a stack, also those whose parent is gone. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The variable that marks the processes of one stack; children inherit it, whatever group they are put in. */
export const MARK = 'EARSHOT_STACK_MARK';

/**
 * Kills at once whatever carries the mark.
 * @param mark the value given to the stack's first process
 * @returns how many were found
 */
export function killMarked(mark: string): number {
  const pids = process.platform === 'linux' ? markedOnLinux(mark) : markedByPs(mark);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  return pids.length;
}

/** @returns whether a process exists */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function markedOnLinux(mark: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => environmentOf(pid).includes(`${MARK}=${mark}`)).map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** macOS and the BSDs show the environment of one's own processes through ps. */
function markedByPs(mark: string): number[] {
  const listed = execFileSync('ps', ['-axwwE', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed
    .split('\n')
    .filter((line) => line.includes(`${MARK}=${mark}`))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid !== process.pid);
}
