/** Passes a request on to who answers it, if it speaks for nobody but whoever has signed in here. */
import {
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import type { IssuedTokens } from './tokens.ts';
import type { Way } from './ways.ts';

/** Of what is read before it is passed on, in bytes: sign-ins, and the messages of Firestore's streams. */
const LONGEST_BODY = 262_144;
/** Of an answer that gives out tokens, in bytes. */
const LONGEST_ANSWER = 1_048_576;

/** As the functions say it, so that a phone of an earlier stack signs out. */
const NOT_SIGNED_IN = JSON.stringify({
  error: {
    status: 'UNAUTHENTICATED',
    message: 'Sign in here first.',
    details: { reason: 'SESSION_REVOKED' },
  },
});

export interface Onward {
  readonly way: Way;
  /** Of the address that was asked for, with its question mark. */
  readonly search: string;
  readonly tokens: IssuedTokens;
}

/** Answers by itself only where nobody else may or can. */
export async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  onward: Onward,
): Promise<void> {
  const { way, search, tokens } = onward;
  const { authorization, 'content-type': contentType } = request.headers;
  if (!tokens.allowsHeader(authorization)) return refuse(response);
  if (way.speaksIn === undefined) {
    const sent = send(request, response, onward);
    request.pipe(sent);
    return;
  }
  const body = await wholeOf(request, LONGEST_BODY);
  if (body === undefined) return void response.writeHead(413).end();
  const text = body.toString('utf8');
  const allowed =
    way.speaksIn === 'stream' ? tokens.allowsStream(search, text) : tokens.allowsSignIn(contentType, text);
  if (!allowed) return refuse(response);
  send(request, response, onward).end(body);
}

/** @returns the request to the one behind, still without its body */
function send(request: IncomingMessage, response: ServerResponse, { way, search, tokens }: Onward) {
  const { port, path, givesTokens = false } = way;
  const onward = ask(
    {
      host: '127.0.0.1',
      port,
      path: path + search,
      method: request.method ?? 'GET',
      headers: headersFor(request.headers, port, givesTokens),
      // A connection for each request: one that was kept may be closed in the moment it is used again.
      agent: false,
    },
    (answered) => {
      if (givesTokens) void giveTokens(answered, response, tokens).catch(() => response.destroy());
      else passBack(answered, response);
    },
  );
  onward.on('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  request.on('error', () => onward.destroy());
  response.on('close', () => onward.destroy());
  return onward;
}

function headersFor(asked: IncomingHttpHeaders, port: number, plain: boolean): IncomingHttpHeaders {
  const { connection: _connection, 'accept-encoding': encodings, ...headers } = asked;
  const compressed = plain || encodings === undefined ? {} : { 'accept-encoding': encodings };
  return { ...headers, ...compressed, host: `127.0.0.1:${port}` };
}

function passBack(answered: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answered.statusCode ?? 502, headersOf(answered));
  // Live documents come as one answer that never ends: its head must not wait for the first of them.
  response.flushHeaders();
  // Whichever side breaks off, the other one ends too.
  pipeline(answered, response, () => undefined);
}

async function giveTokens(
  answered: IncomingMessage,
  response: ServerResponse,
  tokens: IssuedTokens,
): Promise<void> {
  const body = await wholeOf(answered, LONGEST_ANSWER);
  if (body === undefined) return void response.writeHead(502).end();
  if (!tokens.remember(body.toString('utf8'))) return refuse(response);
  response.writeHead(answered.statusCode ?? 502, headersOf(answered));
  response.end(body);
}

function headersOf(answered: IncomingMessage): IncomingHttpHeaders {
  const { connection: _closing, ...told } = answered.headers;
  return told;
}

function refuse(response: ServerResponse): void {
  response.writeHead(401, { 'content-type': 'application/json' }).end(NOT_SIGNED_IN);
}

/** @returns undefined when there is more than `longest` */
async function wholeOf(stream: IncomingMessage, longest: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longest) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
