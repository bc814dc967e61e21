/** An app on the stack: the client of `client/` on Firebase's official web SDK, signed in. */
import { initializeApp, onLog, type FirebaseApp } from 'firebase/app';
import {
  connectAuthEmulator,
  getAuth,
  inMemoryPersistence,
  initializeAuth,
  signInWithCustomToken,
} from 'firebase/auth';
import {
  connectFirestoreEmulator,
  disableNetwork,
  enableNetwork,
  initializeFirestore,
  terminate,
  type Firestore,
} from 'firebase/firestore';
import { connectFunctionsEmulator, getFunctions, httpsCallable, type Functions } from 'firebase/functions';
import { connectStorageEmulator, getStorage, type FirebaseStorage } from 'firebase/storage';
import { deleteApp } from 'firebase/app';
import { createEarshot, type Earshot } from '../../../client/src/index.ts';
import type { ReadyInfo } from './control.ts';
import { silentMedia } from './silentMedia.ts';
import { Streams } from './streams.ts';

/** A person with a phone: one app instance, one session. */
export interface Phone {
  /** Empty until somebody has signed in. */
  readonly uid: string;
  readonly db: Firestore;
  /** What an app in TypeScript uses. */
  readonly earshot: Earshot;
  readonly functions: Functions;
  /** Undefined where the stack runs without Storage. */
  readonly storage?: FirebaseStorage;
  /**
   * Calls an operation by its name, once, with whatever the client would not send.
   * @throws FirebaseError as the SDK makes it
   */
  call<T = Record<string, unknown>>(operation: string, input?: unknown): Promise<T>;
  /** Signs in with a custom token, as `auth/verifyOtp` answers it. */
  signIn(customToken: string): Promise<void>;
  /** The ID token, for REST; `refresh` after a claim has changed. */
  idToken(refresh?: boolean): Promise<string>;
  close(): Promise<void>;
}

let made = 0;

const streams = new Streams<Firestore>({
  onError: (listener) => onLog(listener, { level: 'error' }),
  restart: async (db) => {
    await disableNetwork(db);
    await enableNetwork(db);
  },
});

/** The bucket that the emulators take for the project's own. */
const bucketOf = ({ projectId }: ReadyInfo): string => `${projectId}.appspot.com`;

function newApp(info: ReadyInfo): FirebaseApp {
  made += 1;
  return initializeApp(
    { projectId: info.projectId, apiKey: 'local', appId: 'local', storageBucket: bucketOf(info) },
    `phone-${made}`,
  );
}

function openStorage(app: FirebaseApp, { ports }: ReadyInfo): FirebaseStorage | undefined {
  if (ports.storage === undefined) return undefined;
  const storage = getStorage(app);
  connectStorageEmulator(storage, '127.0.0.1', ports.storage);
  return storage;
}

/** Opens a phone and signs in with a custom token (as the seed gives them). */
export async function openPhone(info: ReadyInfo, customToken?: string): Promise<Phone> {
  const app = newApp(info);
  const auth = initializeAuth(app, { persistence: inMemoryPersistence });
  connectAuthEmulator(auth, `http://127.0.0.1:${info.ports.auth}`, { disableWarnings: true });
  const db = initializeFirestore(app, {});
  connectFirestoreEmulator(db, '127.0.0.1', info.ports.firestore);
  const leaveStreams = streams.watch(db);
  const functions = getFunctions(app, info.region);
  connectFunctionsEmulator(functions, '127.0.0.1', info.ports.functions);
  const storage = openStorage(app, info);
  const earshot = createEarshot({ auth, firestore: db, functions, media: [silentMedia()] });
  if (customToken !== undefined) await signInWithCustomToken(auth, customToken);
  return {
    get uid() {
      return auth.currentUser?.uid ?? '';
    },
    db,
    earshot,
    functions,
    ...(storage && { storage }),
    async call<T>(operation: string, input: unknown = {}) {
      const answer = await httpsCallable(functions, operation)(input);
      return answer.data as T;
    },
    signIn: async (token) => void (await signInWithCustomToken(auth, token)),
    idToken: async (refresh = false) => (await getAuth(app).currentUser?.getIdToken(refresh)) ?? '',
    async close() {
      earshot.close();
      leaveStreams();
      await terminate(db);
      await deleteApp(app);
    },
  };
}
