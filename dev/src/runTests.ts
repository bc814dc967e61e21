/** `npm test`: Jest against a stack of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findFreeBase } from './stack/free.ts';
import { ROOT } from './stack/paths.ts';
import { parseBase } from './stack/ports.ts';
import { withStack } from './stack/session.ts';

/** The first base tried when none is asked for; out of the way of `npm start`. */
const FIRST_BASE = 4710;

const asked = process.env['EARSHOT_PORT_BASE'];

await withStack(
  () => (asked === undefined ? findFreeBase(FIRST_BASE) : parseBase(asked)),
  (stack) =>
    new Promise<number>((resolve) => {
      const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
      const { FIRESTORE_EMULATOR_HOST: _firestore, FIREBASE_AUTH_EMULATOR_HOST: _auth, ...env } = process.env;
      const child = spawn(process.execPath, [jest, '--runInBand', ...process.argv.slice(2)], {
        cwd: ROOT,
        env: { ...env, EARSHOT_CONTROL_URL: stack.controlUrl },
        stdio: 'inherit',
      });
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        process.once(signal, () => child.kill(signal));
      child.once('error', () => resolve(1));
      child.once('exit', (code) => resolve(code ?? 1));
    }),
);
