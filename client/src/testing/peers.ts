/** Connections as browsers make them, as far as two parties that negotiate can tell, without a network. */
import type { Candidate, Connection, Description } from '../media/negotiation.ts';
import type { WebrtcPlatform } from '../media/page.ts';
import type { Timers } from '../ports.ts';

/** A connection is lost after this long without a network, and given up after that long. */
const LOST_SEC = 5;
const FAILED_SEC = 20;

/** What a description of a connection says of it. */
interface Told {
  readonly connection: number;
  /** Another one after each ICE restart. */
  readonly fragment: string;
  readonly tracks: readonly string[];
}

interface Track {
  readonly kind: string;
  enabled: boolean;
  stopped: boolean;
  stop(): void;
}

interface Stream {
  readonly tracks: readonly Track[];
  getTracks(): Track[];
}

function newStream(kinds: readonly string[]): Stream {
  const tracks = kinds.map((kind) => {
    const track: Track = { kind, enabled: true, stopped: false, stop: () => void (track.stopped = true) };
    return track;
  });
  return { tracks, getTracks: () => [...tracks] };
}

/** What lies between the connections. */
export class FakeNet {
  readonly timers: Timers;
  readonly connections: FakeConnection[] = [];
  #isUp = true;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Cuts the network, or mends it: then only a restart finds the new way. */
  cut(): void {
    this.#isUp = false;
    for (const connection of this.connections) connection.loseWay();
  }

  mend(): void {
    this.#isUp = true;
    this.look();
  }

  /** Connects whoever can reach each other now. */
  look(): void {
    if (!this.#isUp) return;
    for (const one of this.connections)
      for (const other of this.connections) if (one.finds(other) || other.finds(one)) one.connect();
  }
}

/** An RTCPeerConnection that behaves as the standard says, where negotiation depends on it. */
export class FakeConnection implements Connection {
  readonly id: number;
  signalingState = 'stable';
  connectionState = 'new';
  configuration: object;
  restarts = 0;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { readonly candidate: Candidate | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { readonly streams: readonly Stream[] }) => void) | null = null;
  readonly #net: FakeNet;
  readonly #tracks: string[] = [];
  #fragments = 0;
  #wantsRestart = false;
  #needed = false;
  #stable: { local: Description | null; remote: Description | null } = { local: null, remote: null };
  #pending: { local: Description | null; remote: Description | null } = { local: null, remote: null };
  /** Addresses of theirs, by the fragment that they belong to. */
  readonly #reachable = new Set<string>();
  /** Operations run one after the other. */
  #chain: Promise<unknown> = Promise.resolve();
  #stopLosing: (() => void)[] = [];

  constructor(net: FakeNet, configuration: object) {
    this.#net = net;
    this.configuration = configuration;
    this.id = net.connections.length;
    net.connections.push(this);
  }

  get localDescription(): Description | null {
    return this.#pending.local ?? this.#stable.local;
  }

  get remoteDescription(): Description | null {
    return this.#pending.remote ?? this.#stable.remote;
  }

  /** The kinds that could be heard or seen from the moment they were added. */
  readonly live: string[] = [];

  addTrack(track: Track): void {
    if (track.enabled) this.live.push(track.kind);
    this.#tracks.push(track.kind);
    this.#need();
  }

