/** Microphone and camera as a page gives them: opened once, also before the call, and freed whenever that is asked. */
import type { WebrtcPlatform } from './page.ts';

export interface TrackLike {
  readonly kind: string;
  enabled: boolean;
  stop(): void;
}

export interface MediaStreamLike {
  getTracks(): TrackLike[];
}

export class LocalMedia {
  /** Resolves when they are open; rejects if they cannot be. */
  readonly ready: Promise<MediaStreamLike>;
  readonly #off = new Set<string>();
  #stream: MediaStreamLike | undefined;
  #released = false;

  constructor(platform: WebrtcPlatform, type: 'audio' | 'video') {
    this.ready = this.#open(platform, type);
    // Whoever waits is told; nobody may be waiting any more.
    this.ready.catch(() => undefined);
  }

  /** Sends nothing of this kind, or something again; what is not open yet opens so. */
  enable(kind: 'audio' | 'video', enabled: boolean): void {
    if (enabled) this.#off.delete(kind);
    else this.#off.add(kind);
    this.#apply();
  }

  /** Frees them, also when they open later. */
  release(): void {
    this.#released = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
  }

  async #open(platform: WebrtcPlatform, type: 'audio' | 'video'): Promise<MediaStreamLike> {
    const stream = (await platform.openMicrophone({
      audio: true,
      video: type === 'video',
    })) as MediaStreamLike;
    this.#stream = stream;
    if (this.#released) this.release();
    this.#apply();
    return stream;
  }

  #apply(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.enabled = !this.#off.has(track.kind);
  }
}
