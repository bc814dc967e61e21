/** A world without network and time: what the client asks is kept, and what it hears is decided by the test. */
import type { Call } from '../api/index.ts';
import { EarshotError, type ErrorDetails, type Reason } from '../error.ts';
import type { MediaAdapter, MediaContext, MediaCredentials } from '../call/media.ts';
import { earshotOf, type Earshot } from '../earshot.ts';
import type { SeatMemory } from '../seatMemory.ts';
import type { Documents, LiveQuery, PlainDocument, Session, Stop, Timers, Transport } from '../ports.ts';

/** Time that passes only when it is told to. */
export class FakeTimers implements Timers {
  #nowMs = Date.parse('2026-01-05T10:00:00Z');
  #due: { atMs: number; everyMs?: number; run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Stop {
    return this.#arm({ atMs: this.#nowMs + delayMs, run });
  }

  every(periodMs: number, run: () => void): Stop {
    return this.#arm({ atMs: this.#nowMs + periodMs, everyMs: periodMs, run });
  }

  /** Runs what comes due on the way, and lets promises settle after each. */
  async pass(seconds: number): Promise<void> {
    await settle();
    const endMs = this.#nowMs + seconds * 1000;
    for (;;) {
      const [next] = this.#due.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      if (next.everyMs === undefined) this.#due = this.#due.filter((one) => one !== next);
      else next.atMs += next.everyMs;
      next.run();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  #arm(timer: { atMs: number; everyMs?: number; run: () => void }): Stop {
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((one) => one !== timer);
    };
  }
}

/** Lets everything that waits for nothing else go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

export class FakeSession implements Session {
  #uid: string | undefined;
  readonly #listeners = new Set<(uid: string | undefined) => void>();

  constructor(uid: string | undefined) {
    this.#uid = uid;
  }

  uid(): string | undefined {
    return this.#uid;
  }

  onChange(listener: (uid: string | undefined) => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  signIn(uid: string | undefined): void {
    this.#uid = uid;
    for (const listener of this.#listeners) listener(uid);
  }
}

interface Watcher {
  readonly query: LiveQuery | string;
  readonly tell: (found: PlainDocument[]) => void;
  readonly fail: (fault: unknown) => void;
}

export class FakeDocuments implements Documents {
  readonly watchers = new Set<Watcher>();
  readonly beats: string[] = [];
  readonly created: { readonly path: string; readonly data: Readonly<Record<string, unknown>> }[] = [];
  /** Refuses beats while set. */
  refusal: unknown;

  watch(
    path: string,
    onData: (found: PlainDocument | undefined) => void,
    onError: (fault: unknown) => void,
  ): Stop {
    return this.#add({ query: path, tell: ([found]) => onData(found), fail: onError });
  }

  watchAll(
    query: LiveQuery,
    onData: (found: readonly PlainDocument[]) => void,
    onError: (fault: unknown) => void,
  ): Stop {
    return this.#add({ query, tell: onData, fail: onError });
  }

  async list(): Promise<readonly PlainDocument[]> {
    return [];
  }

  async beat(path: string): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.beats.push(path);
  }

  async create(path: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    this.created.push({ path, data });
  }

  /** The one that watches now. */
  get only(): Watcher {
    const [watcher, other] = this.watchers;
    if (watcher === undefined || other !== undefined) throw new Error(`${this.watchers.size} are watching`);
    return watcher;
  }

  #add(watcher: Watcher): Stop {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

type Answer = (input: Readonly<Record<string, unknown>>) => unknown;

