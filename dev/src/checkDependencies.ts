/**
 * `npm run check:dependencies`: whether a package that is deployed has a known vulnerability, high or critical. Exit 1
 * if so. Without a report it says that nothing was checked, and exits 0, or 2 with `--strict`, as before a deploy.
 */
import { spawnSync } from 'node:child_process';
import { verdictOf } from './dependencies/verdict.ts';
import { ROOT } from './stack/paths.ts';

const TIMEOUT_MS = 60_000;
const asked = spawnSync('npm', ['audit', '--workspace', 'functions', '--omit=dev', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
  maxBuffer: 64 * 1024 * 1024,
});
const { lines, checked, clean } = verdictOf(asked.stdout ?? '');
for (const line of lines) console.log(line);
if (checked) process.exitCode = clean ? 0 : 1;
else process.exitCode = process.argv.includes('--strict') ? 2 : 0;
