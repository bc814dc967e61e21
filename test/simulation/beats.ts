/**
 * The beats of parties in calls. A client beats every 25 s; here its beats are written only when someone looks, which
 * no one can tell from the other way. Whoever was made silent beats no more from then on.
 */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import { beatPath, callBeat } from './scene.ts';

const BEAT_MS = 25_000;

export class Beats {
  readonly #store: MemoryStore;
  readonly #lostMs: number;
  /** The last beat by path; it outlives the document. */
  readonly #last = new Map<string, number>();
  readonly #silentSince = new Map<string, number>();

  constructor(store: MemoryStore, lostSec: number) {
    this.#store = store;
    this.#lostMs = lostSec * 1000;
  }

  silence(callId: string, uid: string, nowMs: number): void {
    const path = beatPath(callId, uid);
    if (!this.#silentSince.has(path)) this.#silentSince.set(path, nowMs);
  }

  /** Whether a party may have been silent for so long at `nowMs` that it counts as lost. */
  mayBeStale(callId: string, { callerId, calleeId }: Call, nowMs: number): boolean {
    if (this.#silentSince.size === 0) return false;
    return [callerId, calleeId].some((uid) => {
      const sinceMs = this.#silentSince.get(beatPath(callId, uid));
      return sinceMs !== undefined && sinceMs + this.#lostMs - BEAT_MS <= nowMs;
    });
  }

  /** Writes the beats that were due by now. */
  refresh(open: ReadonlyMap<string, Call>, nowMs: number): void {
    for (const [callId, call] of open) {
      if (call.acceptedAt === null) continue;
      for (const uid of [call.callerId, call.calleeId]) {
        const path = beatPath(callId, uid);
        const sinceMs = call.acceptedAt.getTime();
        const untilMs = Math.min(nowMs, this.#silentSince.get(path) ?? nowMs);
        const atMs = sinceMs + Math.floor((untilMs - sinceMs) / BEAT_MS) * BEAT_MS;
        if (atMs <= (this.#last.get(path) ?? 0)) continue;
        this.#last.set(path, atMs);
        callBeat(this.#store, path, new Date(atMs));
      }
    }
  }

  /** A commit has touched a beat. */
  written(path: string): void {
    const at = this.#store.read(path)?.['at'];
    if (at instanceof Date) this.#last.set(path, at.getTime());
  }

  /**
   * Nobody pays for the time it takes to notice that a party is gone.
   * @param call ended by a sweep
   * @param noticedMs when that sweep began
   * @returns what was paid for wrongly, undefined when all is well
   */
  overpaid(callId: string, call: Call, noticedMs: number): string | undefined {
    const seen = (uid: string, joined: Date | null): number =>
      Math.max(this.#last.get(beatPath(callId, uid)) ?? 0, joined?.getTime() ?? 0);
    const lastMs = Math.min(seen(call.callerId, call.joined.caller), seen(call.calleeId, call.joined.callee));
    const endedMs = call.endedAt?.getTime() ?? 0;
    // A call is never shorter than nothing.
    const paidMs = Math.max(lastMs, call.connectedAt?.getTime() ?? 0);
    if (lastMs + this.#lostMs >= noticedMs || endedMs <= paidMs) return undefined;
    return `was paid for until ${(endedMs - paidMs) / 1000} s after the last sign of both (${call.endReason ?? ''})`;
  }
}
