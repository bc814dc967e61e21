// Which Java is on the PATH. Plain JavaScript, because dev/run.mjs asks before TypeScript can run.
import { spawnSync } from 'node:child_process';

const LEAST_JAVA = 11;

/**
 * @returns {string | undefined} what is wrong with the Java of this machine, in one line; undefined if it will do
 */
export function javaProblem() {
  const asked = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const advice = `The emulators need Java ${LEAST_JAVA} or newer on the PATH`;
  if (asked.error || asked.status !== 0) return `${advice}; none was found.`;
  const version = /version "(?:1\.)?(\d+)/u.exec(asked.stderr + asked.stdout)?.[1];
  if (version !== undefined && Number(version) < LEAST_JAVA) return `${advice}; this is Java ${version}.`;
  return undefined;
}
