/**
 * The state machine of a call as one table. Every open state lists the events it takes, each with the party that may
 * cause it, and what they lead to; what is not listed is refused. Timers and evidence come in as events like any other.
 *
 *   ringing ──accept──▶ connecting ──both joined──▶ ongoing
 *      └────────────────────┴──────────────────────────┴──▶ ended (with one of eleven reasons)
 */
import type { EndReason, OpenState, Party } from '../documents.ts';

/** What can happen to a call. `by` is the party for events that a party causes. */
export type CallEvent =
  | { readonly type: 'accept'; readonly by: Party }
  | { readonly type: 'reject'; readonly by: Party }
  | { readonly type: 'cancel'; readonly by: Party }
  | { readonly type: 'end'; readonly by: Party }
  | { readonly type: 'emergencyEnd'; readonly by: Party }
  /** `source` tells who says so: the party's app, or the media provider. */
  | { readonly type: 'joined'; readonly by: Party; readonly at: Date; readonly source?: 'client' | 'media' }
  /** No token could be made for the accept. */
  | { readonly type: 'tokenFailed' }
  | { readonly type: 'adminEnd' }
  /** The ring or connect time has run out. */
  | { readonly type: 'timeout' }
  /** The grant has run out and nothing more can be granted. */
  | { readonly type: 'cut'; readonly reason: 'coins_exhausted' | 'max_duration' | 'connection_lost' }
  /**
   * A party has vanished, or `both`; `by` went first, and `at` is the last moment both were provably there. Whoever has
   * only left the media may still be there otherwise.
   */
  | {
      readonly type: 'lost';
      readonly by: Party;
      readonly at: Date;
      readonly both?: boolean;
      readonly from?: 'media';
    };

export type EventType = CallEvent['type'];

/** Row key: the event, with its party where it matters. */
export type EventKey =
  | `${'accept' | 'reject' | 'cancel' | 'end' | 'emergencyEnd' | 'joined' | 'lost'}:${Party}`
  | 'tokenFailed'
  | 'adminEnd'
  | 'timeout'
  | 'cut';

export type Target =
  | { readonly to: 'connecting' }
  /** Stays in connecting until the second party has joined. */
  | { readonly to: 'joined' }
  | { readonly to: 'ended'; readonly reason: EndReason | 'asCut' };

const ended = (reason: EndReason | 'asCut'): Target => ({ to: 'ended', reason });

/** Events every open state takes alike. */
const ANY_OPEN = {
  'emergencyEnd:caller': ended('emergency'),
  'emergencyEnd:callee': ended('emergency'),
  adminEnd: ended('admin_ended'),
} satisfies Partial<Record<EventKey, Target>>;

export const TRANSITIONS: Readonly<Record<OpenState, Readonly<Partial<Record<EventKey, Target>>>>> = {
  ringing: {
    ...ANY_OPEN,
    'accept:callee': { to: 'connecting' },
    'reject:callee': ended('rejected'),
    'end:callee': ended('rejected'),
    'cancel:caller': ended('cancelled'),
    'end:caller': ended('cancelled'),
    timeout: ended('no_answer'),
    tokenFailed: ended('failed'),
  },
  connecting: {
    ...ANY_OPEN,
    'joined:caller': { to: 'joined' },
    'joined:callee': { to: 'joined' },
    'cancel:caller': ended('cancelled'),
    'end:caller': ended('cancelled'),
    'end:callee': ended('cancelled'),
    timeout: ended('connect_timeout'),
  },
  ongoing: {
    ...ANY_OPEN,
    'end:caller': ended('completed'),
    'end:callee': ended('completed'),
    cut: ended('asCut'),
    'lost:caller': ended('connection_lost'),
    'lost:callee': ended('connection_lost'),
  },
};

/** All row keys, for the test that walks every state × event. */
export const EVENT_KEYS: readonly EventKey[] = [
  'accept:caller',
  'accept:callee',
  'reject:caller',
  'reject:callee',
  'cancel:caller',
  'cancel:callee',
  'end:caller',
  'end:callee',
  'emergencyEnd:caller',
  'emergencyEnd:callee',
  'joined:caller',
  'joined:callee',
  'lost:caller',
  'lost:callee',
  'tokenFailed',
  'adminEnd',
  'timeout',
  'cut',
];

/** @returns the row key of an event */
export function eventKey(event: CallEvent): EventKey {
  return 'by' in event ? `${event.type}:${event.by}` : event.type;
}
