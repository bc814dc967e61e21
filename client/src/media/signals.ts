/** The messages by which two apps find each other, as documents under the call. One writer for each party. */
import type { WebrtcCredentials } from '../call/media.ts';
import { toEarshotError } from '../error.ts';
import type { Documents, PlainDocument, Stop } from '../ports.ts';

/** A party may write this many in one call. */
const MOST_SIGNALS = 200;

/** What one party tells the other. */
export type SignalBody =
  | { readonly kind: 'offer' | 'answer'; readonly sdp: string }
  /** JSON text of a list of candidates. */
  | { readonly kind: 'candidate'; readonly candidate: string }
  /** The sender has closed its connection, and will open another one. */
  | { readonly kind: 'bye' };

/** @property gen which negotiation it belongs to; whatever is of an older one is void */
export type Signal = SignalBody & { readonly seq: number; readonly gen: number };

export interface SignalWire {
  readonly documents: Documents;
  readonly media: Pick<WebrtcCredentials, 'signalPath' | 'signalsExpireAt'>;
  readonly uid: string;
  readonly peerId: string;
  /** In the order of the sender, one after the other: the next comes when this one is done. */
  readonly onSignal: (signal: Signal) => Promise<void>;
  /** Signals no longer go through. */
  readonly onError: (fault: unknown) => void;
}

/** What was exchanged before this app was loaded. */
export interface Before {
  /** Whether this party has written anything. */
  readonly any: boolean;
  /** The newest negotiation of either party. */
  readonly gen: number;
}

/** Writes one's own signals under growing numbers, and hears the other party's in the order of theirs. */
export class Signals {
  readonly #wire: SignalWire;
  readonly #waiting = new Map<number, Signal>();
  #nextHeard = 0;
  #nextSent = 0;
  #sending: Promise<void> = Promise.resolve();
  #hearing: Promise<void> = Promise.resolve();
  #stop: Stop | undefined;
  #closed = false;

  constructor(wire: SignalWire) {
    this.#wire = wire;
  }

  /** Learns what was exchanged before, so that numbers go on and what is void is known. */
  async lookBack(): Promise<Before> {
    const [own, theirs] = await Promise.all([this.#read('from'), this.#read('to')]);
    this.#nextSent = Math.max(-1, ...own.map(({ seq }) => seq)) + 1;
    return { any: own.length > 0, gen: Math.max(0, ...[...own, ...theirs].map(({ gen }) => gen)) };
  }

  /** Begins to hear. */
  listen(): void {
    const { documents, media, uid, onError } = this.#wire;
    this.#stop = documents.watchAll(
      { path: media.signalPath, equals: [['to', uid]], limit: MOST_SIGNALS },
      (found) => this.#take(found),
      onError,
    );
    if (this.#closed) this.close();
  }

  /** Writes a signal after those before it. A refused one tells `onError`. */
  send(body: SignalBody, gen: number): void {
    this.#sending = this.#sendAfter(this.#sending, body, gen);
  }

  /** No more in either direction. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  async #sendAfter(before: Promise<void>, body: SignalBody, gen: number): Promise<void> {
    await before;
    if (this.#closed) return;
    try {
      await this.#write(body, gen);
    } catch (fault) {
      if (!this.#closed) this.#wire.onError(toEarshotError(fault));
    }
  }

  async #hearAfter(before: Promise<void>, signal: Signal): Promise<void> {
    await before;
    if (!this.#closed) await this.#wire.onSignal(signal);
  }

  async #write(body: SignalBody, gen: number): Promise<void> {
    const { documents, media, uid, peerId } = this.#wire;
    const seq = this.#nextSent;
    this.#nextSent += 1;
    await documents.create(
      `${media.signalPath}/${uid}_${seq}`,
      { from: uid, to: peerId, seq, gen, ...body, expireAt: new Date(media.signalsExpireAt) },
      'createdAt',
    );
  }

  /** The listener gives all of them each time. */
  #take(found: readonly PlainDocument[]): void {
    for (const { data } of found) {
      const signal = data as unknown as Signal;
      if (signal.seq >= this.#nextHeard) this.#waiting.set(signal.seq, signal);
    }
    for (let next = this.#due(); next !== undefined; next = this.#due()) {
      this.#hearing = this.#hearAfter(this.#hearing, next);
    }
  }

  #due(): Signal | undefined {
    const signal = this.#waiting.get(this.#nextHeard);
    if (signal === undefined) return undefined;
    this.#waiting.delete(this.#nextHeard);
    this.#nextHeard += 1;
    return signal;
  }

  async #read(field: 'from' | 'to'): Promise<Signal[]> {
    const { documents, media, uid } = this.#wire;
    const found = await documents.list({
      path: media.signalPath,
      equals: [[field, uid]],
      limit: MOST_SIGNALS,
    });
    return found.map(({ data }) => data as unknown as Signal);
  }
}
