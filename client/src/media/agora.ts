/** Agora's Web SDK (agora-rtc-sdk-ng, 4.x) as a media adapter. The app brings the SDK, so that nobody loads it in vain. */
import type {
  MediaAdapter,
  MediaContext,
  MediaCredentials,
  MediaSession,
  PreparedMedia,
} from '../call/media.ts';

interface LocalTrack {
  setMuted(muted: boolean): Promise<void>;
  close(): void;
}

/** Another party's sound or picture. */
interface RemoteTrack {
  play(element?: string | HtmlElement): void;
}

interface RemoteUser {
  readonly audioTrack?: RemoteTrack | undefined;
  readonly videoTrack?: RemoteTrack | undefined;
}

/** The page's element type where there is one, so that this compiles also where there is no page. */
type HtmlElement = typeof globalThis extends { HTMLElement: { prototype: infer E } } ? E : object;

interface Client {
  on(event: 'user-published', listener: (user: RemoteUser, kind: 'audio' | 'video') => void): void;
  on(event: 'token-privilege-will-expire', listener: () => void): void;
  on(event: 'token-privilege-did-expire', listener: () => void): void;
  on(
    event: 'connection-state-change',
    listener: (now: string, before: string, reason?: string) => void,
  ): void;
  join(appId: string, channel: string, token: string, uid: number): Promise<unknown>;
  publish(tracks: LocalTrack[]): Promise<void>;
  subscribe(user: RemoteUser, kind: 'audio' | 'video'): Promise<unknown>;
  renewToken(token: string): Promise<void>;
  leave(): Promise<void>;
  removeAllListeners(): void;
}

/** What is used of the SDK's default export. */
export interface AgoraSdk {
  createClient(config: { mode: 'rtc'; codec: 'vp8' }): unknown;
  createMicrophoneAudioTrack(): Promise<unknown>;
  createCameraVideoTrack(): Promise<unknown>;
}

export interface AgoraOptions {
  /** Shows the other party's picture: `track.play(element)`. */
  readonly onRemoteVideo?: (track: RemoteTrack) => void;
  /** Shows one's own picture. */
  readonly onLocalVideo?: (track: RemoteTrack) => void;
}

/** @param sdk the SDK's default export, or a function that imports it when the first call is made */
export function agoraMedia(
  sdk: AgoraSdk | (() => Promise<AgoraSdk>),
  options: AgoraOptions = {},
): MediaAdapter {
  const prepare = (type: 'audio' | 'video'): PreparedMedia => {
    const local = new LocalTracks(sdk, type);
    return {
      ready: local.ready,
      join: (media, context) => new AgoraSession(local, options, media, context),
      release: () => local.release(),
    };
  };
  return { provider: 'agora', prepare, join: (media, context) => prepare(context.type).join(media, context) };
}

/** Microphone and camera, opened by the SDK; what they send is decided before they are published. */
class LocalTracks {
  readonly ready: Promise<AgoraSdk>;
  #microphone: LocalTrack | undefined;
  #camera: (LocalTrack & RemoteTrack) | undefined;
  #released = false;

  constructor(sdk: AgoraSdk | (() => Promise<AgoraSdk>), type: 'audio' | 'video') {
    this.ready = this.#open(sdk, type);
    // Whoever waits is told; nobody may be waiting any more.
    this.ready.catch(() => undefined);
  }

