/** One party's place in the media of a call: join, tell the backend, beat, renew, come back, leave. */
import type { CallsJoinedOutput, CallsOperations, Media } from '../api/index.ts';
import { mediaFailed, toEarshotError, type EarshotError } from '../error.ts';
import type { Stop, Timers } from '../ports.ts';
import type { MediaKit } from './kit.ts';
import type { MediaContext, MediaCredentials, MediaEvent, MediaSession } from './media.ts';

/** Two beats may be lost before the backend takes a party for lost. */
const BEAT_MS = 25_000;
const RETRY_MS = 3000;
/** Whoever was in the call before may be without a network for a while. */
const REJOINS = 5;

export interface SeatPorts {
  readonly callId: string;
  readonly operations: CallsOperations;
  readonly kit: MediaKit;
  readonly context: Omit<MediaContext, 'onEvent' | 'resumed' | 'muted' | 'cameraOn'>;
  readonly timers: Timers;
  /** What the person has chosen before. */
  readonly wishes: { readonly muted: boolean; readonly cameraOn: boolean };
  /** Both parties are there, or the paid time is known to be longer. */
  readonly onJoined: (answer: CallsJoinedOutput) => void;
  readonly onReconnecting: (reconnecting: boolean) => void;
  /** Something failed, and this seat tries on; undefined once it has gone well. */
  readonly onTrouble: (error: EarshotError | undefined) => void;
  /** Nothing more can be done here: no microphone, or no SDK for this provider. */
  readonly onFailed: (error: EarshotError) => void;
  /** Another device of this person has taken the place. */
  readonly onTaken: () => void;
  /** What the backend says of the call is needed: it may have ended. */
  readonly refresh: () => Promise<void>;
}

/** Made when the call connects, left when it ends. */
export class Seat {
  readonly #ports: SeatPorts;
  #session: MediaSession | undefined;
  #left = false;
  #stopBeat: Stop | undefined;
  #beating = false;
  #renewing = false;
  #wanted = false;
  #muted: boolean;
  #cameraOn: boolean;
  /** The paid time that the credentials at hand are for. */
  #grantedUntil: string | null = null;

  constructor(ports: SeatPorts) {
    this.#ports = ports;
    this.#muted = ports.wishes.muted;
    this.#cameraOn = ports.wishes.cameraOn;
  }

