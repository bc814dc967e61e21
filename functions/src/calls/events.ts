/** What calls the calls: the deadline task and the sweep. */
import { z } from 'zod';
import { sweepOutbox } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { reachDeadline } from './reachDeadline.ts';
import { sweepCalls } from './sweepCalls.ts';

export const deadlinePayload = z.looseObject({
  callId: z.string(),
  callerId: z.string(),
  slice: z.number().int(),
});

/**
 * A deadline task was delivered: on time, late, twice, or for a slice that is long over.
 * @throws when it came before its time (the clocks of two machines differ a little), so that the queue tries again
 */
export async function runDeadline(ports: AppPorts, payload: z.infer<typeof deadlinePayload>): Promise<void> {
  const call = await reachDeadline(ports, { ...payload, fromTask: true });
  const early =
    call?.slice === payload.slice && call.deadlineAt !== null && ports.clock.now() < call.deadlineAt;
  if (early) throw new Error('the deadline task came before its time');
}

/**
 * Every 60 s: what was posted and not delivered, and the calls. One does not stop the other.
 * @returns how many entries of the outbox were taken up, and how many calls were looked at
 * @throws AggregateError of all that failed
 */
export async function sweep(ports: AppPorts): Promise<{ readonly effects: number; readonly calls: number }> {
  const outcomes = await Promise.allSettled([sweepOutbox(ports, ports.deliver), sweepCalls(ports)]);
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (faults.length > 0) throw new AggregateError(faults, 'a sweep failed');
  const [effects = 0, calls = 0] = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : 0,
  );
  return { effects, calls };
}
