/** Calls from app to app, without a media server: signals are documents under the call. */
import type {
  MediaAdapter,
  MediaContext,
  MediaCredentials,
  MediaSession,
  WebrtcCredentials,
} from '../call/media.ts';
import { Negotiation, type Connection } from './negotiation.ts';
import { Signals, type Signal } from './signals.ts';

/** A stream of the page where there is one, so that this compiles also where there is no page. */
type Stream = typeof globalThis extends { MediaStream: { prototype: infer S } } ? S : MediaStreamLike;

interface TrackLike {
  readonly kind: string;
  enabled: boolean;
  stop(): void;
}

interface MediaStreamLike {
  getTracks(): TrackLike[];
}

/** What is used of a peer connection beyond its negotiation. */
interface PeerConnection extends Connection {
  addTrack(track: TrackLike, stream: MediaStreamLike): unknown;
  setConfiguration(configuration: object): void;
  onconnectionstatechange: (() => void) | null;
  ontrack: ((event: { readonly streams: readonly MediaStreamLike[] }) => void) | null;
}

/** What a page has, and what React Native gets from react-native-webrtc. */
export interface WebrtcPlatform {
  newConnection(configuration: object): unknown;
  openMicrophone(constraints: { audio: true; video: boolean }): Promise<unknown>;
}

export interface WebrtcOptions {
  /** Plays or shows the other party. Without it a page plays the sound by itself. */
  readonly onRemoteStream?: (stream: Stream) => void;
  /** Shows one's own picture. */
  readonly onLocalStream?: (stream: Stream) => void;
  /** Where there is no page. */
  readonly platform?: WebrtcPlatform;
}

/** How many negotiations are skipped, so that what the other party says meanwhile is void too. */
const GAP = 10;

/** WebRTC as a media adapter. It needs Firestore for its signals. */
export function webrtcMedia(options: WebrtcOptions = {}): MediaAdapter {
  return { provider: 'webrtc', join: (media, context) => new WebrtcSession(options, media, context) };
}

class WebrtcSession implements MediaSession {
  readonly ready: Promise<void>;
  readonly #options: WebrtcOptions;
  readonly #context: MediaContext;
  #media: WebrtcCredentials;
  #signals: Signals | undefined;
  #local: MediaStreamLike | undefined;
  #connection: PeerConnection | undefined;
  #negotiation: Negotiation | undefined;
  #stopSound: () => void = () => undefined;
  /** What the other party said before this is void. */
  #voidBefore = 0;
  #left = false;
  #connected: () => void = () => undefined;
  #failed: (fault: unknown) => void = () => undefined;

  constructor(options: WebrtcOptions, media: MediaCredentials, context: MediaContext) {
    if (media.provider !== 'webrtc') throw new Error(`these credentials are for ${media.provider}`);
    this.#options = options;
    this.#context = context;
    this.#media = media;
    this.ready = new Promise((resolve, reject) => {
      this.#connected = resolve;
      this.#failed = reject;
    });
    this.#open().catch((fault: unknown) => this.#failed(fault));
  }

  async renew(media: MediaCredentials): Promise<void> {
    if (media.provider !== 'webrtc') return;
    this.#media = media;
    this.#connection?.setConfiguration(configurationOf(media));
  }

  async setMuted(muted: boolean): Promise<void> {
    this.#enable('audio', !muted);
  }

  async setCamera(on: boolean): Promise<void> {
    this.#enable('video', on);
  }

