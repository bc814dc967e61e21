/** The launcher as its user meets it: on the command line, with a port taken, without Java, stopped by Ctrl-C. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../tidy/sources.ts';

const BASE = 5910;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Runs a script to its end; `onLine` may act on what it prints. */
async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine: (line: string, pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      for (const line of chunk
        .toString()
        .split('\n')
        .filter((text) => text.trim() !== '')) {
        lines.push(line);
        onLine(line, child.pid ?? 0);
      }
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, lines };
}

const envOf = (base: number): NodeJS.ProcessEnv => ({ ...process.env, EARSHOT_PORT_BASE: String(base) });

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Command lines of the processes that carry a text, from the process table. */
function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(text) && !line.includes('ps -eo'));
}

describe('the launcher', () => {
  it('names the port that is taken, in one line, and exits with 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(BASE, '127.0.0.1', resolve));
    try {
      const { code, lines } = await run(['dev/src/start.ts'], envOf(BASE));
      expect([code, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toContain(String(BASE));
    } finally {
      server.close();
    }
  }, 60_000);

  it.each(['nonsense', '80', '70000', '4410.5'])(
    'refuses the port base %s in one line',
    async (base) => {
      const { code, lines } = await run(['dev/src/start.ts'], { ...process.env, EARSHOT_PORT_BASE: base });
      expect([code, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toContain('EARSHOT_PORT_BASE');
    },
    60_000,
  );

  it('says in one line that the browser tests need Chromium, and exits with 1', async () => {
    const env = { ...envOf(BASE), CHROMIUM_PATH: '/nowhere/chromium' };
    const { code, lines } = await run(['dev/src/runTests.ts', 'test/browser'], env);
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain('Chromium');
  }, 60_000);

  it('says in one line that Java is missing, and exits with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-'));
    try {
      symlinkSync(process.execPath, join(folder, 'node'));
      const { code, lines } = await run(['dev/run.mjs', 'start'], {
        PATH: folder,
        HOME: process.env['HOME'],
      });
      expect([code, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toMatch(/Java 11/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  it('runs beside another stack, and leaves no process and no port behind after Ctrl-C', async () => {
    let ready: { ports: Record<string, number>; projectId: string } | undefined;
    const stop = async (pid: number): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${BASE}/ready`);
      ready = (await answer.json()) as NonNullable<typeof ready>;
      process.kill(pid, 'SIGINT');
    };
    let stopping: Promise<void> | undefined;
    const { code } = await run(['dev/src/start.ts'], envOf(BASE), (line, pid) => {
      // The last thing it says is where to look.
      if (line.startsWith('Two phones, one call: http://127.0.0.1:')) stopping = stop(pid);
    });
    await stopping;
    expect(code).toBe(130);
    expect(ready?.projectId).toBe(`demo-earshot-${BASE}`);
    const open = await Promise.all(
      Object.values(ready?.ports ?? {}).map(async (port) => ((await isOpen(port)) ? [port] : [])),
    );
    expect(open.flat()).toEqual([]);
    expect(processesWith(`stack-${BASE}`)).toEqual([]);
    expect(processesWith(`demo-earshot-${BASE}`)).toEqual([]);
  }, 180_000);

  it('starts the commands that the package names', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const wanted = ['demo', 'start', 'test', 'bench', 'simulate', 'lint', 'build'];
    expect(wanted.filter((name) => scripts[name] !== `node dev/run.mjs ${name}`)).toEqual([]);
  });
});
