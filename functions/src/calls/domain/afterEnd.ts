/** What the media provider says of a call that has ended: who leaves in time, and who stays. */
import { addSec, earliest, latest } from '../../platform/clock.ts';
import type { Call, CallMedia, Evidence } from '../documents.ts';
import { bounded, type MediaEvent } from './mediaEvent.ts';

/** Apps have this long to leave the channel of a call that has ended. */
const LEAVE_SEC = 15;
/** A flood of events closes the channel no more often than this: the provider takes ten rules a second in all. */
const CLOSE_EVERY_SEC = 10;

/** What changes in the private document of the call's media. */
export interface AfterEnd {
  readonly afterEnd: NonNullable<CallMedia['afterEnd']>;
  readonly mediaAfterEnd?: NonNullable<CallMedia['mediaAfterEnd']>;
  /** Somebody stayed: the channel is closed again. */
  readonly closeAgain: boolean;
}

/**
 * Applies an event to an ended call.
 * @returns undefined for a repetition, or one overtaken by a newer event
 */
export function applyAfterEnd(
  call: Call,
  media: CallMedia,
  event: MediaEvent,
  now: Date,
): AfterEnd | undefined {
  const { mediaTracks } = call;
  const seqs = media.afterEnd?.seqs ?? { caller: mediaTracks.caller.seq, callee: mediaTracks.callee.seq };
  if (event.seq <= seqs[event.by]) return undefined;
  const at = earliest(event.at, now);
  const item: Evidence = {
    at,
    party: event.by,
    source: 'media',
    event: event.event === 'join' ? 'joined' : 'left',
    ...(event.reason !== undefined && { reason: event.reason }),
  };
  const evidence = bounded([...(media.afterEnd?.evidence ?? []), item]);
  const afterEnd = { seqs: { ...seqs, [event.by]: event.seq }, evidence };
  const stayed = call.endedAt !== null && at > addSec(call.endedAt, LEAVE_SEC);
  return stayed ? { afterEnd, ...lingering(media, at, now) } : { afterEnd, closeAgain: false };
}

function lingering({ mediaAfterEnd: seen }: CallMedia, at: Date, now: Date) {
  const closeAgain = seen === undefined || now >= addSec(seen.closedAgainAt, CLOSE_EVERY_SEC);
  const mediaAfterEnd = {
    count: (seen?.count ?? 0) + 1,
    firstAt: earliest(seen?.firstAt ?? at, at),
    lastAt: latest(seen?.lastAt ?? at, at),
    closedAgainAt: closeAgain ? now : seen.closedAgainAt,
  };
  return { mediaAfterEnd, closeAgain };
}
