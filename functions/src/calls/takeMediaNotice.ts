/** The media provider tells who came and who left: evidence that no client can forge or withhold. */
import type { MediaNotice } from '../gateways/media.ts';
import { commitAndDeliver, type Posted } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import { callMedia, calls, type Call, type Party } from './documents.ts';
import { applyAfterEnd } from './domain/afterEnd.ts';
import { applyMediaEvent, type MediaEvent } from './domain/mediaEvent.ts';
import { deadlineEffects, lastTokenEnd, postRemoval } from './effects.ts';
import { joinPatch } from './joinCall.ts';
import { callIdOf, seatKeyOf } from './media.ts';
import { reachDeadline } from './reachDeadline.ts';

interface Taken {
  /** `nobody`: no party of a call of ours; `overdue`: the call has to end first. */
  readonly kind: 'taken' | 'old' | 'nobody' | 'ended' | 'overdue';
  readonly call?: Call;
  readonly by?: Party;
  readonly posted?: Posted | undefined;
}

/**
 * Takes one notification. What is old, doubled or about no call of ours changes nothing.
 * @throws when it has to come again
 */
export async function takeMediaNotice(ports: AppPorts, notice: MediaNotice): Promise<void> {
  const callId = callIdOf(notice.channel);
  if (callId === undefined) return;
  let taken = await takeDuring(ports, callId, notice);
  if (taken.kind === 'overdue' && taken.call !== undefined) {
    // A late timer lets no late event through: the end that was due comes first.
    await reachDeadline(ports, { callId, callerId: taken.call.callerId });
    taken = await takeDuring(ports, callId, notice);
  }
  const { kind, call, by } = taken;
  if (kind === 'nobody') ports.log.write('WARNING', 'a media event fits no party of its call', { callId });
  if (kind === 'ended' && call !== undefined && by !== undefined)
    await takeAfterEnd(ports, { callId, call, event: { ...notice, by } });
}

async function takeDuring(ports: AppPorts, callId: string, notice: MediaNotice): Promise<Taken> {
  return await commitAndDeliver(ports, async (tx, post): Promise<Taken> => {
    const [call] = await tx.getAll(calls.doc(callId));
    const by = call && partyAt(call, notice);
    if (call === undefined || by === undefined) return { kind: 'nobody' };
    if (call.state === 'ended') return { kind: 'ended', call, by };
    const now = ports.clock.now();
    const outcome = applyMediaEvent(call, { ...notice, by }, now);
    if (outcome.kind !== 'moved') return { kind: outcome.kind, call };
    const after = outcome.call;
    tx.update(calls.doc(callId), { ...joinPatch(after), mediaTracks: after.mediaTracks });
    if (notice.unstable === true) postRemoval(tx, { callId, by, seq: notice.seq }, now);
    // Only a join that begins the paid time has effects: it arms the first slice.
    const effects = deadlineEffects(callId, { before: call, after });
    return { kind: 'taken', posted: post(`call-${callId}-${after.slice}`, effects, now) };
  });
}

/** Whose seat it is: the whole name of the channel and the uid must be those that were given out. */
function partyAt({ seatKeys }: Call, { channel, uid }: MediaNotice): Party | undefined {
  const key = seatKeyOf({ channel, mediaUid: uid });
  if (key === seatKeys?.caller) return 'caller';
  return key === seatKeys?.callee ? 'callee' : undefined;
}

interface Late {
  readonly callId: string;
  readonly call: Call;
  readonly event: MediaEvent;
}

/** The ended call never changes, so it needs no second reading: what comes after it lies beside it. */
async function takeAfterEnd(ports: AppPorts, { callId, call, event }: Late): Promise<void> {
  await commitAndDeliver(ports, async (tx, post) => {
    const [media] = await tx.getAll(callMedia.doc(callId));
    const now = ports.clock.now();
    const outcome = media && applyAfterEnd(call, media, event, now);
    if (outcome === undefined) return {};
    const { afterEnd, mediaAfterEnd, closeAgain } = outcome;
    tx.update(callMedia.doc(callId), { afterEnd, ...(mediaAfterEnd && { mediaAfterEnd }) });
    if (!closeAgain) return {};
    ports.log.write('WARNING', 'somebody is in the channel of an ended call, it is closed again', { callId });
    const close = { kind: 'media.close', callId, lockUntil: lastTokenEnd(call, now) } as const;
    return { posted: post(`media-${callId}-${event.by}-${event.seq}`, [close], now) };
  });
}
