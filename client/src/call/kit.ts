/** The media SDKs of one call, and what one of them has opened before the call began. */
import type { Call } from '../api/index.ts';
import { mediaFailed } from '../error.ts';
import type { MediaAdapter, MediaContext, MediaCredentials, MediaSession, PreparedMedia } from './media.ts';

/**
 * Opens microphone and camera before a call is started or taken: the browser's question is then asked while nothing
 * runs out, and by the click that browsers want it to come from.
 */
export class MediaKit {
  readonly #adapters: readonly MediaAdapter[];
  #prepared: { readonly by: MediaAdapter; readonly media: PreparedMedia } | undefined;
  #isPreparing = false;

  constructor(adapters: readonly MediaAdapter[]) {
    this.#adapters = adapters;
  }

  /** Microphone and camera are being asked for. */
  get isPreparing(): boolean {
    return this.#isPreparing;
  }

  /**
   * Opens them by the first adapter that can: a second one would ask again. Undefined where none can.
   * @throws EarshotError MEDIA_FAILED when the person says no, or there is none
   */
  prepare(type: Call['type']): Promise<void> | undefined {
    const by = this.#adapters.find((adapter) => 'prepare' in adapter);
    const media = this.#prepared?.media ?? by?.prepare?.(type);
    if (by === undefined || media === undefined) return undefined;
    this.#prepared = { by, media };
    return this.#opened(media);
  }

  /** @throws EarshotError MEDIA_FAILED when no adapter knows these credentials */
  join(credentials: MediaCredentials, context: MediaContext): MediaSession {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared?.by.provider === credentials.provider) return prepared.media.join(credentials, context);
    // Freed only after the other has begun, so that the permission is still in use.
    try {
      const adapter = this.#adapters.find(({ provider }) => provider === credentials.provider);
      if (adapter === undefined) throw mediaFailed(`There is no media adapter for ${credentials.provider}.`);
      return adapter.join(credentials, context);
    } finally {
      prepared?.media.release();
    }
  }

  /** Frees what was opened and is not used: the call did not come about. */
  release(): void {
    this.#prepared?.media.release();
    this.#prepared = undefined;
  }

  async #opened(media: PreparedMedia): Promise<void> {
    this.#isPreparing = true;
    try {
      await media.ready;
    } catch (fault) {
      // Asked for again by the next try.
      if (this.#prepared?.media === media) this.#prepared = undefined;
      throw mediaFailed(fault instanceof Error ? fault.message : String(fault), fault);
    } finally {
      this.#isPreparing = false;
    }
  }
}
