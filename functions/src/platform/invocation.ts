/** What surrounds every run of an operation, a task or a schedule: its ports, its cost, its log line. */
import { HttpsError } from 'firebase-functions/v2/https';
import { commonErrors, type Contract } from './contract.ts';
import { Refusal, type Reason } from './errors.ts';
import { reportEnd, reportStart } from './local.ts';
import { Meter } from './meter.ts';
import {
  toErrorAnswer,
  type ErrorAnswer,
  type Operation,
  type OperationRequest,
  type PlatformPorts,
} from './operation.ts';

/** Makes the ports of one invocation, counting on its meter. */
export type PortsFactory<P> = (meter: Meter) => P;

/**
 * Runs `work` as one invocation: counted, and reported to the local stack where there is one.
 * @param name the operation's name, for the counters
 */
export async function invoke<P, T>(
  name: string,
  makePorts: PortsFactory<P>,
  work: (ports: P) => Promise<T>,
): Promise<T> {
  const meter = new Meter();
  meter.invocation();
  reportStart();
  try {
    return await work(makePorts(meter));
  } finally {
    reportEnd(name, meter.counts);
  }
}

/** The result of an operation as both surfaces need it. */
export type Answer =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: ErrorAnswer };

/** Runs one operation; never throws. One log line tells what came of it, under an id that a refused client gets too. */
export async function runOperation<P extends PlatformPorts>(
  operation: Operation<P>,
  makePorts: PortsFactory<P>,
  request: OperationRequest,
): Promise<Answer> {
  const { name } = operation.contract;
  return invoke(name, makePorts, async (ports) => {
    const startedMs = performance.now();
    const context = { operation: name, correlationId: ports.ids.random128() };
    const answer = await answerOf(operation, ports, request, context);
    ports.log.write('INFO', 'operation', {
      ...context,
      ...(request.token !== undefined && { uid: request.token.uid }),
      durationMs: Math.round(performance.now() - startedMs),
      ...(!answer.ok && { reason: answer.error.reason }),
    });
    return answer;
  });
}

async function answerOf<P extends PlatformPorts>(
  operation: Operation<P>,
  ports: P,
  request: OperationRequest,
  context: { readonly operation: string; readonly correlationId: string },
): Promise<Answer> {
  try {
    return { ok: true, output: await operation.run(ports, request) };
  } catch (thrown) {
    if (thrown instanceof Refusal && !isDeclared(operation.contract, thrown.reason)) {
      ports.log.write('ERROR', 'a refusal that the contract does not name', {
        ...context,
        reason: thrown.reason,
      });
    }
    return { ok: false, error: toErrorAnswer(thrown, ports.log, context) };
  }
}

/** Whether clients were told that this refusal can come. */
function isDeclared({ access, errors }: Contract, reason: Reason): boolean {
  return errors.includes(reason) || commonErrors(access).includes(reason);
}

/** The error as the callable protocol carries it. */
export function toHttpsError(error: ErrorAnswer): HttpsError {
  return new HttpsError(error.code, error.message, error.details);
}
