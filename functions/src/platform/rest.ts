/** The same operations as REST routes: plain JSON, bearer tokens, errors with the matching status. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { clientAddress } from './address.ts';
import type { VerifiedToken } from './actor.ts';
import { HTTP_STATUS, REFUSALS } from './errors.ts';
import { runOperation, type PortsFactory } from './invocation.ts';
import { consoleLog, describeFault } from './log.ts';
import type { Operation, PlatformPorts } from './operation.ts';
import { whenAsked, type WhenAsked } from './whenAsked.ts';

/** Verifies a bearer token; undefined when it is not valid. */
export type VerifyToken = (idToken: string) => Promise<VerifiedToken | undefined>;

/**
 * @param operations every operation of the project; each declares its route
 * @param pages what else is served under this address
 * @returns a handler to be exported as one function
 */
export function restApp<P extends PlatformPorts>(
  operations: readonly Operation<P>[],
  {
    makePorts,
    verifyToken,
    pages,
  }: {
    readonly makePorts: PortsFactory<P>;
    readonly verifyToken: VerifyToken;
    readonly pages?: RequestHandler;
  },
): WhenAsked {
  return whenAsked((express) => {
    const app = express();
    app.disable('x-powered-by');
    if (pages !== undefined) app.use(pages);
    // Fixed paths before those with parameters, so that /v1/calls/rates is not taken for a call id.
    for (const operation of operations.toSorted((a, b) => holes(a) - holes(b))) {
      const { method, path } = operation.contract.rest;
      const handler = routeHandler(operation, makePorts, verifyToken);
      const route = path.replaceAll(/\{(\w+)\}/gu, ':$1');
      if (method === 'GET') app.get(route, handler);
      else app.post(route, handler);
    }
    app.use((_req, res) =>
      sendError(res, 404, { code: 'not-found', reason: 'NOT_FOUND', message: 'No such route.' }),
    );
    app.use(answerStray);
    return app;
  });
}

/** What reached no operation: a path with a broken escape is refused, anything else is a fault of ours. */
const answerStray: ErrorRequestHandler = (fault: unknown, _req, res, _next) => {
  if (isUnreadable(fault)) {
    const { code, message } = REFUSALS.INVALID_INPUT;
    const issues = [{ path: '', message: 'the request cannot be read' }];
    const reason = 'INVALID_INPUT';
    sendError(res, HTTP_STATUS[code], { code, reason, message, details: { reason, issues } });
    return;
  }
  consoleLog.write('ERROR', 'request failed', { fault: describeFault(fault) });
  const message = 'Something went wrong on our side.';
  sendError(res, HTTP_STATUS.internal, { code: 'internal', reason: 'INTERNAL', message });
};

/** Express marks what the client has done wrong with a status of its own. */
function isUnreadable(fault: unknown): boolean {
  return fault instanceof Error && 'status' in fault && fault.status === 400;
}

function holes<P extends PlatformPorts>(operation: Operation<P>): number {
  return operation.contract.rest.path.split('{').length;
}

function routeHandler<P extends PlatformPorts>(
  operation: Operation<P>,
  makePorts: PortsFactory<P>,
  verifyToken: VerifyToken,
): RequestHandler {
  return async (req, res) => {
    const bearer = /^Bearer (.+)$/u.exec(req.headers.authorization ?? '')?.[1];
    const token = bearer === undefined ? undefined : await verifyToken(bearer);
    if (bearer !== undefined && token === undefined) {
      sendError(res, 401, {
        code: 'unauthenticated',
        reason: 'SIGN_IN_REQUIRED',
        message: 'The token is not valid.',
      });
      return;
    }
    const answer = await runOperation(operation, makePorts, {
      token,
      input: inputOf(operation, req),
      address: clientAddress(req),
    });
    if (answer.ok) res.status(operation.contract.rest.statusOf?.(answer.output) ?? 200).json(answer.output);
    else sendError(res, answer.error.httpStatus, answer.error);
  };
}

interface RestError {
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

function sendError(res: Response, status: number, { code, reason, message, details = {} }: RestError): void {
  // `details.reason` is where a callable's client finds it, so a client of both surfaces looks in one place.
  res.status(status).json({ error: { code, reason, message, details: { reason, ...details } } });
}

/** Path parameters and the body (or the query of a GET, whose texts become what the schema says) as one input. */
function inputOf<P extends PlatformPorts>(operation: Operation<P>, req: Request): unknown {
  const body: unknown = req.body;
  if (operation.contract.rest.method === 'GET') return { ...typedQuery(operation, req.query), ...req.params };
  if (body === undefined || body === null || body === '') return { ...req.params };
  // A body that is no object goes through as it is: the schema refuses it and says so.
  if (typeof body !== 'object' || Array.isArray(body) || Buffer.isBuffer(body))
    return Buffer.isBuffer(body) ? {} : body;
  return { ...body, ...req.params };
}

function typedQuery<P extends PlatformPorts>(
  operation: Operation<P>,
  query: Request['query'],
): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(operation.contract.input, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => {
      const schema = properties[name];
      return [
        name,
        typeof text === 'string' && typeof schema === 'object' ? coerce(text, schema.type) : text,
      ];
    }),
  );
}

function coerce(text: string, type: unknown): unknown {
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/u.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  // Several values stand in one parameter, with commas between them.
  if (type === 'array') return text.split(',');
  return text;
}
