/** What the scheduled sweep and the task queue do: each capability's part of it, put together. */
import { deadlinePayload, runDeadline, sweep } from './calls/events.ts';
import type { AppPorts } from './ports.ts';
import { presencePayload } from './presence/effects.ts';
import { runPresenceTask } from './presence/refreshPresence.ts';
import { sweepPresence } from './presence/sweepPresence.ts';

/**
 * A task was delivered.
 * @param payload a busy mark's, which says so, or else a call's
 * @throws when it has to come again
 */
export async function runTask(ports: AppPorts, payload: unknown): Promise<void> {
  const mark = presencePayload.safeParse(payload);
  if (mark.success) await runPresenceTask(ports, mark.data);
  else await runDeadline(ports, deadlinePayload.parse(payload));
}

/** Every 60 s. Calls come first, as their ends change presences; no part keeps another from running. */
export async function sweepAll(ports: AppPorts): Promise<void> {
  const faults: unknown[] = [];
  for (const part of [sweep, sweepPresence]) {
    try {
      await part(ports);
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'a sweep failed');
}
