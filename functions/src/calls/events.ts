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

/** A deadline task was delivered: on time, late, twice, or for a slice that is long over. */
export async function runDeadline(ports: AppPorts, payload: z.infer<typeof deadlinePayload>): Promise<void> {
  await reachDeadline(ports, { ...payload, fromTask: true });
}

/** Every 60 s: what was posted and not delivered, then the calls. */
export async function sweep(ports: AppPorts): Promise<void> {
  await sweepOutbox(ports, ports.deliver);
  await sweepCalls(ports);
}
