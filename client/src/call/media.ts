/** What a call needs of a media SDK. */
import type { Documents, Timers } from '../ports.ts';

export interface AgoraCredentials {
  readonly provider: 'agora';
  readonly appId: string;
  readonly channel: string;
  readonly uid: number;
  readonly token: string;
  readonly expiresAt: string;
}

export interface IceServer {
  readonly urls: string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

export interface WebrtcCredentials {
  readonly provider: 'webrtc';
  readonly iceServers: IceServer[];
  readonly iceTransportPolicy: 'all' | 'relay';
  /** The collection of the call's signals. */
  readonly signalPath: string;
  /** Who gives way when both offer at once: the callee. */
  readonly polite: boolean;
  /** What every signal must carry as `expireAt`. */
  readonly signalsExpireAt: string;
  readonly expiresAt: string;
}

/** How to join, as `calls/accept`, `calls/token` and `calls/joined` answer it. */
export type MediaCredentials = AgoraCredentials | WebrtcCredentials;

/** What a media SDK tells while it is joined. */
export type MediaEvent =
  /** It talks to the other party, or to the network, again. */
  | 'connected'
  /** It has lost the network and tries to come back by itself. */
  | 'reconnecting'
  /** Fresh credentials are needed soon. */
  | 'expiring'
  /** It is out, and will not come back by itself. */
  | 'closed'
  /** Another app of the same person has taken its place. */
  | 'taken';

/**
 * The one place that a person has in a call. Whichever of their apps takes it over does so under a higher number, as far
 * as the media tells the apps of one person of each other.
 */
export interface Place {
  /** Under which number this app has last taken it, 0 for the first one; undefined if whoever has it now does not count. */
  readonly number: number | undefined;
  /** Keeps the number beyond a reload: to be told before anybody else is. */
  take(number: number): void;
}

export interface MediaContext {
  readonly type: 'audio' | 'video';
  readonly uid: string;
  readonly peerId: string;
  /** This app was in the call before: what was exchanged then is void. */
  readonly resumed: boolean;
  readonly place: Place;
  /** Undefined where there is no Firestore. */
  readonly documents: Documents | undefined;
  readonly timers: Timers;
  /** What the person has chosen: it holds from the first moment that anything is sent. */
  readonly muted: boolean;
  readonly cameraOn: boolean;
  readonly onEvent: (event: MediaEvent) => void;
}

/** One party on its way into the media, and in it. */
export interface MediaSession {
  /** Resolves when this party is there, so that the paid time may begin; rejects if it cannot be. */
  readonly ready: Promise<void>;
  /** Takes fresh credentials. */
  renew(media: MediaCredentials): Promise<void>;
  setMuted(muted: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Leaves and frees microphone and camera, also before it was ready. Never throws. */
  leave(): void;
}

/** Microphone and camera, opened before the call. */
export interface PreparedMedia {
  /** Resolves when they are open; rejects if they cannot be. */
  readonly ready: Promise<unknown>;
  /** Begins to join with them. */
  join(media: MediaCredentials, context: MediaContext): MediaSession;
  /** Frees them, also before they are open. Never throws. */
  release(): void;
}

/** A media SDK. */
export interface MediaAdapter {
  readonly provider: MediaCredentials['provider'];
  /** Opens what a call will need, in the click that starts or takes it. Without it `join` does. */
  prepare?(type: 'audio' | 'video'): PreparedMedia;
  /** Begins to join. */
  join(media: MediaCredentials, context: MediaContext): MediaSession;
}
