/** The messages by which two apps find each other, as documents under the call. One writer for each party. */
import type { WebrtcCredentials } from '../call/media.ts';
import { toEarshotError } from '../error.ts';
import type { Documents, PlainDocument, Stop, Timers } from '../ports.ts';

/** A party may write this many in one call. */
const MOST_SIGNALS = 200;
/** A sender writes one after the other, so a number that is still missing then never comes. */
const GAP_MS = 3000;
/** How many negotiations a `bye` skips, so that what the other party says meanwhile is void too. */
export const BYE_GAP = 10;

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
  readonly timers: Timers;
  /** In the order of the sender, one after the other: the next comes when this one is done. */
  readonly onSignal: (signal: Signal) => Promise<void>;
  /** Another app of the same person has begun to talk to the other party. */
  readonly onTaken: () => void;
  /** Signals no longer go through. */
  readonly onError: (fault: unknown) => void;
}

/** What was exchanged before this app was loaded. */
export interface Before {
  /** Whether this party has written anything. */
  readonly any: boolean;
  /** The newest negotiation of either party. */
  readonly gen: number;
  /** Of the newest `bye` of this party, by whichever of its apps; 0 if there is none. */
  readonly place: number;
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
  #stopGap: Stop | undefined;
  #closed = false;

  constructor(wire: SignalWire) {
    this.#wire = wire;
  }

  /** Learns what was exchanged before, so that numbers go on and what is void is known. */
  async lookBack(): Promise<Before> {
    const [own, theirs] = await Promise.all([this.#read('from'), this.#read('to')]);
    this.#nextSent = Math.max(-1, ...own.map(({ seq }) => seq)) + 1;
    const newest = (signals: readonly Signal[]): number => Math.max(0, ...signals.map(({ gen }) => gen));
    return {
      any: own.length > 0,
      gen: newest([...own, ...theirs]),
      place: newest(own.filter(({ kind }) => kind === 'bye')),
    };
  }

  /**
   * Takes this person's place: says `bye`, after which whatever was said before is void. Of two apps that do so at once
   * the later one has it.
   * @param after the newest negotiation so far
   * @param onClaim told the number of the place before it is taken under it
   * @returns the generation of the `bye`, which is the number of the place
   */
  async takePlace(after: number, onClaim: (place: number) => void): Promise<number> {
    let gen = after + BYE_GAP;
    for (;;) {
      onClaim(gen);
      const there = await this.#put({ seq: this.#nextSent, gen, kind: 'bye' });
      // Whoever has left meanwhile takes nobody's place.
      if (there === undefined || this.#closed) return gen;
      // Nothing tells a `bye` of one's own, whose answer was lost, from that of another app. So it is said again above.
      if (there.gen >= gen) gen = there.gen + BYE_GAP;
    }
  }

  /** Begins to hear. @param since the generation that this app began with: a later `bye` is of another app of this person */
  listen(since: number): void {
    const theirs = this.#watch('to', (found) => this.#take(found));
    const own = this.#watch('from', (found) => this.#lookForAnother(found, since));
    this.#stop = () => {
      theirs();
      own();
    };
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
    this.#stopGap?.();
  }

  #watch(field: 'from' | 'to', take: (found: readonly PlainDocument[]) => void): Stop {
    const { documents, media, uid, onError } = this.#wire;
    const query = { path: media.signalPath, equals: [[field, uid] as const], limit: MOST_SIGNALS };
    return documents.watchAll(query, take, onError);
  }

  /** Whoever takes a place over says `bye` first, under this person's name. */
  #lookForAnother(found: readonly PlainDocument[], since: number): void {
    const signals = found.map(({ data }) => data as unknown as Signal);
    if (signals.some(({ kind, gen }) => kind === 'bye' && gen > since)) this.#wire.onTaken();
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
    for (;;) {
      const signal: Signal = { seq: this.#nextSent, gen, ...body };
      const there = await this.#put(signal);
      // Else what an earlier connection had to say came late and took the number.
      if (there === undefined || isSame(there, signal)) return;
    }
  }

  /** @returns undefined when it was written, else what stands under its number already */
  async #put(signal: Signal): Promise<Signal | undefined> {
    let there: Signal | undefined;
    try {
      await this.#create(signal);
    } catch (fault) {
      // A write whose answer was lost is sent again by the SDK, and then refused: signals are written once.
      there = (await this.#read('from')).find(({ seq }) => seq === signal.seq);
      if (there === undefined) throw fault;
    }
    this.#nextSent += 1;
    return there;
  }

  async #create(signal: Signal): Promise<void> {
    const { documents, media, uid, peerId } = this.#wire;
    await documents.create(
      `${media.signalPath}/${uid}_${signal.seq}`,
      { from: uid, to: peerId, ...signal, expireAt: new Date(media.signalsExpireAt) },
      'createdAt',
    );
  }

  /** The listener gives all of them each time. */
  #take(found: readonly PlainDocument[]): void {
    for (const { data } of found) {
      const signal = data as unknown as Signal;
      if (signal.seq >= this.#nextHeard) this.#waiting.set(signal.seq, signal);
    }
    this.#hearDue();
  }

  #hearDue(): void {
    for (let next = this.#due(); next !== undefined; next = this.#due()) {
      this.#hearing = this.#hearAfter(this.#hearing, next);
      this.#stopGap?.();
      this.#stopGap = undefined;
    }
    if (this.#waiting.size === 0) return;
    this.#stopGap ??= this.#wire.timers.after(GAP_MS, () => {
      this.#stopGap = undefined;
      this.#nextHeard = Math.min(...this.#waiting.keys());
      this.#hearDue();
    });
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

function isSame(one: Signal, other: Signal): boolean {
  return one.kind === other.kind && one.gen === other.gen && contentOf(one) === contentOf(other);
}

function contentOf(signal: Signal): string {
  if (signal.kind === 'bye') return '';
  return signal.kind === 'candidate' ? signal.candidate : signal.sdp;
}
