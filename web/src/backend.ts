/** Earshot for one phone, all at the address the page came from. Loaded once somebody comes in. */
import type { Auth } from 'firebase/auth';
import { initializeFirestore } from 'firebase/firestore';
import { getFunctions } from 'firebase/functions';
import { createEarshot, webrtcMedia, type Earshot } from '../../client/src/index.ts';
import type { Door } from './door.ts';
import { streams } from './streams.ts';

export interface Backend {
  readonly auth: Auth;
  readonly earshot: Earshot;
}

/** Opens the rest behind the door; in an app of your own without the addresses. */
export function openBackend({ app, auth, info }: Door): Backend {
  const { origin, host, protocol } = globalThis.location;
  const firestore = initializeFirestore(app, { host, ssl: protocol === 'https:' });
  const functions = getFunctions(app, `${origin}/${info.projectId}/${info.region}`);
  const media = webrtcMedia({ onLocalStream: streams.setLocal, onRemoteStream: streams.setRemote });
  return { auth, earshot: createEarshot({ auth, firestore, functions, media: [media] }) };
}
