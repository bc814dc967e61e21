/** `npm test`: Jest against a stack of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findFreeBase } from './stack/free.ts';
import { ROOT } from './stack/paths.ts';
import { parseBase, StartError } from './stack/ports.ts';
import { withStack } from './stack/session.ts';
import { findChromium } from './web/chromium.ts';

/** The first base tried when none is asked for; out of the way of `npm start`. */
const FIRST_BASE = 4710;
const BROWSER_TESTS = 'test/browser';
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

/** @returns its exit code */
async function runJest(controlUrl: string): Promise<number> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const { FIRESTORE_EMULATOR_HOST: _firestore, FIREBASE_AUTH_EMULATOR_HOST: _auth, ...env } = process.env;
  const leftOut = withoutBrowser ? [`--testPathIgnorePatterns=/node_modules/|/${BROWSER_TESTS}/`] : [];
  const child = spawn(process.execPath, [jest, '--runInBand', ...args, ...leftOut], {
    cwd: ROOT,
    env: { ...env, EARSHOT_CONTROL_URL: controlUrl },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => child.kill(signal));
  return await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

await withStack(choose, async ({ controlUrl }) => {
  tellWhatIsLeftOut();
  return await runJest(controlUrl);
});
