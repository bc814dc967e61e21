/** What an app does by the clock in a call: ask what came of a ring, warn before the paid time ends, leave after it, give up on media that stays away. */
import type { Stop, Timers } from '../ports.ts';
import type { ServerClock } from '../serverClock.ts';
import { LOW_SEC } from './state.ts';

/** The media token lives this much longer than the paid time; whoever hears nothing until then leaves. */
const GRACE_MS = 20_000;
/** The backend ends a ring on time, and tells it within this. */
const RING_GRACE_MS = 4000;
/** Beats go on without media, and so does the price: this is how long the media may take to come back. */
const MEDIA_LOST_MS = 40_000;

/** The deadlines of one call, on the device's timers. */
export class Deadlines {
  readonly #timers: Timers;
  readonly #clock: ServerClock;
  #stopPaid: Stop[] = [];
  #stopRing: Stop | undefined;
  #stopAway: Stop | undefined;

  constructor(timers: Timers, clock: ServerClock) {
    this.#timers = timers;
    this.#clock = clock;
  }

  /**
   * @param ringExpiresAt null once it rings no more
   * @param over called when it still rings though its time is over
   */
  ringsUntil(ringExpiresAt: string | null, over: () => void): void {
    if (ringExpiresAt === null) return this.#stopRing?.();
    const untilMs = Math.max(0, this.#clock.untilMs(ringExpiresAt));
    this.#stopRing ??= this.#timers.after(untilMs + RING_GRACE_MS, over);
  }

  /**
   * Replaces what was known of the paid time; null says nothing of it.
   * @param does.warn called now and when the last paid minute begins
   * @param does.over called when the credentials have ended too
   */
  paidUntil(
    grantedUntil: string | null,
    { warn, over }: { readonly warn: () => void; readonly over: () => void },
  ): void {
    if (grantedUntil === null) return;
    for (const stop of this.#stopPaid.splice(0)) stop();
    const untilMs = Math.max(0, this.#clock.untilMs(grantedUntil));
    warn();
    this.#stopPaid = [
      this.#timers.after(Math.max(0, untilMs - LOW_SEC * 1000), warn),
      this.#timers.after(untilMs + GRACE_MS, over),
    ];
  }

  /** The media is away, or still is. @param lost called when it did not come back */
  mediaIsAway(lost: () => void): void {
    this.#stopAway ??= this.#timers.after(MEDIA_LOST_MS, lost);
  }

  /** The media is there again. */
  mediaIsBack(): void {
    this.#stopAway?.();
    this.#stopAway = undefined;
  }

  /** The call has ended here. */
  stop(): void {
    for (const stop of this.#stopPaid.splice(0)) stop();
    this.#stopRing?.();
    this.mediaIsBack();
  }
}
