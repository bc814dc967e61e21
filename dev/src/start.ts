/** `npm start`: a stack to develop against, with two phones in the browser, until Ctrl-C. `-- --lan` lets other devices in. */
import { parseArgs } from 'node:util';
import { controlOf } from './phone/control.ts';
import type { Stack } from './stack/launcher.ts';
import { parseBase, portsOf, StartError } from './stack/ports.ts';
import { withStack } from './stack/session.ts';
import { startWebForNetwork } from './web/server.ts';

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

function readOptions(): { lan: boolean } {
  try {
    const { values } = parseArgs({ options: { lan: { type: 'boolean', default: false } } });
    return values;
  } catch (fault) {
    throw new StartError(`${(fault as Error).message.split('\n')[0]} Usage: npm start [-- --lan]`);
  }
}

/** Two devices in one network: a phone each. */
async function openNetwork({ info }: Stack, base: number): Promise<void> {
  const urls = await startWebForNetwork({ projectId: info.projectId, ports: portsOf(base) });
  const lines = urls.map((url) => `  ${url}/phone`);
  console.log(
    `\nOn other devices of a network you trust (the browser warns of the certificate, which was made just now):\n${lines.join('\n')}`,
  );
}

let lan = false;
const chosen = (): number => parseBase(process.env['EARSHOT_PORT_BASE']);

await withStack(
  () => {
    ({ lan } = readOptions());
    return chosen();
  },
  async (stack) => {
    await controlOf(stack.controlUrl).request('POST', '/web/begin', { keep: true });
    console.log(describe(stack));
    if (lan) await openNetwork(stack, chosen());
    console.log(`\nTwo phones, one call: ${stack.webUrl}`);
    return new Promise<number>(() => undefined);
  },
);
