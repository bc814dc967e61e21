/** What providers call: only what bears their signature is read, and what fails is asked for again. */
import type { Request, RequestHandler } from 'express';
import { invoke, type PortsFactory } from './invocation.ts';
import { describeFault } from './log.ts';
import type { PlatformPorts } from './operation.ts';
import { whenAsked, type WhenAsked } from './whenAsked.ts';

/** One provider's webhook. */
export interface Webhook<P> {
  /** In logs and counters. */
  readonly name: string;
  /** The last part of its path. */
  readonly path: string;
  /** Whether the provider has sent this. */
  isGenuine(raw: Buffer, header: (name: string) => string | undefined): boolean;
  /** Takes one event, which may come twice, late and out of order. @throws when it has to come again */
  take(ports: P, event: unknown): Promise<void>;
  /** For providers that check the address by a GET. @returns the text to answer; undefined refuses */
  handshake?(query: Readonly<Record<string, unknown>>): string | undefined;
}

/** Meta sends at most this, and no other provider sends more. */
const MOST_BYTES = 3_000_000;

/** @returns a handler to be exported as one function */
export function webhookApp<P extends PlatformPorts>(
  webhooks: readonly Webhook<P>[],
  makePorts: PortsFactory<P>,
): WhenAsked {
  return whenAsked((express) => {
    const app = express();
    app.disable('x-powered-by');
    for (const webhook of webhooks) {
      const path = `/${webhook.path}`;
      app.post(path, taking(webhook, makePorts));
      if (webhook.handshake !== undefined) app.get(path, greeting(webhook));
    }
    app.use((_req, res) => {
      res.status(404).json({ error: 'not-found' });
    });
    return app;
  });
}

function greeting<P>(webhook: Webhook<P>): RequestHandler {
  return (req, res) => {
    const text = webhook.handshake?.(req.query);
    res.type('text/plain');
    if (text === undefined) res.status(403).send('Forbidden');
    else res.status(200).send(text);
  };
}

function taking<P extends PlatformPorts>(webhook: Webhook<P>, makePorts: PortsFactory<P>): RequestHandler {
  return async (req, res) => {
    const status = await answerTo(webhook, makePorts, req);
    res.status(status).json({ received: status === 200 });
  };
}

/** @returns 200, or 413 too large, 401 not signed, 400 no JSON, 500 to come again */
async function answerTo<P extends PlatformPorts>(
  webhook: Webhook<P>,
  makePorts: PortsFactory<P>,
  req: Request,
): Promise<number> {
  const raw = rawBodyOf(req);
  if (raw.length > MOST_BYTES) return 413;
  if (!webhook.isGenuine(raw, (name) => req.header(name))) return 401;
  const event = parsed(raw);
  if (event === undefined) return 400;
  return invoke(`webhooks/${webhook.name}`, makePorts, async (ports) => {
    try {
      await webhook.take(ports, event);
      return 200;
    } catch (fault) {
      ports.log.write('ERROR', 'a webhook was not processed, it will come again', {
        event: webhook.name,
        fault: describeFault(fault),
      });
      return 500;
    }
  });
}

/** Cloud Functions keep the bytes as they came. */
function rawBodyOf(req: Request): Buffer {
  return 'rawBody' in req && Buffer.isBuffer(req.rawBody) ? req.rawBody : Buffer.alloc(0);
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
