/** What no task and no client did: overdue deadlines, and calls whose party has vanished. Runs every 60 s. */
import { addSec, earliest, latest } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { AppPorts } from '../ports.ts';
import { calls, overdueCalls, staleBeats, type Call, type CallBeat, type Party } from './documents.ts';
import type { CallEvent } from './domain/transitions.ts';
import { finishCall, type FinishState } from './finishCall.ts';
import { identityOf } from './participant.ts';
import { reachDeadline } from './reachDeadline.ts';

const SWEEP_BATCH = 200;

/** @returns how many calls were looked at */
export async function sweepCalls(ports: AppPorts): Promise<number> {
  // Vanished parties first: their evidence may end a call earlier than its deadline.
  const lost = await sweepLost(ports);
  return lost + (await sweepOverdue(ports));
}

async function sweepOverdue(ports: AppPorts): Promise<number> {
  const now = ports.clock.now();
  const due = await ports.store.query({
    query: overdueCalls,
    parentIds: [],
    values: [now],
    limit: SWEEP_BATCH,
  });
  await each(ports, due, async ({ id, data }) => {
    await reachDeadline(ports, { callId: id, callerId: data.callerId });
  });
  return due.length;
}

async function sweepLost(ports: AppPorts): Promise<number> {
  const { limits } = await ports.settings();
  const { clock, store } = ports;
  const oldest = clock.toServerTime(addSec(clock.now(), -limits.callBeatLostSec));
  const stale = await store.query({ query: staleBeats, parentIds: [], values: [oldest], limit: SWEEP_BATCH });
  const callIds = [...new Set(stale.map(({ data }) => data.callId))];
  if (callIds.length === 0) return 0;
  const found = await store.getAll(...callIds.map((callId) => calls.doc(callId)));
  const open = callIds.flatMap((callId, index) => {
    const call = found[index];
    return call?.state === 'ongoing' ? [{ id: callId, data: call }] : [];
  });
  await each(ports, open, async ({ id, data }) => {
    const decide = (state: FinishState, now: Date) => lostEvent(ports, state, now, limits.callBeatLostSec);
    await finishCall(ports, identityOf(id, data), { withBeats: true, decide });
  });
  return open.length;
}

/** Decides anew on the beats inside the transaction; the party that was silent first is the one that was lost. */
function lostEvent(
  ports: AppPorts,
  { call, beats }: FinishState,
  now: Date,
  lostSec: number,
): CallEvent | undefined {
  if (call.state !== 'ongoing') return undefined;
  const seen = (beat: CallBeat | undefined, party: Party): Date => {
    const join = call.joined[party] ?? call.connectedAt ?? now;
    return beat === undefined ? join : latest(ports.clock.fromServerTime(beat.at), join);
  };
  const caller = seen(beats[0], 'caller');
  const callee = seen(beats[1], 'callee');
  const last = earliest(caller, callee);
  if (addSec(last, lostSec) >= now) return undefined;
  const both = addSec(latest(caller, callee), lostSec) < now;
  return { type: 'lost', by: caller <= callee ? 'caller' : 'callee', at: last, both };
}

/** One broken call must not keep the others from being swept. */
async function each<T extends { id: string; data: Call }>(
  { log }: AppPorts,
  found: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(found.map(async (item) => await work(item)));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    const callId = found[index]?.id ?? '';
    log.write('ERROR', 'sweep of a call failed', { callId, fault: describeFault(outcome.reason) });
  }
}
