/** One address for the phones in the browser: their pages, and what they ask the emulators for. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream';
import { ROOT } from '../stack/paths.ts';
import type { Ports } from '../stack/ports.ts';
import { certificateFor, networkAddresses } from './network.ts';
import { passOn } from './passOn.ts';
import { IssuedTokens } from './tokens.ts';
import { wayOf } from './ways.ts';

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
  const server = createServer(answers(options));
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
  const secure = createSecureServer(await certificateFor(addresses), answers(options));
  await listen(secure, webLan, '0.0.0.0');
  return addresses.map((address) => `https://${address}:${webLan}`);
}

type Answers = (request: IncomingMessage, response: ServerResponse) => void;

/** One request that goes wrong may not stop the stack. */
function answers(options: WebOptions): Answers {
  const tokens = new IssuedTokens();
  return (request, response) => {
    answer(request, response, options, tokens).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebOptions,
  tokens: IssuedTokens,
): Promise<void> {
  if (!isOwnName(request.headers.host)) {
    response.writeHead(421).end();
    return;
  }
  const asked = URL.parse(request.url ?? '/', 'http://phone');
  if (asked === null) {
    response.writeHead(400).end();
    return;
  }
  const { pathname, search } = asked;
  const way = wayOf(pathname, options);
  if (way === undefined) showPage(pathname, response);
  else await passOn(request, response, { way, search, tokens });
}

/** A page of elsewhere whose name was made to lead to this machine would else get everybody's tokens. */
function isOwnName(host: string | undefined): boolean {
  const name = host?.replace(/:\d+$/u, '') ?? '';
  return name === 'localhost' || name === '127.0.0.1' || networkAddresses().includes(name);
}

function showPage(pathname: string, response: ServerResponse): void {
  const isPage = pathname === '/' || /^\/phone(?:\/[ab])?$/u.test(pathname);
  const path = isPage ? 'index.html' : normalize(decodedOrEmpty(pathname)).slice(1);
  const file = join(PAGES, path);
  const inside =
    file.startsWith(`${PAGES}/`) &&
    !file.includes('\0') &&
    statSync(file, { throwIfNoEntry: false })?.isFile();
  if (inside !== true) return showNothing(response);
  const content = createReadStream(file);
  // A build may take it away in this moment.
  content.once('error', () => !response.headersSent && showNothing(response));
  content.once('open', () => {
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': isPage ? 'no-store' : FOREVER,
      'x-content-type-options': 'nosniff',
      ...(isPage && { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' }),
    });
    pipeline(content, response, () => undefined);
  });
}

function showNothing(response: ServerResponse): void {
  const built = existsSync(join(PAGES, 'index.html'));
  response.writeHead(built ? 404 : 503, { 'content-type': 'text/plain' });
  response.end(built ? 'Not found' : NOT_BUILT);
}

/** The dialogs hold back scrolling by a style element. The second phone lies at the other name of this machine. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-src 'self' http://127.0.0.1:* http://localhost:*",
  "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
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
