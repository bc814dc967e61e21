/** Earshot for TypeScript. `createEarshot` makes a client; the rest is types, errors and media adapters. */
import type { FirebaseApp } from 'firebase/app';
import { getAuth, type Auth } from 'firebase/auth';
import { getFirestore, type Firestore } from 'firebase/firestore';
import { getFunctions, type Functions } from 'firebase/functions';
import type { MediaAdapter } from './call/media.ts';
import { earshotOf, type Earshot } from './earshot.ts';
import { firebaseSession, firestoreDocuments, idTokenOf } from './firebase.ts';
import type { OnError } from './live/live.ts';
import type { Transport } from './ports.ts';
import type { SeatMemory } from './seatMemory.ts';
import { callableTransport } from './transport/callable.ts';
import { restTransport } from './transport/rest.ts';

/** Where the backend runs unless it was deployed elsewhere. */
const REGION = 'asia-south1';

interface CommonOptions {
  /** An app of Firebase; the handles below are taken from it unless they are given. */
  readonly app?: FirebaseApp | undefined;
  readonly auth?: Auth | undefined;
  /** `null`: without live documents. */
  readonly firestore?: Firestore | null | undefined;
  /** The media SDKs for calls, e.g. `[agoraMedia(AgoraRTC)]`. */
  readonly media?: readonly MediaAdapter[] | undefined;
  /** Takes the errors of what is followed without a callback of its own; they are logged by default. */
  readonly onError?: OnError | undefined;
  /** Keeps which call this device is in, for `resume`; the tab's session storage by default. */
  readonly seat?: SeatMemory | undefined;
}

export interface CallableOptions extends CommonOptions {
  readonly transport?: 'callable' | undefined;
  readonly functions?: Functions | undefined;
  /** `asia-south1` by default. */
  readonly region?: string | undefined;
}

export interface RestClientOptions extends CommonOptions {
  readonly transport: 'rest';
  /** Where the function `api` answers, e.g. `https://asia-south1-my-project.cloudfunctions.net/api`. */
  readonly baseUrl: string;
}

/**
 * Makes a client.
 * @example const earshot = createEarshot({ app, media: [agoraMedia(AgoraRTC)] });
 */
export function createEarshot(options: CallableOptions | RestClientOptions): Earshot {
  const { app, media, onError, seat } = options;
  const auth = options.auth ?? getAuth(app);
  const firestore = options.firestore === undefined ? getFirestore(appOf(app)) : options.firestore;
  return earshotOf({
    transport: transportOf(options, auth),
    session: firebaseSession(auth),
    documents: firestore === null ? undefined : firestoreDocuments(firestore),
    media,
    onError,
    seat,
  });
}

function appOf(app: FirebaseApp | undefined): FirebaseApp {
  if (app === undefined) throw new Error('createEarshot needs an app, or each of the handles it would give');
  return app;
}

function transportOf(options: CallableOptions | RestClientOptions, auth: Auth): Transport {
  const idToken = idTokenOf(auth);
  if (options.transport === 'rest') return restTransport({ baseUrl: options.baseUrl, idToken });
  const { functions = getFunctions(appOf(options.app), options.region ?? REGION) } = options;
  return callableTransport(functions, idToken);
}

export type * from './api/index.ts';
export type { AskOptions } from './askOptions.ts';
export { ActiveCall } from './call/activeCall.ts';
export type * from './call/media.ts';
export type { CallPhase, CallState, TimeLeft } from './call/state.ts';
export {
  earshotOf,
  type CallOptions,
  type Earshot,
  type EarshotParts,
  type KeptPresence,
  type ResumeOptions,
} from './earshot.ts';
export { EarshotError, isRefusal, type ErrorCode, type ErrorDetails, type Reason } from './error.ts';
export type { FeedFilters, OnError, PageOptions } from './live/live.ts';
export type { Profile } from './live/views.ts';
export { agoraMedia, type AgoraOptions, type AgoraSdk } from './media/agora.ts';
export type { WebrtcPlatform } from './media/page.ts';
export { webrtcMedia, type WebrtcOptions } from './media/webrtc.ts';
export type {
  Documents,
  LiveQuery,
  PlainDocument,
  Route,
  Session,
  Stop,
  Timers,
  Transport,
} from './ports.ts';
export type { SeatMemory } from './seatMemory.ts';
