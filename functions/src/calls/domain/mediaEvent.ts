/**
 * What the media provider says of a party, applied to a call. It comes late, twice and out of order, and no client can
 * forge or withhold it: a join counts like `calls/joined`, and a leave starts the wait for a return.
 */
import { addSec, earliest } from '../../platform/clock.ts';
import type { Call, Evidence, MediaTrack, Party } from '../documents.ts';
import { dueOf, lookAt } from './absence.ts';
import { applyEvent, plausible } from './lifecycle.ts';

/** One event of one party. */
export interface MediaEvent {
  readonly by: Party;
  readonly event: 'join' | 'leave';
  /** The provider's time. */
  readonly at: Date;
  /** Grows with every event of a party; what is not newer than the newest is late or a repetition. */
  readonly seq: number;
  /** Of a leave, in a word. */
  readonly reason?: string;
  /** A leave that the provider's own reconnection follows: nobody is awaited. */
  readonly passing?: boolean;
  /** Of a leave: how long the party was in the channel, in seconds. */
  readonly staySec?: number;
}

export type MediaOutcome =
  | { readonly kind: 'moved'; readonly call: Call }
  /** A repetition, or overtaken by a newer one: nothing to write. */
  | { readonly kind: 'old' }
  /** The call has to end first, as its time had come before this event. */
  | { readonly kind: 'overdue' };

/** Most items of evidence that media events may take: as many first ones as last ones are kept of a flood. */
const MOST_EVIDENCE = 20;

/**
 * Applies an event to a call that was accepted and has not ended.
 * @param now of our clock; the provider's times are brought between the accept and now
 */
export function applyMediaEvent(call: Call, event: MediaEvent, now: Date): MediaOutcome {
  const track = call.mediaTracks[event.by];
  if (event.seq <= track.seq || call.state === 'ringing' || call.state === 'ended') return { kind: 'old' };
  const at = plausible(call, event.at, now);
  if (isOverdue(call, track, { event, at, now })) return { kind: 'overdue' };
  return {
    kind: 'moved',
    call: event.event === 'join' ? joined(call, event, at, now) : left(call, event, at, now),
  };
}

/** A join after the time to connect, or after the wait for a return, meets the end that was due. */
function isOverdue(
  call: Call,
  { leftAt }: MediaTrack,
  { event, at, now }: { readonly event: MediaEvent; readonly at: Date; readonly now: Date },
): boolean {
  if (call.state === 'connecting') return call.deadlineAt !== null && now >= call.deadlineAt;
  return event.event === 'join' && leftAt !== null && at > addSec(leftAt, call.terms.rejoinSec);
}

function joined(call: Call, { by, seq }: MediaEvent, at: Date, now: Date): Call {
  const track = call.mediaTracks[by];
  const seen = tracked(call, by, { seq, events: track.events + 1, leftAt: null });
  if (seen.joined[by] === null) return counted(seen, by, at, now);
  const known = { at, party: by, source: 'media' } as const;
  const again = withEvidence(seen, { ...known, event: track.events === 0 ? 'joined' : 'rejoined' });
  return looked(earlier(again, by, at));
}

/** The earlier of the two reports of a join counts, until the paid time has begun: it does not move any more. */
function earlier(call: Call, by: Party, at: Date): Call {
  const told = call.joined[by];
  if (call.state !== 'connecting' || told === null) return call;
  return { ...call, joined: { ...call.joined, [by]: earliest(told, at) } };
}

function left(call: Call, event: MediaEvent, at: Date, now: Date): Call {
  const { by, seq, staySec = 0 } = event;
  // Who leaves was there, also when the news of their coming was lost or is still on its way.
  const here = call.joined[by] === null ? counted(call, by, addSec(at, -staySec), now) : call;
  const track = here.mediaTracks[by];
  const leftAt = event.passing === true ? track.leftAt : (track.leftAt ?? at);
  const seen = tracked(here, by, { seq, events: track.events + 1, leftAt });
  const { reason } = event;
  return looked(
    withEvidence(seen, {
      at,
      party: by,
      source: 'media',
      event: 'left',
      ...(reason !== undefined && { reason }),
    }),
  );
}

/** The first sign that a party is in the channel; with the second party's the paid time begins. */
function counted(call: Call, by: Party, at: Date, now: Date): Call {
  const outcome = applyEvent(call, { type: 'joined', by, at, source: 'media' }, now);
  return outcome.kind === 'moved' ? outcome.call : call;
}

function tracked(call: Call, by: Party, track: MediaTrack): Call {
  return { ...call, mediaTracks: { ...call.mediaTracks, [by]: track } };
}

/** Only an ongoing call awaits anyone: before, the time to connect runs. */
function looked(call: Call): Call {
  const due = dueOf(call);
  return call.state === 'ongoing' && due !== null ? { ...call, ...lookAt(call, due) } : call;
}

function withEvidence(call: Call, item: Evidence): Call {
  return { ...call, evidence: bounded([...call.evidence, item]) };
}

/** @returns the evidence with the first and the last of what the media provider said, when it said too much */
export function bounded(evidence: readonly Evidence[]): Evidence[] {
  const media = evidence.filter(({ source }) => source === 'media');
  const surplus = media[MOST_EVIDENCE / 2];
  if (media.length <= MOST_EVIDENCE || surplus === undefined) return [...evidence];
  return evidence.filter((item) => item !== surplus);
}