  leave(): void {
    this.#left = true;
    this.#signals?.close();
    this.#closeConnection();
    for (const track of this.#local?.getTracks() ?? []) track.stop();
    this.#failed(new Error('left'));
  }

  async #open(): Promise<void> {
    const { documents, uid, peerId, type } = this.#context;
    if (documents === undefined) throw new Error('calls from app to app need Firestore');
    const platform = this.#options.platform ?? pagePlatform();
    const stream = (await platform.openMicrophone({
      audio: true,
      video: type === 'video',
    })) as MediaStreamLike;
    this.#local = stream;
    if (this.#left) return this.leave();
    this.#options.onLocalStream?.(streamOf(stream));
    const signals = new Signals({
      documents,
      media: this.#media,
      uid,
      peerId,
      onSignal: async (signal) => await this.#take(signal),
      onError: (fault) => this.#failed(fault),
    });
    this.#signals = signals;
    const before = await signals.lookBack();
    if (this.#left) return;
    // This app was loaded anew: the other party's connection leads nowhere, and so does what was said.
    if (before.any) {
      this.#voidBefore = before.gen + GAP;
      signals.send({ kind: 'bye' }, this.#voidBefore);
    }
    this.#connect(this.#voidBefore);
    signals.listen();
  }

  #connect(gen: number): void {
    const platform = this.#options.platform ?? pagePlatform();
    const connection = platform.newConnection(configurationOf(this.#media)) as PeerConnection;
    this.#connection = connection;
    this.#negotiation = new Negotiation(
      connection,
      {
        polite: this.#media.polite,
        send: (body, of) => this.#signals?.send(body, of),
        // What one signal spoils the next may mend; if none does, the call ends for want of a connection.
        onError: () => undefined,
        after: (delayMs, run) => void setTimeout(run, delayMs),
      },
      gen,
    );
    connection.onconnectionstatechange = () => this.#changed(connection);
    connection.ontrack = ({ streams: [remote] }) => {
      if (remote !== undefined) this.#play(remote);
    };
    const local = this.#local;
    for (const track of local?.getTracks() ?? []) if (local !== undefined) connection.addTrack(track, local);
  }

  async #take(signal: Signal): Promise<void> {
    if (signal.gen < this.#voidBefore) return;
    if (signal.kind === 'bye') {
      this.#voidBefore = signal.gen;
      this.#closeConnection();
      this.#context.onEvent('reconnecting');
      this.#connect(signal.gen);
      return;
    }
    await this.#negotiation?.take(signal);
  }

  #changed(connection: PeerConnection): void {
    if (connection !== this.#connection) return;
    const { onEvent } = this.#context;
    switch (connection.connectionState) {
      case 'connected':
        this.#connected();
        return onEvent('connected');
      case 'disconnected':
        return onEvent('reconnecting');
      case 'failed':
        onEvent('reconnecting');
        return connection.restartIce();
      default:
    }
  }

  #closeConnection(): void {
    this.#stopSound();
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.onconnectionstatechange = null;
    connection.ontrack = null;
    this.#connection = undefined;
    this.#negotiation?.close();
  }

  #play(remote: MediaStreamLike): void {
    const { onRemoteStream } = this.#options;
    if (onRemoteStream === undefined) {
      this.#stopSound();
      this.#stopSound = playSound(remote);
    } else onRemoteStream(streamOf(remote));
  }

  #enable(kind: 'audio' | 'video', enabled: boolean): void {
    for (const track of this.#local?.getTracks() ?? []) if (track.kind === kind) track.enabled = enabled;
  }
}

/** The same object, as the type that the app knows. */
function streamOf(stream: unknown): Stream {
  return stream as Stream;
}

function configurationOf({ iceServers, iceTransportPolicy }: WebrtcCredentials): object {
  return { iceServers, iceTransportPolicy };
}

/** What is used of a page. */
interface Page {
  readonly RTCPeerConnection: new (configuration: object) => unknown;
  readonly navigator: { readonly mediaDevices: { getUserMedia(constraints: object): Promise<unknown> } };
  readonly Audio?: new () => { srcObject: unknown; play(): Promise<void>; pause(): void };
}

const page = (): Page => globalThis as unknown as Page;

function pagePlatform(): WebrtcPlatform {
  return {
    newConnection: (configuration) => new (page().RTCPeerConnection)(configuration),
    openMicrophone: async (constraints) => await page().navigator.mediaDevices.getUserMedia(constraints),
  };
}

/** @returns what ends it */
function playSound(stream: MediaStreamLike): () => void {
  const Sound = page().Audio;
  if (Sound === undefined) return () => undefined;
  const sound = new Sound();
  sound.srcObject = stream;
  // Refused until the person has touched the page, which they have to place or take a call.
  sound.play().catch(() => undefined);
  return () => {
    sound.pause();
    sound.srcObject = null;
  };
}