  get all(): LocalTrack[] {
    return [this.#microphone, this.#camera].filter((track) => track !== undefined);
  }

  get camera(): RemoteTrack | undefined {
    return this.#camera;
  }

  async setMuted(muted: boolean): Promise<void> {
    await this.#microphone?.setMuted(muted);
  }

  async setCamera(on: boolean): Promise<void> {
    await this.#camera?.setMuted(!on);
  }

  /** Frees them, also when they open later. */
  release(): void {
    this.#released = true;
    for (const track of this.all) track.close();
  }

  async #open(sdk: AgoraSdk | (() => Promise<AgoraSdk>), type: 'audio' | 'video'): Promise<AgoraSdk> {
    const agora = typeof sdk === 'function' ? await sdk() : sdk;
    try {
      this.#microphone = (await agora.createMicrophoneAudioTrack()) as LocalTrack;
      if (type === 'video') this.#camera = (await agora.createCameraVideoTrack()) as LocalTrack & RemoteTrack;
    } catch (fault) {
      // A microphone without the camera is of no use here.
      this.release();
      throw fault;
    }
    if (this.#released) this.release();
    return agora;
  }
}

class AgoraSession implements MediaSession {
  readonly ready: Promise<void>;
  readonly #options: AgoraOptions;
  readonly #context: MediaContext;
  #client: Client | undefined;
  readonly #local: LocalTracks;
  #muted: boolean;
  #cameraOn: boolean;
  #left = false;

  constructor(local: LocalTracks, options: AgoraOptions, media: MediaCredentials, context: MediaContext) {
    this.#local = local;
    this.#muted = context.muted;
    this.#cameraOn = context.cameraOn;
    this.#options = options;
    this.#context = context;
    this.ready = this.#join(media);
  }

  async renew(media: MediaCredentials): Promise<void> {
    if (media.provider === 'agora') await this.#client?.renewToken(media.token);
  }

  async setMuted(muted: boolean): Promise<void> {
    this.#muted = muted;
    await this.#local.setMuted(muted);
  }

  async setCamera(on: boolean): Promise<void> {
    this.#cameraOn = on;
    await this.#local.setCamera(on);
  }

  leave(): void {
    this.#left = true;
    this.#local.release();
    this.#client?.removeAllListeners();
    // The channel is left in any case: the backend closes it.
    this.#client?.leave().catch(() => undefined);
  }

  async #join(media: MediaCredentials): Promise<void> {
    if (media.provider !== 'agora') throw new Error(`these credentials are for ${media.provider}`);
    const agora = await this.#local.ready;
    if (this.#left) return;
    if (this.#local.camera !== undefined) this.#options.onLocalVideo?.(this.#local.camera);
    // The SDK's own types are wider than what is used of them here.
    const client = agora.createClient({ mode: 'rtc', codec: 'vp8' }) as Client;
    this.#client = client;
    this.#listen(client);
    await client.join(media.appId, media.channel, media.token, media.uid);
    // Before anybody can hear or see it, and as late as it can be chosen.
    await this.#local.setMuted(this.#muted);
    await this.#local.setCamera(this.#cameraOn);
    await client.publish(this.#local.all);
    // Left while it joined: leave what was joined since.
    if (this.#left) this.leave();
  }

  #listen(client: Client): void {
    const { onEvent } = this.#context;
    client.on('user-published', (user, kind) => void this.#subscribe(client, user, kind));
    client.on('token-privilege-will-expire', () => onEvent('expiring'));
    client.on('token-privilege-did-expire', () => onEvent('closed'));
    client.on('connection-state-change', (now, before, reason) => {
      if (now === 'RECONNECTING') onEvent('reconnecting');
      else if (now === 'CONNECTED' && before === 'RECONNECTING') onEvent('connected');
      else if (now !== 'DISCONNECTED' || before === 'CONNECTING' || this.#left) return;
      // The backend closes channels and never bans a person, so this is another device that has joined under the same uid.
      else onEvent(reason === 'UID_BANNED' ? 'taken' : 'closed');
    });
  }

  async #subscribe(client: Client, user: RemoteUser, kind: 'audio' | 'video'): Promise<void> {
    try {
      await client.subscribe(user, kind);
    } catch {
      // Published again, or gone again: the next event tells.
      return;
    }
    if (kind === 'audio') user.audioTrack?.play();
    else if (user.videoTrack !== undefined) this.#options.onRemoteVideo?.(user.videoTrack);
  }
}
