/** Agora's Web SDK (agora-rtc-sdk-ng, 4.x) as a media adapter. The app brings the SDK, so that nobody loads it in vain. */
import type { MediaAdapter, MediaContext, MediaCredentials, MediaSession } from '../call/media.ts';

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
  return {
    provider: 'agora',
    join: (media, context) => new AgoraSession(sdk, options, media, context),
  };
}

class AgoraSession implements MediaSession {
  readonly ready: Promise<void>;
  readonly #options: AgoraOptions;
  readonly #context: MediaContext;
  #client: Client | undefined;
  #microphone: LocalTrack | undefined;
  #camera: LocalTrack | undefined;
  #left = false;

  constructor(
    sdk: AgoraSdk | (() => Promise<AgoraSdk>),
    options: AgoraOptions,
    media: MediaCredentials,
    context: MediaContext,
  ) {
    this.#options = options;
    this.#context = context;
    this.ready = this.#join(sdk, media);
  }

  async renew(media: MediaCredentials): Promise<void> {
    if (media.provider === 'agora') await this.#client?.renewToken(media.token);
  }

  async setMuted(muted: boolean): Promise<void> {
    await this.#microphone?.setMuted(muted);
  }

  async setCamera(on: boolean): Promise<void> {
    await this.#camera?.setMuted(!on);
  }

  leave(): void {
    this.#left = true;
    this.#microphone?.close();
    this.#camera?.close();
    this.#client?.removeAllListeners();
    // The channel is left in any case: the backend closes it.
    this.#client?.leave().catch(() => undefined);
  }

  async #join(sdk: AgoraSdk | (() => Promise<AgoraSdk>), media: MediaCredentials): Promise<void> {
    if (media.provider !== 'agora') throw new Error(`these credentials are for ${media.provider}`);
    const agora = typeof sdk === 'function' ? await sdk() : sdk;
    const tracks = await this.#openTracks(agora);
    if (this.#left) return this.leave();
    // The SDK's own types are wider than what is used of them here.
    const client = agora.createClient({ mode: 'rtc', codec: 'vp8' }) as Client;
    this.#client = client;
    this.#listen(client);
    await client.join(media.appId, media.channel, media.token, media.uid);
    await client.publish(tracks);
    // Left while it joined: leave what was joined since.
    if (this.#left) this.leave();
  }

  async #openTracks(agora: AgoraSdk): Promise<LocalTrack[]> {
    const microphone = (await agora.createMicrophoneAudioTrack()) as LocalTrack;
    this.#microphone = microphone;
    if (this.#context.type === 'audio') return [microphone];
    const camera = (await agora.createCameraVideoTrack()) as LocalTrack & RemoteTrack;
    this.#camera = camera;
    this.#options.onLocalVideo?.(camera);
    return [microphone, camera];
  }

  #listen(client: Client): void {
    const { onEvent } = this.#context;
    client.on('user-published', (user, kind) => void this.#subscribe(client, user, kind));
    client.on('token-privilege-will-expire', () => onEvent('expiring'));
    client.on('token-privilege-did-expire', () => onEvent('closed'));
    client.on('connection-state-change', (now, before) => {
      if (now === 'RECONNECTING') onEvent('reconnecting');
      else if (now === 'CONNECTED' && before === 'RECONNECTING') onEvent('connected');
      else if (now === 'DISCONNECTED' && before !== 'CONNECTING' && !this.#left) onEvent('closed');
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
