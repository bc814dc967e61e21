/**
 * The server's time on a device whose clock may be wrong. No operation tells it, so it is narrowed down: a moment that
 * the server has named lies in its past, and a moment that a request has caused lies after the request was sent.
 */
export class ServerClock {
  readonly #nowMs: () => number;
  /** What must be added to the device's time lies between these. */
  #leastMs = -Infinity;
  #mostMs = Infinity;

  /** @param nowMs the device's own time */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A moment that has passed on the server, as ISO-8601; null and undefined say nothing. */
  hasPassed(at: string | null | undefined): void {
    const atMs = momentOf(at);
    if (atMs === undefined) return;
    const leastMs = atMs - this.#nowMs();
    if (leastMs > this.#mostMs) this.#mostMs = Infinity;
    this.#leastMs = Math.max(this.#leastMs, leastMs);
  }

  /** A moment that came on the server after the device's time `sinceMs`; now if it is left out. */
  isAfter(at: string | null | undefined, sinceMs: number = this.#nowMs()): void {
    const atMs = momentOf(at);
    if (atMs === undefined) return;
    const mostMs = atMs - sinceMs;
    // One of the clocks was set meanwhile: what was known before is worth nothing.
    if (mostMs < this.#leastMs) this.#leastMs = -Infinity;
    this.#mostMs = Math.min(this.#mostMs, mostMs);
  }

  /** What to add to the device's time, in milliseconds: nothing if the device may be right. */
  get offsetMs(): number {
    return Math.min(Math.max(0, this.#leastMs), this.#mostMs);
  }

  /** The server's time, in milliseconds since 1970. */
  nowMs(): number {
    return this.#nowMs() + this.offsetMs;
  }

  /** From now until a moment of the server, in milliseconds; negative once it has passed. */
  untilMs(at: string): number {
    return Date.parse(at) - this.nowMs();
  }
}

function momentOf(at: string | null | undefined): number | undefined {
  const atMs = Date.parse(at ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}
