/**
 * One deployed function a capability: its operations are real `onCall` handlers mounted by path, so that
 * `httpsCallable(functions, 'calls/start')` reaches them and `onCall` itself does auth and App Check.
 */
import {
  onCall,
  onRequest,
  type CallableRequest,
  type HttpsFunction,
  type Request,
} from 'firebase-functions/v2/https';
import type { Response } from 'express';
import { clientAddress } from './address.ts';
import type { VerifiedToken } from './actor.ts';
import { callableBodyProblem } from './callableBody.ts';
import { REFUSALS } from './errors.ts';
import { runOperation, toHttpsError, type PortsFactory } from './invocation.ts';
import type { Operation, PlatformPorts } from './operation.ts';
import { REGION } from './region.ts';

/** How a service is deployed. */
export interface ServiceOptions {
  /** Names of the secrets its operations need. */
  readonly secrets: readonly string[];
  /** Refuse clients without a valid App Check token. */
  readonly enforceAppCheck: boolean;
}

/**
 * @param name the service: the first part of each operation's name
 * @returns the function to export under that name
 */
export function service<P extends PlatformPorts>(
  name: string,
  operations: readonly Operation<P>[],
  { makePorts, options }: { readonly makePorts: PortsFactory<P>; readonly options: ServiceOptions },
): HttpsFunction {
  const mounted = new Map(
    operations.map((operation) => {
      const [serviceName, path] = operation.contract.name.split('/');
      if (serviceName !== name || path === undefined)
        throw new Error(`${operation.contract.name} is not of ${name}`);
      // App Check is set on each operation: a global option misses those that were created before it.
      const handler = onCall({ cors: true, enforceAppCheck: options.enforceAppCheck }, async (request) => {
        return await callOperation(operation, makePorts, request);
      });
      return [path, handler] as const;
    }),
  );
  // With `cors` on the outer function a preflight is answered before the operation is looked up.
  return onRequest(
    { region: REGION, cors: true, invoker: 'public', secrets: [...options.secrets] },
    async (req, res) => {
      const handler = mounted.get(operationPath(req));
      if (handler === undefined) {
        res.status(404).json({ error: { status: 'NOT_FOUND', message: `${name} has no such operation` } });
        return;
      }
      const problem = callableBodyProblem(dataOf(req.body));
      if (problem === undefined) await handler(req, res);
      else refuseBody(res, problem);
    },
  );
}

function dataOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
}

/** As the callable's own refusal of such an input looks. */
function refuseBody(res: Response, message: string): void {
  const reason = 'INVALID_INPUT';
  const details = { reason, issues: [{ path: '', message }] };
  res.status(400).json({ error: { status: 'INVALID_ARGUMENT', message: REFUSALS[reason].message, details } });
}

function operationPath(req: Request): string {
  return req.path.replace(/^\/+|\/+$/gu, '');
}

async function callOperation<P extends PlatformPorts>(
  operation: Operation<P>,
  makePorts: PortsFactory<P>,
  request: CallableRequest,
): Promise<unknown> {
  const token = request.auth === undefined ? undefined : verifiedToken(request.auth.uid, request.auth.token);
  // A callable without an argument sends null; an operation's input is always an object.
  const answer = await runOperation(operation, makePorts, {
    token,
    input: request.data ?? {},
    address: clientAddress(request.rawRequest),
  });
  if (!answer.ok) throw toHttpsError(answer.error);
  return answer.output;
}

interface TokenClaims {
  readonly auth_time?: number;
  /** When the custom token was made that this session was begun with, if we have made it. */
  readonly issuedSec?: unknown;
  readonly admin?: unknown;
  readonly phone_number?: string;
}

/**
 * What counts of a token that Firebase has verified. A custom token can be traded for a session as often as one likes
 * while it lives, so a session is as old as the token it was begun with: else one from before a logout would undo it.
 */
export function verifiedToken(uid: string, claims: TokenClaims): VerifiedToken {
  const { auth_time: authTimeSec = 0, issuedSec } = claims;
  return {
    uid,
    authTimeSec: typeof issuedSec === 'number' ? Math.min(authTimeSec, issuedSec) : authTimeSec,
    admin: claims.admin === true,
    phone: claims.phone_number ?? null,
  };
}
