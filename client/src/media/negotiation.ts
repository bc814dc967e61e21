/**
 * Perfect negotiation between two apps: both run the same code, and when both offer at once the polite one gives way.
 * Knows no documents and no page, so that it can be tried with any pair of connections.
 */
import type { Stop } from '../ports.ts';
import type { Signal, SignalBody } from './signals.ts';

/** Candidates are found in bursts; writing them together saves documents. */
const BATCH_MS = 150;
/** What the rules take in one signal, in bytes; candidates are plain ASCII. */
const LONGEST_BATCH = 2000;
/** How long the polite one leaves the offer to the other: browsers lose sound when an offer is taken back in mid-call. */
const PATIENCE_MS = 5000;
/** News of a document may never come. After this long without an answer an offer is said once more. */
const UNANSWERED_MS = 5000;

export interface Description {
  readonly type: string;
  readonly sdp?: string | undefined;
}

export interface Candidate {
  toJSON(): object;
}

/** What is used of an RTCPeerConnection. */
export interface Connection {
  readonly signalingState: string;
  readonly connectionState: string;
  readonly localDescription: Description | null;
  readonly remoteDescription: Description | null;
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void>;
  addIceCandidate(candidate: object): Promise<void>;
  restartIce(): void;
  close(): void;
  onnegotiationneeded: (() => void) | null;
  onicecandidate: ((event: { readonly candidate: Candidate | null }) => void) | null;
}

export interface NegotiationPorts {
  readonly polite: boolean;
  readonly send: (body: SignalBody, gen: number) => void;
  readonly onError: (fault: unknown) => void;
  /** Runs after a delay in milliseconds. */
  readonly after: (delayMs: number, run: () => void) => Stop;
}

/** One connection's side of the talk. */
export class Negotiation {
  readonly #connection: Connection;
  readonly #ports: NegotiationPorts;
  /** Of the newest description, own or theirs. */
  #gen: number;
  #makingOffer = false;
  #stopPatience: Stop = () => undefined;
  #stopAgain: Stop = () => undefined;
  /** Their newest offer was ignored, and so is what belongs to it. */
  #ignoring = false;
  #batch: object[] = [];
  /** Of the newest description of theirs that was taken. */
  #remoteGen: number | undefined;

  /** @param gen of the newest negotiation before this one */
  constructor(connection: Connection, ports: NegotiationPorts, gen = 0) {
    this.#connection = connection;
    this.#ports = ports;
    this.#gen = gen;
    connection.onnegotiationneeded = () => this.#needed();
    connection.onicecandidate = ({ candidate }) => this.#found(candidate);
  }

  /** The newest negotiation. */
  get gen(): number {
    return this.#gen;
  }

  /** Takes what the other party has said; one after the other. Never throws. */
  async take(signal: Signal): Promise<void> {
    try {
      if (signal.kind === 'candidate') await this.#takeCandidates(signal.gen, parse(signal.candidate));
      else if (signal.kind !== 'bye') await this.#takeDescription(signal.kind, signal.sdp, signal.gen);
    } catch (fault) {
      this.#ports.onError(fault);
    }
  }

  /** No more candidates and offers of this connection. */
  close(): void {
    this.#connection.onnegotiationneeded = null;
    this.#connection.onicecandidate = null;
    this.#stopPatience();
    this.#stopAgain();
    this.#batch = [];
    this.#connection.close();
  }

  #needed(): void {
    if (!this.#ports.polite) return void this.#offer();
    const gen = this.#gen;
    this.#stopPatience();
    this.#stopPatience = this.#ports.after(PATIENCE_MS, () => {
      const { signalingState } = this.#connection;
      // What was agreed on meanwhile may do; else the connection asks again.
      if (this.#gen === gen && signalingState === 'stable') void this.#offer();
    });
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      this.#flush();
      await this.#connection.setLocalDescription();
      const { localDescription } = this.#connection;
      // An offer of theirs may have come first: then this became its answer.
      if (localDescription?.type !== 'offer') return;
      this.#gen += 1;
      this.#ports.send({ kind: 'offer', sdp: localDescription.sdp ?? '' }, this.#gen);
      this.#sayAgain(this.#gen);
    } catch (fault) {
      this.#ports.onError(fault);
    } finally {
      this.#makingOffer = false;
    }
  }

  #sayAgain(gen: number): void {
    this.#stopAgain();
    this.#stopAgain = this.#ports.after(UNANSWERED_MS, () => {
      const { signalingState, localDescription } = this.#connection;
      if (this.#gen !== gen || signalingState !== 'have-local-offer') return;
      this.#ports.send({ kind: 'offer', sdp: localDescription?.sdp ?? '' }, gen);
    });
  }

  async #takeDescription(type: 'offer' | 'answer', sdp: string, gen: number): Promise<void> {
    const connection = this.#connection;
    if (type === 'offer' && this.#isAnswered(gen)) return this.#answer(gen);
    const collides = type === 'offer' && (this.#makingOffer || connection.signalingState !== 'stable');
    this.#ignoring = !this.#ports.polite && collides;
    if (this.#ignoring) return;
    // An answer to an offer that was taken back.
    if (type === 'answer' && (connection.signalingState !== 'have-local-offer' || gen !== this.#gen)) return;
    // Candidates of an offer that is taken back now fit nothing; others are told before the answer is.
    if (collides) this.#batch = [];
    else this.#flush();
    await connection.setRemoteDescription({ type, sdp });
    this.#remoteGen = gen;
    if (type === 'offer') {
      this.#gen = gen;
      await connection.setLocalDescription();
      this.#answer(gen);
    }
  }

  /** Whether an offer is one that was said again, so that only the answer may have been missed. */
  #isAnswered(gen: number): boolean {
    const { signalingState, localDescription } = this.#connection;
    return gen === this.#remoteGen && signalingState === 'stable' && localDescription?.type === 'answer';
  }

  #answer(gen: number): void {
    this.#ports.send({ kind: 'answer', sdp: this.#connection.localDescription?.sdp ?? '' }, gen);
  }

  /** Signals come in order, so whatever belongs to no description that was taken belongs to none that will be. */
  async #takeCandidates(gen: number, candidates: readonly object[]): Promise<void> {
    if (this.#ignoring || gen !== this.#remoteGen) return;
    for (const candidate of candidates) await this.#connection.addIceCandidate(candidate);
  }

  #found(candidate: Candidate | null): void {
    if (candidate === null) return;
    const found = candidate.toJSON();
    if (JSON.stringify([...this.#batch, found]).length > LONGEST_BATCH) this.#flush();
    this.#batch.push(found);
    if (this.#batch.length > 1) return;
    this.#ports.after(BATCH_MS, () => this.#flush());
  }

  #flush(): void {
    const batch = this.#batch.splice(0);
    if (batch.length > 0)
      this.#ports.send({ kind: 'candidate', candidate: JSON.stringify(batch) }, this.#gen);
  }
}

function parse(text: string): readonly object[] {
  const list: unknown = JSON.parse(text);
  return Array.isArray(list)
    ? list.filter((one): one is object => typeof one === 'object' && one !== null)
    : [];
}