  /**
   * Joins and tells the backend. @param media of the accept; fetched if it is left out
   * @param resumed this app was in the call before
   */
  async enter(media: Media | undefined, resumed: boolean): Promise<void> {
    this.#stopBeat ??= this.#beat(resumed);
    if (resumed) this.#ports.onReconnecting(true);
    for (let tries = resumed ? REJOINS : 1; tries > 0 && !this.#left; tries -= 1) {
      try {
        const credentials = media ?? (await this.#fetch());
        if (credentials !== undefined) await this.#join(credentials, resumed);
        return;
      } catch (fault) {
        const error = toEarshotError(fault);
        if (isOver(error)) return await this.#ports.refresh();
        this.#forget();
        if (this.#left) return;
        if (tries === 1) return this.#ports.onFailed(error);
        this.#ports.onTrouble(error);
        await this.#wait(RETRY_MS);
      }
    }
  }

  /** The paid time has moved: other credentials are needed, unless these are for it already. */
  grantMoved(grantedUntil: string | null): void {
    if (grantedUntil === this.#grantedUntil || this.#session === undefined) return;
    this.#renew();
  }

  async mute(muted: boolean): Promise<void> {
    this.#muted = muted;
    await this.#session?.setMuted(muted);
  }

  async camera(on: boolean): Promise<void> {
    this.#cameraOn = on;
    await this.#session?.setCamera(on);
  }

  /** Out of the media, and no more beats. */
  leave(): void {
    this.#left = true;
    this.#stopBeat?.();
    this.#forget();
  }

  async #join(credentials: MediaCredentials, resumed: boolean): Promise<void> {
    const { kit, context } = this.#ports;
    const chosen = { muted: this.#muted, cameraOn: this.#cameraOn };
    const onEvent = (event: MediaEvent): void => {
      if (this.#session === session) this.#take(event);
    };
    // An adapter may tell something before it has returned.
    let session: MediaSession | undefined;
    session = kit.join(credentials, { ...context, ...chosen, resumed, onEvent });
    this.#session = session;
    await session.ready.catch((fault: unknown) => {
      throw mediaFailed(fault instanceof Error ? fault.message : String(fault), fault);
    });
    if (this.#session !== session) return;
    // Chosen while it joined.
    if (this.#muted !== chosen.muted) await session.setMuted(this.#muted);
    if (this.#cameraOn !== chosen.cameraOn) await session.setCamera(this.#cameraOn);
    await this.#tell(session);
  }

  async #comeBack(): Promise<void> {
    await this.#ports.refresh();
    if (!this.#left) await this.enter(undefined, true);
  }

  #forget(): void {
    this.#session?.leave();
    this.#session = undefined;
  }

  #take(event: MediaEvent): void {
    const { onReconnecting } = this.#ports;
    switch (event) {
      case 'connected':
        return onReconnecting(false);
      case 'reconnecting':
        return onReconnecting(true);
      case 'expiring':
        return this.#renew();
      case 'closed':
        onReconnecting(true);
        this.#forget();
        // Removed because the call has ended, or thrown out by the network: then come back.
        void this.#comeBack();
        return;
      case 'taken':
        return this.#ports.onTaken();
    }
  }

  async #tell(session: MediaSession): Promise<void> {
    const { operations, callId, onJoined, onReconnecting, onTrouble } = this.#ports;
    const answer = await operations.joined({ callId });
    if (this.#left) return;
    this.#grantedUntil = answer.grantedUntil;
    onTrouble(undefined);
    onReconnecting(false);
    onJoined(answer);
    await session.renew(answer.media);
  }

  /** @returns credentials; undefined when this seat was left meanwhile */
  async #fetch(): Promise<Media | undefined> {
    const { operations, callId } = this.#ports;
    for (;;) {
      try {
        const { media, grantedUntil } = await operations.token({ callId });
        this.#grantedUntil = grantedUntil;
        return this.#left ? undefined : media;
      } catch (fault) {
        const error = toEarshotError(fault);
        if (isOver(error)) throw error;
        this.#ports.onTrouble(error);
        await this.#wait(error.has('RATE_LIMITED') ? error.details.retryAfterSec * 1000 : RETRY_MS);
        if (this.#left) return undefined;
      }
    }
  }

  #renew(): void {
    this.#wanted = true;
    if (this.#renewing) return;
    this.#renewing = true;
    void this.#renewWhileWanted().finally(() => {
      this.#renewing = false;
    });
  }

  async #renewWhileWanted(): Promise<void> {
    while (this.#wanted && !this.#left) {
      this.#wanted = false;
      try {
        const media = await this.#fetch();
        if (media === undefined) return;
        await this.#session?.renew(media);
        if (!this.#left) this.#ports.onTrouble(undefined);
      } catch (fault) {
        const error = toEarshotError(fault);
        if (isOver(error)) await this.#ports.refresh();
        else this.#ports.onTrouble(error);
      }
    }
  }

  /** @param now also at once, after an absence */
  #beat(now: boolean): Stop {
    const beat = (): void => {
      // Without a network Firestore keeps a write for later; one that waits is enough.
      if (this.#beating) return;
      this.#beating = true;
      void this.#beatOnce().finally(() => {
        this.#beating = false;
      });
    };
    if (now) beat();
    return this.#ports.timers.every(BEAT_MS, beat);
  }

  async #beatOnce(): Promise<void> {
    const { callId, operations, context } = this.#ports;
    try {
      if (context.documents === undefined) await operations.heartbeat({ callId });
      else await context.documents.beat(`calls/${callId}/beats/${context.uid}`);
    } catch {
      // Refused: the call has ended, or the session has.
      if (!this.#left) await this.#ports.refresh();
    }
  }

  async #wait(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#ports.timers.after(delayMs, resolve);
    });
  }
}

/** Whether the backend refuses because this call is over, or never was ours. */
function isOver({ reason }: EarshotError): boolean {
  return reason === 'INVALID_TRANSITION' || reason === 'NOT_FOUND';
}
