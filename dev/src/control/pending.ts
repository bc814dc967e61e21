/** Work that lies in the database and waits for a schedule: what decides which boundaries are worth running. */
import { Timestamp, type DocumentSnapshot, type Firestore, type Query } from 'firebase-admin/firestore';

/** When the oldest entry of the outbox comes due, in virtual time; undefined when the outbox is empty. */
export async function outboxDueMs(db: Firestore): Promise<number | undefined> {
  return firstMs(db.collection('outbox'), 'notBefore');
}

/** When the first deadline of an open call passes, in virtual time. */
export async function callDeadlineMs(db: Firestore): Promise<number | undefined> {
  return firstMs(db.collection('calls'), 'deadlineAt');
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
