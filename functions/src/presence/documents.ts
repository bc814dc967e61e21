/** presence/{uid}: the lease of a person's presence. `at` is server time, written by beats; the rest by functions. */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

export const presenceSchema = z.looseObject({
  /** The last beat, in server time. The lease runs `presenceLeaseSec` from here. */
  at: z.date(),
  /** Owned by the server: false until the first beat through the callable, and after the sweep found a lapsed lease. */
  online: z.boolean(),
  /** A listener who is online but takes no calls shows as offline. */
  willing: z.boolean().default(false),
  /** A manual busy mark, apart from being in a call. */
  busyUntil: z.date().nullable().default(null),
  /** Whether this person is an approved listener, whose card follows the presence. */
  hasCard: z.boolean().default(false),
  /** Offline because the beats stopped. Whoever went offline by their own wish has not lapsed. */
  lapsed: z.boolean().optional(),
  /** Calls in a row that rang until their time was up. Begins anew when the person takes one, or comes online. */
  missedRings: z.number().int().optional(),
});
export type Presence = z.infer<typeof presenceSchema>;
export const presences = defineCollection('presence/{}', presenceSchema);

/** Leases that have run out, and that nobody has noted yet. */
export const lapsedPresences = defineQuery({
  name: 'lapsedPresences',
  collection: presences,
  scope: 'collection',
  filters: [
    { field: 'online', op: '==' },
    { field: 'at', op: '<' },
  ],
  orderBy: [{ field: 'at', direction: 'asc' }],
});
