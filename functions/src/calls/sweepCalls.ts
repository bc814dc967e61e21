/** What no task and no client did: overdue deadlines, and calls whose party has vanished. Runs every 60 s. */
import { addSec, earliest, latest } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import { StoreError } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import { beatsOfCall, callBeats, calls, overdueCalls, staleBeats } from './documents.ts';
import type { Call, CallBeat, Party } from './documents.ts';
import type { CallEvent } from './domain/transitions.ts';
import { finishCall, type FinishState } from './finishCall.ts';
import { identityOf } from './participant.ts';
import { reachDeadline } from './reachDeadline.ts';

const SWEEP_BATCH = 200;

/**
 * Nothing that is wrong with one call, or with one of the two sweeps, keeps the others from being swept.
 * @returns how many calls were looked at
 */
export async function sweepCalls(ports: AppPorts): Promise<number> {
  // Vanished parties first: their evidence may end a call earlier than its deadline.
  const lost = await sweepLost(ports);
  return lost.count + (await sweepOverdue(ports, lost.failed));
}

/** What one half of the sweep has looked at. */
interface Swept {
  readonly count: number;
  /** Calls that it could not see to this time. */
  readonly failed: ReadonlySet<string>;
}

/** @param waiting calls whose vanished party comes first, in the next sweep: nobody pays for the time until then */
async function sweepOverdue(ports: AppPorts, waiting: ReadonlySet<string>): Promise<number> {
  const due = await ports.store.query({
    query: overdueCalls,
    parentIds: [],
    values: [ports.clock.now()],
    limit: SWEEP_BATCH,
    onUnreadable: unreadable(ports),
  });
  await each(
    ports,
    due.filter(({ id }) => !waiting.has(id)).map(({ id, data }) => ({ callId: id, callerId: data.callerId })),
    async (deadline) => void (await reachDeadline(ports, deadline)),
  );
  return due.length;
}

async function sweepLost(ports: AppPorts): Promise<Swept> {
  const { limits } = await ports.settings();
  const { clock, store } = ports;
  const stale = await store.query({
    query: staleBeats,
    parentIds: [],
    values: [clock.toServerTime(addSec(clock.now(), -limits.callBeatLostSec))],
    limit: SWEEP_BATCH,
    onUnreadable: unreadable(ports),
  });
  const callIds = [...new Set(stale.map(({ data }) => data.callId))];
  const failed = await each(
    ports,
    callIds.map((callId) => ({ callId })),
    async ({ callId }) => {
      await endLost(ports, callId, limits.callBeatLostSec);
    },
  );
  return { count: callIds.length, failed };
}

async function endLost(ports: AppPorts, callId: string, lostSec: number): Promise<void> {
  const [call] = await ports.store.getAll(calls.doc(callId));
  if (call === undefined || call.state === 'ended') {
    await dropBeats(ports, callId, call);
    return;
  }
  const decide = (state: FinishState, now: Date) => lostEvent(ports, state, now, lostSec);
  if (call.state === 'ongoing')
    await finishCall(ports, identityOf(callId, call), { withBeats: true, decide });
}

/** Beats of a call that is over or gone would be found again each minute, before those that matter. */
async function dropBeats(ports: AppPorts, callId: string, call: Call | undefined): Promise<void> {
  const stale = await ports.store.query({
    query: beatsOfCall,
    parentIds: [callId],
    values: [],
    limit: SWEEP_BATCH,
    onUnreadable: unreadable(ports),
  });
  await ports.store.commit((writer) => {
    for (const { id } of stale) writer.delete(callBeats.doc(callId, id));
  });
  const state = call?.state ?? 'gone';
  ports.log.write('WARNING', 'beats of a call that is over were removed', {
    callId,
    state,
    count: stale.length,
  });
}

function unreadable({ log }: AppPorts): (fault: unknown) => void {
  return (fault) => {
    log.write('ERROR', 'a document cannot be read and is not swept', { fault: describeFault(fault) });
  };
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
  if (addSec(earliest(caller, callee), lostSec) >= now) return undefined;
  const both = addSec(latest(caller, callee), lostSec) < now;
  // Whoever had left the media before was not there any more, whatever their beats say.
  const left = [call.mediaTracks.caller.leftAt, call.mediaTracks.callee.leftAt].filter((at) => at !== null);
  const at = earliest(caller, callee, ...left);
  return { type: 'lost', by: caller <= callee ? 'caller' : 'callee', at, both };
}

/**
 * One broken call must not keep the others from being swept.
 * @returns those that failed and may go well the next time; what cannot be read will never
 */
async function each<T extends { readonly callId: string }>(
  { log }: AppPorts,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const outcomes = await Promise.allSettled(items.map(async (item) => work(item)));
  const failed = new Set<string>();
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    const callId = items[index]?.callId ?? '';
    const fault: unknown = outcome.reason;
    if (!(fault instanceof StoreError) || fault.code !== 'INVALID_DOCUMENT') failed.add(callId);
    log.write('ERROR', 'sweep of a call failed', { callId, fault: describeFault(fault) });
  }
  return failed;
}
