/** What follows from a busy mark: its end has to show on the card, though nobody writes anything then. */
import { z } from 'zod';
import { addSec } from '../platform/clock.ts';
import { outbox, OUTBOX_LEASE_SEC, post, type Post, type Posted } from '../platform/outbox.ts';
import type { Writer } from '../platform/store/port.ts';

/** What the task of a busy mark carries. What is done follows from the stored state alone. */
export const presencePayload = z.looseObject({
  kind: z.literal('presence'),
  uid: z.string(),
  /** ISO-8601; tells a task that came before its time from one of an older mark. */
  busyUntil: z.iso.datetime(),
});
export type PresencePayload = Readonly<Pick<z.infer<typeof presencePayload>, 'kind' | 'uid' | 'busyUntil'>>;

export type PresenceEffect =
  | {
      readonly kind: 'task.create';
      readonly id: string;
      readonly payload: PresencePayload;
      readonly at: Date;
    }
  /** The card is made to show what the stored presence says by then. */
  | { readonly kind: 'presence.refresh'; readonly uid: string };

const markId = (uid: string, busyUntil: Date): string => `${uid}-${busyUntil.getTime()}`;

/**
 * Arranges that the end of a busy mark is noticed, by a task and, if that is lost, by the sweep.
 * @returns what `commitAndDeliver` delivers after the commit
 */
export function postBusyEnd(
  writer: Writer,
  postInto: Post,
  { uid, busyUntil, now }: { readonly uid: string; readonly busyUntil: Date; readonly now: Date },
): Posted | undefined {
  const id = markId(uid, busyUntil);
  // Left in the outbox until the task, or the next mark, takes it away.
  postRefresh(writer, `busy-${id}`, { uid, at: addSec(busyUntil, OUTBOX_LEASE_SEC), now });
  const payload = { kind: 'presence', uid, busyUntil: busyUntil.toISOString() } as const;
  const task: PresenceEffect = { kind: 'task.create', id: `busy-${id}`, payload, at: busyUntil };
  return postInto(`busyTask-${id}`, [task], now);
}

/** The mark is over or was changed: its second trigger is not needed any more. Its task finds nothing to do. */
export function dropBusyEnd(writer: Writer, uid: string, busyUntil: Date): void {
  writer.delete(outbox.doc(`busy-${markId(uid, busyUntil)}`));
}

/**
 * Whoever is away is so only until a moment, which a sweep after it must show: nothing else looks at their card any more.
 * Called by everything that shows somebody as away, also by the refresh itself, as a device may have been seen since.
 * @param until nothing is posted without it
 */
export function postAwayEnd(
  writer: Writer,
  { uid, until, now }: { readonly uid: string; readonly until: Date | undefined; readonly now: Date },
): void {
  if (until !== undefined) postRefresh(writer, `away-${markId(uid, until)}`, { uid, at: until, now });
}

function postRefresh(
  writer: Writer,
  key: string,
  { uid, at, now }: { readonly uid: string; readonly at: Date; readonly now: Date },
): void {
  const effect: PresenceEffect = { kind: 'presence.refresh', uid };
  post(writer, key, [effect], { now, notBefore: at });
}
