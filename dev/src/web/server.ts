/** One address for the phones in the browser: their pages, and what they ask the emulators for. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { ROOT } from '../stack/paths.ts';
import type { Ports } from '../stack/ports.ts';
import { certificateFor, networkAddresses } from './network.ts';
import { wayOf, type Way } from './ways.ts';

const PAGES = join(ROOT, 'web/dist');
/** Names of built files change with their content. */
const FOREVER = 'public, max-age=31536000, immutable';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const NOT_BUILT = 'The pages are not built. Run: npm run build';

export interface WebServer {
  /** Where it answers. */
  readonly url: string;
  stop(): Promise<void>;
}

interface WebOptions {
  readonly projectId: string;
  readonly ports: Ports;
}

/** Listens on this machine alone. */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const { web } = options.ports;
  const server = createServer((request, response) => answer(request, response, options));
  await listen(server, web, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: async () => await close(server) };
}

/**
 * Listens for other devices of the network. With a certificate, because browsers give no microphone to a page without
 * one; nobody vouches for it, so that each device asks its user once.
 * @returns one address for each network that this machine is in
 */
export async function startWebForNetwork(options: WebOptions): Promise<readonly string[]> {
  const { webLan } = options.ports;
  const addresses = networkAddresses();
  const secure = createSecureServer(await certificateFor(addresses), (request, response) =>
    answer(request, response, options),
  );
  await listen(secure, webLan, '0.0.0.0');
  return addresses.map((address) => `https://${address}:${webLan}`);
}

function answer(request: IncomingMessage, response: ServerResponse, options: WebOptions): void {
  const asked = URL.parse(request.url ?? '/', 'http://phone');
  if (asked === null) {
    response.writeHead(400).end();
    return;
  }
  const { pathname, search } = asked;
  const way = wayOf(pathname, request.headers.authorization, options);
  if (way === undefined) showPage(pathname, response);
  else passOn(request, response, { port: way.port, path: way.path + search });
}

function passOn(request: IncomingMessage, response: ServerResponse, { port, path }: Way): void {
  const { connection: _connection, ...asked } = request.headers;
  const headers = { ...asked, host: `127.0.0.1:${port}` };
  const onward = ask(
    // A connection for each request: one that was kept may be closed in the moment it is used again.
    { host: '127.0.0.1', port, path, method: request.method ?? 'GET', headers, agent: false },
    (answered) => {
      const { connection: _closing, ...told } = answered.headers;
      response.writeHead(answered.statusCode ?? 502, told);
      // Live documents come as one answer that never ends: its head must not wait for the first of them.
      response.flushHeaders();
      answered.pipe(response);
    },
  );
  onward.on('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

function showPage(pathname: string, response: ServerResponse): void {
  const isPage = pathname === '/' || /^\/phone(?:\/[ab])?$/u.test(pathname);
  const path = isPage ? 'index.html' : normalize(decodedOrEmpty(pathname)).slice(1);
  const file = join(PAGES, path);
  const inside = file.startsWith(`${PAGES}/`) && existsSync(file) && statSync(file).isFile();
  if (!inside) {
    const built = existsSync(join(PAGES, 'index.html'));
    response.writeHead(built ? 404 : 503, { 'content-type': 'text/plain' });
    response.end(built ? 'Not found' : NOT_BUILT);
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'cache-control': isPage ? 'no-store' : FOREVER,
    'x-content-type-options': 'nosniff',
    ...(isPage && { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' }),
  });
  createReadStream(file).pipe(response);
}

/** The dialogs hold back scrolling by a style element. The second phone lies at the other name of this machine. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'frame-src http://127.0.0.1:* http://localhost:* https:',
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

function decodedOrEmpty(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
