/** From a contract to something that runs: input in, output out, refusals mapped, cost counted. */
import { z } from 'zod';
import { Actor, sessions, type VerifiedToken } from './actor.ts';
import type { Clock } from './clock.ts';
import type { Contract } from './contract.ts';
import { HTTP_STATUS, REFUSALS, Refusal, refuse, type RefusalCode } from './errors.ts';
import type { Ids } from './ids.ts';
import { describeFault, type Log } from './log.ts';
import type { Store } from './store/port.ts';

/** What every invocation has, whatever the capability. */
export interface PlatformPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: Pick<Ids, 'random128'>;
}

/** A contract with its use case. `actor` is undefined only for public operations. */
export interface Operation<P extends PlatformPorts> {
  readonly contract: Contract;
  run(ports: P, request: OperationRequest): Promise<unknown>;
}

export interface OperationRequest {
  readonly token: VerifiedToken | undefined;
  readonly input: unknown;
  /** The network address that the request came from, as Google's front end tells it. */
  readonly address: string;
}

/** What a public operation knows of who asks: nothing that was proven, unless there is a token. */
export type Visitor = Pick<OperationRequest, 'token' | 'address'>;

type Handler<P, I, O> = (ports: P, actor: Actor, input: I) => Promise<O>;
type PublicHandler<P, I, O> = (ports: P, input: I, visitor: Visitor) => Promise<O>;

/**
 * Binds a use case to a contract that demands a token.
 * @param handler must hand `users/{uid}` to `actor.admit` before it answers
 */
export function operation<P extends PlatformPorts, I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  handler: Handler<P, z.output<I>, z.input<O>>,
): Operation<P> {
  return {
    contract,
    async run(ports, { token, input }) {
      if (token === undefined) throw refuse('SIGN_IN_REQUIRED');
      const actor = new Actor(token, contract.access, ports.clock);
      const given = withoutNulls(contract.input, input);
      const parsed = contract.input.safeParse(given);
      if (!parsed.success) {
        // Session and ban come before the input in the order of refusals, so they are read even now.
        const [record] = await ports.store.getAll(sessions.doc(actor.uid));
        actor.admit(record);
        throw invalidInput(parsed.error, given);
      }
      const output = await handler(ports, actor, parsed.data);
      if (!actor.admitted) throw new Error(`${contract.name} answered without checking the session`);
      return contract.output.parse(output);
    },
  };
}

/** Binds a use case to a public contract. */
export function publicOperation<P extends PlatformPorts, I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  handler: PublicHandler<P, z.output<I>, z.input<O>>,
): Operation<P> {
  return {
    contract,
    async run(ports, { input, ...visitor }) {
      const given = withoutNulls(contract.input, input);
      const parsed = contract.input.safeParse(given);
      if (!parsed.success) throw invalidInput(parsed.error, given);
      return contract.output.parse(await handler(ports, parsed.data, visitor));
    },
  };
}

/**
 * Firebase's SDKs send a field that is `undefined` or not set as `null`; for us it is not there, unless the field
 * itself takes `null` to mean something.
 */
function withoutNulls(schema: z.ZodType, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const fields = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  const takesNull = (name: string): boolean =>
    Object.hasOwn(fields, name) && fields[name]?.safeParse(null).success === true;
  return Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== null || takesNull(name)),
  );
}

/** What schemas say of a field that is not there, among other things. */
const OF_MISSING: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);

/** Names each field that is wrong. Zod's messages never repeat the value; unknown keys are listed by name. */
function invalidInput(error: z.ZodError, input: unknown): Refusal {
  const issues = error.issues.slice(0, 20).flatMap((issue) => {
    const path = issue.path.join('.');
    if (OF_MISSING.has(issue.code) && isMissing(input, issue.path)) return [{ path, message: 'required' }];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.slice(0, 20).map((key) => ({
      path: [path, key.slice(0, 100)].filter(Boolean).join('.'),
      message: 'unknown field',
    }));
  });
  return refuse('INVALID_INPUT', { issues });
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    input,
  );
  return path.length > 0 && found === undefined;
}

/** How a refusal or fault leaves the server, on both surfaces. */
export interface ErrorAnswer {
  readonly code: RefusalCode | 'internal';
  readonly httpStatus: number;
  readonly reason: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
}

/**
 * Maps what an operation threw. Refusals pass; anything else becomes `internal`, logged with a correlation id
 * that the client gets too.
 */
export function toErrorAnswer(
  thrown: unknown,
  log: Log,
  context: { operation: string; correlationId: string },
): ErrorAnswer {
  if (thrown instanceof Refusal) {
    const { code } = REFUSALS[thrown.reason];
    return {
      code,
      httpStatus: HTTP_STATUS[code],
      reason: thrown.reason,
      message: thrown.message,
      details: { reason: thrown.reason, ...thrown.details },
    };
  }
  log.write('ERROR', 'operation failed', { ...context, fault: describeFault(thrown) });
  return {
    code: 'internal',
    httpStatus: HTTP_STATUS.internal,
    reason: 'INTERNAL',
    message: 'Something went wrong on our side.',
    details: { reason: 'INTERNAL', correlationId: context.correlationId },
  };
}
