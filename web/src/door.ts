/** Who is signed in to a phone: all that its first screen needs of Firebase. */
import { initializeApp, type FirebaseApp } from 'firebase/app';
import {
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  type Auth,
} from 'firebase/auth';
import type { StackInfo } from './local.ts';

export interface Door {
  readonly app: FirebaseApp;
  readonly auth: Auth;
  readonly info: StackInfo;
}

/**
 * Opens Firebase for one phone. An app of your own has its project's configuration here, and nothing of the emulators.
 * @param name keeps the sessions of two phones in one browser apart
 */
export function openDoor(info: StackInfo, name: string): Door {
  const app = initializeApp(
    { projectId: info.projectId, apiKey: `local-${info.stackId}`, appId: 'local' },
    name,
  );
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  connectAuthEmulator(auth, globalThis.location.origin, { disableWarnings: true });
  return { app, auth, info };
}
