/** The storage emulator with the repository's rules, asked as whoever is wanted. */
import { deleteApp, initializeApp, type FirebaseApp } from 'firebase/app';
import {
  connectFirestoreEmulator,
  doc,
  getFirestore,
  setLogLevel,
  terminate,
  writeBatch,
  type Firestore,
} from 'firebase/firestore';
import { connectStorageEmulator, getStorage, type FirebaseStorage } from 'firebase/storage';
import { controlOf, type ReadyInfo } from '../../dev/src/phone/control.ts';
import type { Asker, Documents, Outcome } from './emulator.ts';

const NO_STACK = 'The tests of the storage rules need a running stack: use "npm test".';
const NO_STORAGE =
  'The tests of the storage rules need the storage emulator, and this stack runs without: put javac (a JDK) on the PATH.';

/** An unsigned token, as the emulators take it; `owner` is nobody's token, but an administrator's key. */
type Token =
  | 'owner'
  | { readonly sub: string; readonly auth_time: number; readonly issuedSec?: number; readonly admin?: true };

let made = 0;

/** Storage rules read `users/{uid}` of the stack's own project, so this bench works there. */
export class StorageBench {
  readonly #apps: FirebaseApp[] = [];
  readonly #clients = new Map<string, FirebaseStorage>();
  #info: ReadyInfo | undefined;
  #db: Firestore | undefined;

  /** @throws Error when there is no storage emulator, so that nobody takes rules for tested that were not */
  async open(): Promise<void> {
    const url = process.env['EARSHOT_CONTROL_URL'];
    if (url === undefined) throw new Error(NO_STACK);
    const info = await controlOf(url).ready();
    if (info.ports.storage === undefined) throw new Error(NO_STORAGE);
    this.#info = info;
    setLogLevel('silent');
    this.#db = getFirestore(this.#app());
    connectFirestoreEmulator(this.#db, '127.0.0.1', info.ports.firestore, { mockUserToken: 'owner' });
  }

  get #ready(): ReadyInfo & { readonly db: Firestore } {
    if (this.#info === undefined || this.#db === undefined) throw new Error('the bench is not open');
    return { ...this.#info, db: this.#db };
  }

  #app(): FirebaseApp {
    if (this.#info === undefined) throw new Error('the bench is not open');
    const { projectId } = this.#info;
    made += 1;
    const storageBucket = `${projectId}.appspot.com`;
    const app = initializeApp(
      { projectId, apiKey: 'local', appId: 'local', storageBucket },
      `storage-${made}`,
    );
    this.#apps.push(app);
    return app;
  }

  /** The client of someone; the same one each time. */
  as(asker: Asker | undefined): FirebaseStorage {
    if (asker === undefined) return this.#client(undefined);
    const { uid, authTimeSec, issuedSec, admin } = asker;
    return this.#client({
      sub: uid,
      auth_time: authTimeSec,
      ...(issuedSec !== undefined && { issuedSec }),
      ...(admin === true && { admin }),
    });
  }

  /** The client of an administrator, whom no rule stops. */
  asAdministrator(): FirebaseStorage {
    return this.#client('owner');
  }

  #client(mockUserToken: Token | undefined): FirebaseStorage {
    const key = JSON.stringify(mockUserToken ?? null);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const client = getStorage(this.#app());
    const port = this.#ready.ports.storage ?? 0;
    connectStorageEmulator(client, '127.0.0.1', port, mockUserToken === undefined ? {} : { mockUserToken });
    // What goes wrong is a mistake of the test or of the rules; neither gets better by waiting.
    client.maxUploadRetryTime = 5000;
    client.maxOperationRetryTime = 5000;
    this.#clients.set(key, client);
    return client;
  }

  /** Writes documents past the rules, as the server would. */
  async put(documents: Documents): Promise<void> {
    const { db } = this.#ready;
    const batch = writeBatch(db);
    for (const [path, data] of Object.entries(documents)) batch.set(doc(db, path), data);
    await batch.commit();
  }

  async close(): Promise<void> {
    if (this.#db !== undefined) await terminate(this.#db);
    await Promise.all(this.#apps.map(async (app) => deleteApp(app)));
  }
}

/** What the rules say to a request. @throws whatever else goes wrong, so that no mistake passes for a refusal */
export async function storageOutcome(request: Promise<unknown>): Promise<Outcome> {
  try {
    await request;
    return 'allowed';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'storage/unauthorized') return 'refused';
    throw error;
  }
}