/** A backend that answers what it was told to. */
export class FakeBackend {
  readonly asked: { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  readonly #answers = new Map<string, Answer>();

  /** From now on `name` answers so; an answer may throw. */
  answers(name: string, answer: Answer): void {
    this.#answers.set(name, answer);
  }

  readonly transport: Transport = async ({ name }, input) => {
    this.asked.push({ name, input });
    const answer = this.#answers.get(name);
    if (answer === undefined) throw new Error(`nothing was told of ${name}`);
    return answer(input);
  };

  /** How often `name` was asked. */
  times(name: string): number {
    return this.asked.filter((one) => one.name === name).length;
  }
}

/** A refusal as a transport throws it. */
export function refusal<R extends Reason>(reason: R, details: ErrorDetails[R]): EarshotError<R> {
  return new EarshotError({ code: 'failed-precondition', reason, details, message: reason });
}

/** Media that a test controls. */
export class FakeMedia {
  readonly joined: { readonly media: MediaCredentials; readonly context: MediaContext }[] = [];
  readonly renewed: MediaCredentials[] = [];
  muted: boolean | undefined;
  left = 0;
  /** Makes joining fail while set. */
  fault: Error | undefined;
  /** What was opened before a call, and whether it was freed unused. */
  readonly prepared: { readonly type: string; released: boolean }[] = [];

  readonly adapter: MediaAdapter = {
    provider: 'agora',
    join: (media, context) => {
      this.joined.push({ media, context });
      this.muted = context.muted;
      return {
        ready: this.fault === undefined ? Promise.resolve() : Promise.reject(this.fault),
        renew: async (fresh) => void this.renewed.push(fresh),
        setMuted: async (muted) => {
          this.muted = muted;
        },
        setCamera: async () => undefined,
        leave: () => {
          this.left += 1;
        },
      };
    },
  };
}

/** The same media with a microphone that is asked for before the call, and `answer` for what the person says to that. */
export function preparing(media: FakeMedia, answer: () => Promise<void>): MediaAdapter {
  return {
    ...media.adapter,
    prepare: (type) => {
      const prepared = { type, released: false };
      media.prepared.push(prepared);
      return {
        ready: answer(),
        join: (credentials, context) => media.adapter.join(credentials, context),
        release: () => {
          prepared.released = true;
        },
      };
    },
  };
}

/** What one device keeps beyond a reload, for one person. */
export class FakeSeat implements SeatMemory {
  kept: string | undefined;

  async load(): Promise<string | undefined> {
    return this.kept;
  }

  save(_uid: string, seat: string | undefined): void {
    this.kept = seat;
  }
}

export interface World {
  readonly backend: FakeBackend;
  readonly documents: FakeDocuments;
  readonly session: FakeSession;
  readonly timers: FakeTimers;
  readonly media: FakeMedia;
  readonly seat: FakeSeat;
  readonly earshot: Earshot;
}

/** A client in a fake world, with `uid`, or nobody, signed in. @param live without it there is no Firestore */
export function makeWorld(uid: string | null = 'me', live = true): World {
  const backend = new FakeBackend();
  const documents = new FakeDocuments();
  const session = new FakeSession(uid ?? undefined);
  const timers = new FakeTimers();
  const media = new FakeMedia();
  const seat = new FakeSeat();
  const earshot = earshotOf({
    transport: backend.transport,
    session,
    timers,
    media: [media.adapter],
    seat,
    ...(live && { documents }),
  });
  return { backend, documents, session, timers, media, seat, earshot };
}

export const MEDIA: MediaCredentials = {
  provider: 'agora',
  appId: 'app',
  channel: 'channel',
  uid: 7,
  token: 'token',
  expiresAt: '2026-01-05T10:00:50.000Z',
};

/** A call of `me`, as the backend tells it. */
export function callData(change: Partial<Call> = {}): Call {
  const person = { displayName: 'OTO#1', imageUrl: null };
  return {
    callId: 'call',
    role: 'caller',
    callerId: 'me',
    calleeId: 'other',
    caller: person,
    callee: person,
    type: 'audio',
    state: 'ringing',
    endReason: null,
    coinsPerMinute: 10,
    createdAt: '2026-01-05T10:00:00.000Z',
    ringExpiresAt: '2026-01-05T10:01:00.000Z',
    acceptedAt: null,
    connectedAt: null,
    grantedUntil: null,
    final: false,
    endedAt: null,
    durationSec: null,
    billedMinutes: null,
    ...change,
  };
}

/** The same as a document. */
export function callDocument(change: Partial<Call> = {}): PlainDocument {
  const { callId, role: _role, ...data } = callData(change);
  return { id: callId, data };
}
