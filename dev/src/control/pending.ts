/** Work that lies in the database and waits for a schedule: what decides which boundaries are worth running. */
import { limitsSchema } from '../../../functions/src/settings.ts';
import { Timestamp, type DocumentSnapshot, type Firestore, type Query } from 'firebase-admin/firestore';

/** When the oldest entry of the outbox comes due, in virtual time; undefined when the outbox is empty. */
export async function outboxDueMs(db: Firestore): Promise<number | undefined> {
  return firstMs(db.collection('outbox'), 'notBefore');
}

/** When the first deadline of an open call passes, in virtual time. */
export async function callDeadlineMs(db: Firestore): Promise<number | undefined> {
  return firstMs(db.collection('calls'), 'deadlineAt');
}

/**
 * How long the oldest lease of a presence still runs; negative when it has lapsed and nobody has noted it yet.
 * @param uids only these people; everybody if left out
 * @param realMs the machine's time, which leases are in
 * @returns undefined when nobody is online
 */
export async function presenceLeftMs(
  db: Firestore,
  realMs: number,
  uids?: readonly string[],
): Promise<number | undefined> {
  const oldestMs = await (uids === undefined ? oldestLease(db) : oldestLeaseOf(db, uids));
  if (oldestMs === undefined) return undefined;
  const limits = limitsSchema.safeParse((await db.doc('config/limits').get()).data() ?? {});
  const { presenceLeaseSec } = limits.data ?? limitsSchema.parse({});
  return oldestMs + presenceLeaseSec * 1000 - realMs;
}

async function oldestLease(db: Firestore): Promise<number | undefined> {
  return firstMs(db.collection('presence').where('online', '==', true), 'at');
}

async function oldestLeaseOf(db: Firestore, uids: readonly string[]): Promise<number | undefined> {
  if (uids.length === 0) return undefined;
  const found = await db.getAll(...uids.map((uid) => db.doc(`presence/${uid}`)));
  const leases = found.filter((presence) => presence.get('online') === true);
  const times = leases.map((presence) => instantOf(presence, 'at') ?? Infinity);
  return times.length === 0 ? undefined : Math.min(...times);
}

async function firstMs(query: Query, field: string): Promise<number | undefined> {
  // The inequality leaves out documents that hold null there.
  const found = await query.where(field, '>', Timestamp.fromMillis(0)).orderBy(field).limit(1).get();
  return found.docs.map((document) => instantOf(document, field))[0];
}

function instantOf(document: DocumentSnapshot, field: string): number | undefined {
  const at: unknown = document.get(field);
  return at instanceof Timestamp ? at.toMillis() : undefined;
}
