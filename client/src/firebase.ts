/** Firebase's SDK behind the ports. */
import { onAuthStateChanged, type Auth } from 'firebase/auth';
import {
  collection,
  doc,
  getDocsFromServer,
  limit,
  onSnapshot,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
  Timestamp,
  updateDoc,
  where,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
} from 'firebase/firestore';
import type { Documents, LiveQuery, PlainDocument, Session } from './ports.ts';

/** Who is signed in with Firebase. */
export function firebaseSession(auth: Auth): Session {
  return {
    uid: () => auth.currentUser?.uid,
    onChange(listener) {
      let last = auth.currentUser?.uid;
      // The SDK also tells of the person who is signed in already, which is no change.
      return onAuthStateChanged(auth, (user) => {
        if (user?.uid === last) return;
        last = user?.uid;
        listener(last);
      });
    },
  };
}

/**
 * Gives the ID token, once it is known whether somebody is signed in; undefined while nobody is.
 * It throws what Firebase Auth throws when a token that has run out cannot be renewed.
 */
export function idTokenOf(auth: Auth): () => Promise<string | undefined> {
  return async () => {
    await auth.authStateReady();
    return await auth.currentUser?.getIdToken();
  };
}

/** Firestore with moments as texts. */
export function firestoreDocuments(db: Firestore): Documents {
  return {
    watch: (path, onData, onError) =>
      onSnapshot(
        doc(db, path),
        (found) => {
          const data = found.data();
          // What the cache does not know yet may exist.
          if (data === undefined && found.metadata.fromCache) return;
          onData(data === undefined ? undefined : plain(found.id, data));
        },
        onError,
      ),
    watchAll: (wish, onData, onError) =>
      onSnapshot(queryOf(db, wish), ({ docs }) => onData(docs.map(plainOf)), onError),
    list: async (wish) => (await getDocsFromServer(queryOf(db, wish))).docs.map(plainOf),
    beat: async (path) => await updateDoc(doc(db, path), { at: serverTimestamp() }),
    create: async (path, data, stamp) => await setDoc(doc(db, path), { ...data, [stamp]: serverTimestamp() }),
  };
}

function queryOf(db: Firestore, { path, equals, orderBy: order, limit: most }: LiveQuery): Query {
  return query(
    collection(db, path),
    ...equals.map(([field, value]) => where(field, '==', value)),
    ...(order === undefined ? [] : [orderBy(...order)]),
    limit(most),
  );
}

function plainOf(found: QueryDocumentSnapshot): PlainDocument {
  return plain(found.id, found.data());
}

function plain(id: string, data: Record<string, unknown>): PlainDocument {
  return { id, data: plainObject(data) };
}

function plainObject(data: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate().toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  return typeof value === 'object' && value !== null ? plainObject(value) : value;
}
