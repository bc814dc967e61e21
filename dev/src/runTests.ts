/**
 * `npm test`: Jest against stacks of its own. Tests of a stack share its clock and run one by one, and half of the time
 * they wait. So there are two stacks side by side, and the tests that need none run beside them.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreeBase } from './stack/free.ts';
import { ROOT } from './stack/paths.ts';
import { parseBase, StartError } from './stack/ports.ts';
import { withStack } from './stack/session.ts';
import { findChromium } from './web/chromium.ts';

/** The first base tried when none is asked for; out of the way of `npm start`. */
const FIRST_BASE = 4710;
const BROWSER_TESTS = 'test/browser';
const SCENARIOS = 'test/scenarios';
/** Whose tests ask the stack beside that of the scenarios. */
const OTHER_FOLDERS = [BROWSER_TESTS, 'test/parity', 'test/rules', 'test/stack'];
/** One file of the scenarios in four runs with the others: then both stacks are needed for about as long. */
const SHARE_OF_OTHERS = 4;
const THIS_FILE = 'dev/src/runTests.ts';
const HOW_TO_GET_IT =
  'Install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH to where it is.';

const asked = process.env['EARSHOT_PORT_BASE'];
const args = process.argv.slice(2);
const withoutBrowser = findChromium() === undefined;

/** @throws StartError when only tests are asked for that cannot run */
async function choose(): Promise<number> {
  if (withoutBrowser && args[0]?.startsWith(BROWSER_TESTS) === true)
    throw new StartError(`The browser tests need Chromium. ${HOW_TO_GET_IT}`);
  return asked === undefined ? await findFreeBase(FIRST_BASE) : parseBase(asked);
}

function tellWhatIsLeftOut(): void {
  if (withoutBrowser) console.error(`The browser tests are left out: there is no Chromium. ${HOW_TO_GET_IT}`);
}

/** One run of Jest. */
interface Run {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether its output is kept until it ends, so that two runs do not mix theirs. */
  readonly quiet: boolean;
}

/** @returns its exit code */
async function runJest({ args: own, env, quiet }: Run): Promise<number> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [jest, '--runInBand', ...own], {
    cwd: ROOT,
    env,
    stdio: outputs(quiet),
  });
  // Whoever is quiet runs beside calls whose parties may not be kept waiting for the processor.
  if (quiet && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return await ended(child);
}

/** @returns the exit code of tests that have a stack of their own */
async function runOnOtherStack({ args: own, env }: Omit<Run, 'quiet'>): Promise<number> {
  const child = spawn(process.execPath, [THIS_FILE, ...own], { cwd: ROOT, env, stdio: outputs(true) });
  return await ended(child);
}

function outputs(quiet: boolean): StdioOptions {
  return ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'];
}

/** Ends with this process; what was kept of the output is told at the end. @returns the exit code */
async function ended(child: ChildProcess): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => child.kill(signal));
  process.once('exit', () => child.kill());
  const kept: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void kept.push(chunk));
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  process.stderr.write(Buffer.concat(kept));
  return code;
}

/** @returns the exit code of the part that was asked for */
async function runPart(env: NodeJS.ProcessEnv): Promise<number> {
  const leftOut = withoutBrowser ? [ignoring([BROWSER_TESTS])] : [];
  return await runJest({ args: [...args, ...leftOut], env, quiet: false });
}

/** @returns the exit code of everything: of the tests of two stacks, and of the others beside them */
async function runAll(env: NodeJS.ProcessEnv, base: number): Promise<number> {
  const { EARSHOT_CONTROL_URL: _control, ...bare } = env;
  const folder = mkdtempSync(join(tmpdir(), 'earshot-tests-'));
  const counted = (name: string) => ({ EARSHOT_TEST_COUNTS: join(folder, name) });
  const otherBase = { EARSHOT_PORT_BASE: String(await findFreeBase(base + 100)) };
  const otherFolders = OTHER_FOLDERS.filter((one) => !withoutBrowser || one !== BROWSER_TESTS);
  const [scenarios, otherScenarios] = sharedScenarios();
  try {
    const codes = await Promise.all([
      runJest({ args: scenarios, env: { ...env, ...counted('scenarios') }, quiet: false }),
      runOnOtherStack({
        args: [...otherFolders, ...otherScenarios],
        env: { ...bare, ...counted('others'), ...otherBase },
      }),
      runJest({
        args: [ignoring([SCENARIOS, ...OTHER_FOLDERS])],
        env: { ...bare, ...counted('units') },
        quiet: true,
      }),
    ]);
    const counts = ['scenarios', 'others', 'units'].map((name) => readCounts(join(folder, name)));
    const sum = (pick: keyof Counts): number => counts.reduce((total, one) => total + one[pick], 0);
    console.log(`Tests: ${sum('passed')} passed, ${sum('failed')} failed`);
    return Math.max(...codes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the files of the scenarios for their stack, and for the other one */
function sharedScenarios(): readonly [readonly string[], readonly string[]] {
  const files = readdirSync(join(ROOT, SCENARIOS)).filter((file) => file.endsWith('.test.ts'));
  const isOther = (index: number): boolean => index % SHARE_OF_OTHERS === 0;
  const paths = files.toSorted().map((file) => `${SCENARIOS}/${file}`);
  return [paths.filter((_, index) => !isOther(index)), paths.filter((_, index) => isOther(index))];
}

function ignoring(folders: readonly string[]): string {
  return `--testPathIgnorePatterns=/node_modules/|${folders.map((folder) => `/${folder}/`).join('|')}`;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** A run that has left no numbers has not come to its end, and counts as a failure. */
function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

await withStack(choose, async ({ controlUrl }) => {
  tellWhatIsLeftOut();
  const { FIRESTORE_EMULATOR_HOST: _firestore, FIREBASE_AUTH_EMULATOR_HOST: _auth, ...outer } = process.env;
  const env = { ...outer, EARSHOT_CONTROL_URL: controlUrl };
  return args.length > 0 ? await runPart(env) : await runAll(env, Number(new URL(controlUrl).port));
});
