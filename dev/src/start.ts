/** `npm start`: a stack to develop against, until Ctrl-C. */
import type { Stack } from './stack/launcher.ts';
import { parseBase } from './stack/ports.ts';
import { withStack } from './stack/session.ts';

function describe({ controlUrl, info, logPath }: Stack): string {
  const { functions, firestore, auth, storage } = info.ports;
  const rows = [
    ['control API', controlUrl],
    ['project', `${info.projectId} (${info.region})`],
    ['functions', `127.0.0.1:${functions}`],
    ['firestore', `127.0.0.1:${firestore}`],
    ['auth', `127.0.0.1:${auth}`],
    ['storage', storage === undefined ? 'not running' : `127.0.0.1:${storage}`],
    ['log', logPath],
    ['stop', 'Ctrl-C'],
  ] as const;
  return rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`).join('\n');
}

await withStack(
  () => parseBase(process.env['EARSHOT_PORT_BASE']),
  (stack) => {
    console.log(describe(stack));
    return new Promise<number>(() => undefined);
  },
);
