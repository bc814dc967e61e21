/** Calls from app to app, without a media server: signals are documents under the call. */
import type {
  MediaAdapter,
  MediaContext,
  MediaCredentials,
  MediaSession,
  PreparedMedia,
  WebrtcCredentials,
} from '../call/media.ts';
import type { Stop } from '../ports.ts';
import { LocalMedia, type MediaStreamLike, type TrackLike } from './local.ts';
import { Negotiation, type Connection } from './negotiation.ts';
import { pagePlatform, playSound, type WebrtcPlatform } from './page.ts';
import { BYE_GAP, Signals, type Signal } from './signals.ts';

/** A stream of the page where there is one, so that this compiles also where there is no page. */
type Stream = typeof globalThis extends { MediaStream: { prototype: infer S } } ? S : MediaStreamLike;

/** What is used of a peer connection beyond its negotiation. */
interface PeerConnection extends Connection {
  addTrack(track: TrackLike, stream: MediaStreamLike): unknown;
  setConfiguration(configuration: object): void;
  onconnectionstatechange: (() => void) | null;
  ontrack: ((event: { readonly streams: readonly MediaStreamLike[] }) => void) | null;
}

export interface WebrtcOptions {
  /** Plays or shows the other party. Without it a page plays the sound by itself. */
  readonly onRemoteStream?: (stream: Stream) => void;
  /** Shows one's own picture. */
  readonly onLocalStream?: (stream: Stream) => void;
  /** Where there is no page. */
  readonly platform?: WebrtcPlatform;
}

/** A lost connection often comes back by itself, e.g. when a phone changes its cell. */
const RESTART_MS = 3000;
/** A restart without a network finds nothing, so it is tried until somebody gives up. */
const AGAIN_MS = 10_000;
/**
 * Both are connected at the same moment. Two who tell the backend at once change the call at once, and one of them then
 * waits a second or more for another try; so the polite one tells it a little later.
 */
const AFTER_YOU_MS = 400;

/** WebRTC as a media adapter. It needs Firestore for its signals. */
export function webrtcMedia(options: WebrtcOptions = {}): MediaAdapter {
  const prepare = (type: 'audio' | 'video'): PreparedMedia => {
    const local = new LocalMedia(options.platform ?? pagePlatform, type);
    return {
      ready: local.ready,
      join: (media, context) => new WebrtcSession(options, local, media, context),
      release: () => local.release(),
    };
  };
  return {
    provider: 'webrtc',
    prepare,
    join: (media, context) => prepare(context.type).join(media, context),
  };
}

class WebrtcSession implements MediaSession {
  readonly ready: Promise<void>;
  readonly #options: WebrtcOptions;
  readonly #context: MediaContext;
  #media: WebrtcCredentials;
  #signals: Signals | undefined;
  readonly #local: LocalMedia;
  #stream: MediaStreamLike | undefined;
  #connection: PeerConnection | undefined;
  #negotiation: Negotiation | undefined;
  #stopSound: Stop = () => undefined;
  #stopRestart: Stop = () => undefined;
  /** What the other party said before this is void. */
  #voidBefore = 0;
  #left = false;
  /** Whether both have been connected. */
  #isReady = false;
  #connected: () => void = () => undefined;
  #failed: (fault: unknown) => void = () => undefined;

  constructor(options: WebrtcOptions, local: LocalMedia, media: MediaCredentials, context: MediaContext) {
    if (media.provider !== 'webrtc') throw new Error(`these credentials are for ${media.provider}`);
    this.#options = options;
    this.#local = local;
    local.enable('audio', !context.muted);
    local.enable('video', context.cameraOn);
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
    try {
      // What is connected stays so; the next restart uses them.
      this.#connection?.setConfiguration(configurationOf(media));
    } catch {
      // Some platforms cannot change a connection. Then the next one has them.
    }
  }

  async setMuted(muted: boolean): Promise<void> {
    this.#local.enable('audio', !muted);
  }

  async setCamera(on: boolean): Promise<void> {
    this.#local.enable('video', on);
  }

  leave(): void {
    this.#left = true;
    this.#signals?.close();
    this.#closeConnection();
    this.#local.release();
    this.#failed(new Error('left'));
  }

