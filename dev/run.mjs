// The one entry for every command of this repository. It runs on the host's Node, in a bare clone: it installs what is
// missing, checks what the command needs, and hands over to the Node 24 that the lock file brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { javaProblem } from './java.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.earshot-lock');
const LEAST_NODE = 24;

/** What each command runs, one process after the other; `stack` says that it needs Java and the built functions, `pages`
 * that it needs the built pages. */
const COMMANDS = {
  audit: { steps: [['dev/src/audit.ts']] },
  'check:dependencies': { steps: [['dev/src/checkDependencies.ts']] },
  demo: { stack: true, steps: [['dev/src/demo.ts']] },
  start: { stack: true, pages: true, steps: [['dev/src/start.ts']] },
  test: { stack: true, pages: true, steps: [['dev/src/runTests.ts']] },
  'test:browser': { stack: true, pages: true, steps: [['dev/src/runTests.ts', 'test/browser']] },
  'test:unit': {
    steps: [
      [
        'node_modules/jest/bin/jest.js',
        'client/src',
        'functions/src',
        'dev/src',
        'test/bench',
        'test/model',
        'test/security',
        'test/simulation',
        'test/soak',
        'test/tidy',
        'web/src',
      ],
    ],
  },
  bench: { stack: true, steps: [['test/bench/run.ts']] },
  soak: { stack: true, steps: [['test/soak/run.ts']] },
  simulate: { steps: [['test/simulation/run.ts']] },
  lint: {
    steps: [
      ['node_modules/.bin/oxlint', '--type-aware'],
      ['node_modules/.bin/prettier', '--check', '.'],
    ],
  },
  types: {
    steps: [
      ['node_modules/.bin/tsc', '-p', '.'],
      ['node_modules/.bin/tsc', '-p', 'web'],
      ['node_modules/.bin/tsc', '-p', 'test/browser'],
    ],
  },
  format: { steps: [['node_modules/.bin/prettier', '--write', '.']] },
  build: { steps: [['functions/build.mjs'], ['client/build.mjs'], ['web/build.mjs']] },
  'docs:api': { steps: [['dev/src/docs.ts'], ['test/rules/writeDocument.ts']] },
};

/** @returns {never} */
function fail(line, code = 1) {
  console.error(line);
  process.exit(code);
}

function hashOfLock() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function isInstalled(lock) {
  if (!existsSync(join(MODULES, '.bin'))) return false;
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === lock;
  // Installed by hand: npm leaves its own mark, which is newer than the lock it was made from.
  const mark = join(MODULES, '.package-lock.json');
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
}

function install() {
  const lock = hashOfLock();
  if (!isInstalled(lock)) {
    console.error('installing (npm ci, about a minute)…');
    const startedMs = Date.now();
    const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    });
    if (done.error) fail(`npm could not be started: ${done.error.message}`);
    if (done.status !== 0) fail('npm ci failed; its messages are above.');
    console.error(`installed in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  }
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== lock) writeFileSync(STAMP, lock);
}

/** The lock's own Node: `npm ci --ignore-scripts` leaves none, and then the host's would silently take its place. */
function checkNode() {
  const node = join(MODULES, '.bin', 'node');
  const asked = existsSync(node)
    ? spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    : undefined;
  const version = asked?.stdout?.trim() ?? '';
  if (Number.parseInt(version, 10) >= LEAST_NODE) return node;
  const found = version === '' ? 'is missing' : `is ${version}`;
  return fail(
    `node_modules/.bin/node ${found}, not ${LEAST_NODE} or newer. Run "npm ci" without --ignore-scripts.`,
  );
}

/** Runs a program to its end, passing on signals. */
function run(node, args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        EARSHOT_ROOT: ROOT,
        PATH: `${join(MODULES, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
      },
    });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.once('error', (fault) => fail(`${args[0]} could not be started: ${fault.message}`));
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code ?? 1);
    });
  });
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    return fail(`usage: node dev/run.mjs <${Object.keys(COMMANDS).join('|')}> [arguments]`, 2);
  const java = command.stack ? javaProblem() : undefined;
  if (java !== undefined) fail(java);
  install();
  const node = checkNode();
  if (command.stack && !process.env.EARSHOT_FUNCTIONS_DIR) {
    const built = await run(node, ['functions/build.mjs']);
    if (built !== 0) return built;
  }
  if (command.pages) {
    console.error('building the pages…');
    const built = await run(node, ['web/build.mjs']);
    if (built !== 0) return built;
  }
  for (const [index, step] of command.steps.entries()) {
    const code = await run(node, index === 0 ? [...step, ...args] : step);
    if (code !== 0) return code;
  }
  return 0;
}

process.exit(await main());
