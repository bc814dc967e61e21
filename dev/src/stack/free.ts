/** Whether ports are free, asked before anything is started. */
import { createServer } from 'node:net';
import { portsOf, StartError, type Ports } from './ports.ts';

/**
 * @throws StartError naming the first port that cannot be bound, and what it is for
 */
export async function assertPortsFree(ports: Ports): Promise<void> {
  for (const [purpose, port] of Object.entries(ports)) {
    if (await isFree(port)) continue;
    throw new StartError(
      `Port ${port} (${purpose}) is taken. Stop what uses it, or set EARSHOT_PORT_BASE to another port (e.g. ${ports.control + 100}).`,
    );
  }
}

/**
 * The first base, counted from `first` in steps of 100, whose ports are all free.
 * @throws StartError when twenty of them are taken
 */
export async function findFreeBase(first: number): Promise<number> {
  for (let base = first; base < first + 2000; base += 100) {
    const free = await Promise.all(Object.values(portsOf(base)).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new StartError(`No free ports from base ${first} to ${first + 1900}. Set EARSHOT_PORT_BASE.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