  setConfiguration(configuration: object): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.restarts += 1;
    this.#wantsRestart = true;
    this.#need();
  }

  async setLocalDescription(): Promise<void> {
    await this.#next(() => {
      const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
      const description = { type, sdp: this.#describe(type) };
      if (type === 'offer') {
        this.#pending.local = description;
        this.signalingState = 'have-local-offer';
      } else this.#settle(description, this.#pending.remote);
    });
    this.#gather();
  }

  async setRemoteDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    await this.#next(() => {
      const wanted = description.type === 'offer' ? ['stable', 'have-local-offer'] : ['have-local-offer'];
      if (!wanted.includes(this.signalingState))
        throw new Error(`${description.type} in ${this.signalingState}`);
      if (description.type === 'answer') return this.#settle(this.#pending.local, description);
      // An offer of one's own is taken back for it.
      this.#pending = { local: null, remote: description };
      this.signalingState = 'have-remote-offer';
    });
    const stream = newStream(told(description).tracks);
    this.ontrack?.({ streams: [stream] });
    // An address that was known before may lead there now.
    this.#net.look();
  }

  async addIceCandidate(candidate: object): Promise<void> {
    await this.#next(() => {
      const { usernameFragment } = candidate as { usernameFragment: string };
      if (this.remoteDescription === null) throw new Error('no remote description');
      if (told(this.remoteDescription).fragment !== usernameFragment)
        throw new Error('of another description');
      this.#reachable.add(usernameFragment);
    });
    this.#net.look();
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    this.#stopLosing.forEach((stop) => stop());
  }

  /** Whether both have agreed, and this one knows an address of the other; one is enough to find each other. */
  finds(other: FakeConnection): boolean {
    return this.#agrees(other) && other.#agrees(this) && this.#reachable.has(other.#fragment);
  }

  #agrees(other: FakeConnection): boolean {
    const { local, remote } = this.#stable;
    const theirs = other.#stable.local;
    if (this.signalingState !== 'stable' || local === null || remote === null || theirs === null)
      return false;
    const { connection, fragment } = told(remote);
    return connection === other.id && fragment === told(theirs).fragment;
  }

  connect(): void {
    this.#stopLosing.splice(0).forEach((stop) => stop());
    this.#become('connected');
  }

  /** The way to the other party is gone, and what was known of it is void. */
  loseWay(): void {
    this.#reachable.clear();
    if (this.connectionState !== 'connected') return;
    const { timers } = this.#net;
    this.#stopLosing = [
      timers.after(LOST_SEC * 1000, () => this.#become('disconnected')),
      timers.after(FAILED_SEC * 1000, () => this.#become('failed')),
    ];
  }

  /** Nothing was found. */
  fail(): void {
    this.#become('failed');
  }

  #become(state: string): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  #describe(type: string): string {
    if (this.#fragments === 0 || this.#wantsRestart || this.#isRestarted(type)) this.#fragments += 1;
    this.#wantsRestart = false;
    this.#needed = false;
    const description: Told = { connection: this.id, fragment: this.#fragment, tracks: this.#tracks };
    return JSON.stringify(description);
  }

  /** Whether the offer to answer begins another ICE session than the one at hand. */
  #isRestarted(type: string): boolean {
    const [before, now] = [this.#stable.remote, this.#pending.remote];
    return (
      type === 'answer' && before !== null && now !== null && told(before).fragment !== told(now).fragment
    );
  }

  get #fragment(): string {
    return `${this.id}-${this.#fragments}`;
  }

  #settle(local: Description | null, remote: Description | null): void {
    this.#stable = { local, remote };
    this.#pending = { local: null, remote: null };
    this.signalingState = 'stable';
    if (this.#needed) this.#need();
  }

  #gather(): void {
    const usernameFragment = this.#fragment;
    if (!this.#net.isUp) return;
    queueMicrotask(() => {
      this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: 'host', usernameFragment }) } });
      this.onicecandidate?.({ candidate: null });
    });
  }

  #need(): void {
    this.#needed = true;
    queueMicrotask(() => {
      if (this.#needed && this.signalingState === 'stable') this.onnegotiationneeded?.();
    });
  }

  async #next(run: () => void): Promise<void> {
    const done = this.#runAfter(this.#chain, run);
    this.#chain = done.catch(() => undefined);
    await done;
  }

  async #runAfter(before: Promise<unknown>, run: () => void): Promise<void> {
    await before;
    if (this.signalingState === 'closed') throw new Error('closed');
    run();
  }
}

function told({ sdp }: { readonly sdp?: string | undefined }): Told {
  return JSON.parse(sdp ?? '') as Told;
}

/** One device. */
export class FakeDevice implements WebrtcPlatform {
  readonly connections: FakeConnection[] = [];
  readonly streams: Stream[] = [];
  /** Refuses the microphone while set. */
  refusal: Error | undefined;
  readonly #net: FakeNet;

  constructor(net: FakeNet) {
    this.#net = net;
  }

  newConnection(configuration: object): FakeConnection {
    const connection = new FakeConnection(this.#net, configuration);
    this.connections.push(connection);
    return connection;
  }

  async openMicrophone({ video }: { audio: true; video: boolean }): Promise<Stream> {
    if (this.refusal !== undefined) throw this.refusal;
    const stream = newStream(video ? ['audio', 'video'] : ['audio']);
    this.streams.push(stream);
    return stream;
  }

  /** The one that is not closed. */
  get connection(): FakeConnection {
    const open = this.connections.filter(({ connectionState }) => connectionState !== 'closed');
    const [connection] = open;
    if (connection === undefined || open.length > 1) throw new Error(`${open.length} connections are open`);
    return connection;
  }
}
