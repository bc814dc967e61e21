/** Firebase and Earshot for one phone, all at the address the page came from. */
import { initializeApp } from 'firebase/app';
import {
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  type Auth,
} from 'firebase/auth';
import { initializeFirestore } from 'firebase/firestore';
import { getFunctions } from 'firebase/functions';
import { createEarshot, webrtcMedia, type Earshot } from '../../client/src/index.ts';
import type { StackInfo } from './local.ts';
import { streams } from './streams.ts';

export interface Backend {
  readonly auth: Auth;
  readonly earshot: Earshot;
}

/**
 * Opens a phone. An app of your own has its project's configuration here, and nothing of the emulators.
 * @param name keeps the sessions of two phones in one browser apart
 */
export function openBackend({ projectId, region, stackId }: StackInfo, name: string): Backend {
  const { origin, host, protocol } = globalThis.location;
  const app = initializeApp({ projectId, apiKey: `local-${stackId}`, appId: 'local' }, name);
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  connectAuthEmulator(auth, origin, { disableWarnings: true });
  const firestore = initializeFirestore(app, { host, ssl: protocol === 'https:' });
  const functions = getFunctions(app, `${origin}/${projectId}/${region}`);
  const media = webrtcMedia({ onLocalStream: streams.setLocal, onRemoteStream: streams.setRemote });
  return { auth, earshot: createEarshot({ auth, firestore, functions, media: [media] }) };
}
