/**
 * What happened around each call, as an observer outside of the system knows it: who asked for what and when, which of
 * it was certainly done, and who was in the channel. The reference of what a call comes to is worked out from this.
 */
import type { MediaEvent } from '../../functions/src/calls/domain/mediaEvent.ts';
import type { Party } from '../../functions/src/calls/documents.ts';

/** Apps have this long to leave the channel of a call that has ended. */
const LEAVE_SEC = 15;

/** A request that may have changed a call: certain only once it was done. */
interface Asked {
  readonly askedMs: number;
  doneMs?: number;
}

/** An app has said that its party is in the channel. */
export interface Claim extends Asked {
  readonly by: Party;
}

/** A notice was delivered, perhaps not for the first time. */
export interface Notice extends Asked {
  readonly told: MediaEvent;
}

/** Somebody asked for the end. */
export interface EndRequest extends Asked {
  readonly by: Party | 'admin';
}

/** Since when a party makes no beats of its own, and when it was last heard of otherwise. */
export interface Silence {
  readonly sinceMs: number;
  lastMs: number;
}

/** All of one call. */
export class CallScript {
  readonly claims: Claim[] = [];
  readonly notices: Notice[] = [];
  readonly ends: EndRequest[] = [];
  /** Parties who have fallen silent. */
  readonly silent: Partial<Record<Party, Silence>> = {};
  /** When the call was seen to become ongoing, and to end. */
  connectCommitMs: number | undefined;
  endCommitMs: number | undefined;
  /** Whether a party has ever been in the channel. */
  readonly wasInside: Partial<Record<Party, boolean>> = {};
}

export class Script {
  readonly calls = new Map<string, CallScript>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    // The clocks of the machines count whole milliseconds.
    this.#nowMs = () => Math.floor(nowMs());
  }

  of(callId: string): CallScript {
    const known = this.calls.get(callId);
    if (known !== undefined) return known;
    const made = new CallScript();
    this.calls.set(callId, made);
    return made;
  }

  async claim<T>(callId: string, by: Party, work: () => Promise<T>): Promise<T> {
    return await this.#ask(this.of(callId).claims, { by, askedMs: this.#nowMs() }, work);
  }

  async notice<T>(callId: string, told: MediaEvent, work: () => Promise<T>): Promise<T> {
    return await this.#ask(this.of(callId).notices, { told, askedMs: this.#nowMs() }, work);
  }

  async end<T>(callId: string, by: Party | 'admin', work: () => Promise<T>): Promise<T> {
    return await this.#ask(this.of(callId).ends, { by, askedMs: this.#nowMs() }, work);
  }

  /** Whether the newest of what was told of a party, taken after the end, shows that they stayed too long. */
  lingers(callId: string, endedMs: number): boolean {
    const { notices, endCommitMs = Infinity } = this.of(callId);
    return notices.some(({ told, askedMs, doneMs }) => {
      const newest = notices.every(
        (other) =>
          other.told.by !== told.by ||
          other.told.seq < told.seq ||
          other.told === told ||
          other.askedMs > (doneMs ?? 0),
      );
      const stayed = told.at.getTime() > endedMs + LEAVE_SEC * 1000;
      return doneMs !== undefined && askedMs > endCommitMs && stayed && newest;
    });
  }

  silenced(callId: string, by: Party): void {
    const nowMs = this.#nowMs();
    this.of(callId).silent[by] ??= { sinceMs: nowMs, lastMs: nowMs };
  }

  /** A beat of an operation was stored after the silence began, whether its answer arrived or not. */
  beatStored(callId: string, by: Party): void {
    const silence = this.of(callId).silent[by];
    if (silence !== undefined) silence.lastMs = this.#nowMs();
  }

  entered(callId: string, by: Party): void {
    this.of(callId).wasInside[by] = true;
  }

  connected(callId: string): void {
    this.of(callId).connectCommitMs ??= this.#nowMs();
  }

  ended(callId: string): void {
    this.of(callId).endCommitMs ??= this.#nowMs();
  }

  /** Done means that the work was told so: what died on the way may have been done as well. */
  async #ask<T, A extends Asked>(asked: A[], one: A, work: () => Promise<T>): Promise<T> {
    asked.push(one);
    const result = await work();
    one.doneMs = this.#nowMs();
    return result;
  }
}
