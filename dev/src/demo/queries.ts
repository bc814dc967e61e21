/** The live queries of an app, exactly as the rules allow them. */
import { collection, doc, limit, orderBy, query, where, type Query } from 'firebase/firestore';
import type { Phone } from '../phone/phone.ts';

/** Rules refuse a query without a limit. */
const PAGE = 20;

/** The cards of all listeners, best first. */
export function feedOf({ db }: Phone): Query {
  return query(collection(db, 'listeners'), orderBy('rating', 'desc'), limit(PAGE));
}

/** What rings this person now. */
export function incomingCallsOf({ db, uid }: Phone): Query {
  const mine = [where('calleeId', '==', uid), where('state', '==', 'ringing')];
  return query(collection(db, 'calls'), ...mine, limit(PAGE));
}

/** The calls this person has made, newest first. */
export function historyOf({ db, uid }: Phone): Query {
  return query(
    collection(db, 'calls'),
    where('callerId', '==', uid),
    orderBy('createdAt', 'desc'),
    limit(PAGE),
  );
}

/** One call. */
export const callDocument = ({ db }: Phone, callId: string) => doc(db, 'calls', callId);
/** This person's beat in a call. */
export const beatDocument = ({ db, uid }: Phone, callId: string) => doc(db, 'calls', callId, 'beats', uid);