  async #open(): Promise<void> {
    const { documents, uid, peerId, resumed, place, timers, onEvent } = this.#context;
    if (documents === undefined) throw new Error('calls from app to app need Firestore');
    const stream = await this.#local.ready;
    if (this.#left) return;
    this.#stream = stream;
    this.#options.onLocalStream?.(streamOf(stream));
    const signals = new Signals({
      documents,
      media: this.#media,
      uid,
      peerId,
      timers,
      onSignal: async (signal) => await this.#take(signal),
      onTaken: () => onEvent('taken'),
      onError: (fault) => this.#lost(fault),
    });
    this.#signals = signals;
    const before = await signals.lookBack();
    if (this.#left) return;
    // Another app of the same person has taken the place while this one was away.
    if (place.number !== undefined && before.place > place.number) return onEvent('taken');
    // This app was loaded anew, or takes the place of another one of the same person: the other party's connection leads
    // nowhere, and so does what was said.
    if (before.any || resumed)
      this.#voidBefore = await signals.takePlace(before.gen, (number) => place.take(number));
    if (this.#left) return;
    this.#connect(this.#voidBefore);
    signals.listen(this.#voidBefore);
  }

  #connect(gen: number): void {
    const { platform = pagePlatform } = this.#options;
    const connection = platform.newConnection(configurationOf(this.#media)) as PeerConnection;
    this.#connection = connection;
    this.#negotiation = new Negotiation(
      connection,
      {
        polite: this.#media.polite,
        send: (body, of) => this.#signals?.send(body, of),
        // What one signal spoils the next may mend; if none does, the call ends for want of a connection.
        onError: () => undefined,
        after: (delayMs, run) => this.#context.timers.after(delayMs, run),
      },
      gen,
    );
    connection.onconnectionstatechange = () => this.#changed(connection);
    connection.ontrack = ({ streams: [remote] }) => {
      if (remote !== undefined) this.#play(remote);
    };
    const stream = this.#stream;
    for (const track of stream?.getTracks() ?? [])
      if (stream !== undefined) connection.addTrack(track, stream);
  }

  async #take(signal: Signal): Promise<void> {
    if (signal.gen < this.#voidBefore || this.#isFar(signal)) return;
    if (signal.kind === 'bye') {
      this.#voidBefore = signal.gen;
      // Above all that was offered here, so that an answer to the connection that is closed now fits no other one.
      const gen = Math.max(signal.gen, this.#negotiation?.gen ?? 0);
      this.#closeConnection();
      this.#context.onEvent('reconnecting');
      this.#connect(gen);
      return;
    }
    await this.#negotiation?.take(signal);
  }

  /**
   * Generations grow one by one, but for the gap of a `bye`. So what lies beyond answers another app of this person, or
   * would drive the numbers beyond what the rules take.
   */
  #isFar({ kind, gen }: Signal): boolean {
    return gen >= (this.#negotiation?.gen ?? 0) + (kind === 'bye' ? 2 * BYE_GAP + 1 : BYE_GAP);
  }

  #changed(connection: PeerConnection): void {
    if (connection !== this.#connection) return;
    const { onEvent } = this.#context;
    switch (connection.connectionState) {
      case 'connected':
        this.#stopRestart();
        this.#tellReady();
        return onEvent('connected');
      case 'disconnected':
        onEvent('reconnecting');
        return this.#restartAfter(RESTART_MS, connection);
      case 'failed':
        onEvent('reconnecting');
        return this.#restartAfter(0, connection);
      default:
    }
  }

  #tellReady(): void {
    const isFirst = !this.#isReady;
    this.#isReady = true;
    const { timers, resumed } = this.#context;
    if (!isFirst || resumed || !this.#media.polite) this.#connected();
    else timers.after(AFTER_YOU_MS, () => this.#connected());
  }

  #restartAfter(delayMs: number, connection: PeerConnection): void {
    this.#stopRestart();
    this.#stopRestart = this.#context.timers.after(delayMs, () => {
      connection.restartIce();
      this.#restartAfter(AGAIN_MS, connection);
    });
  }

  /** Signals no longer go through, so nothing could be mended. */
  #lost(fault: unknown): void {
    if (this.#isReady) this.#context.onEvent('closed');
    else this.#failed(fault);
  }

  #closeConnection(): void {
    this.#stopSound();
    this.#stopRestart();
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
}

/** The same object, as the type that the app knows. */
function streamOf(stream: unknown): Stream {
  return stream as Stream;
}

function configurationOf({ iceServers, iceTransportPolicy }: WebrtcCredentials): object {
  return { iceServers, iceTransportPolicy };
}
