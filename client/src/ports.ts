/** What the client needs of the world, so that its behaviour can be tried without any. */

/** Ends a subscription. May be called more than once. */
export type Stop = () => void;

/** One operation's way over the network. */
export interface Route {
  /** `<service>/<operation>`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** With `{field}` for what lies in it. */
  readonly path: string;
}

/** Sends one request, once. @throws whatever `toEarshotError` understands */
export type Transport = (
  route: Route,
  input: Readonly<Record<string, unknown>>,
  timeoutMs: number,
) => Promise<unknown>;

/** Who is signed in. */
export interface Session {
  /** Undefined while nobody is. */
  uid(): string | undefined;
  /** Called whenever another person, or nobody, is signed in. */
  onChange(listener: (uid: string | undefined) => void): Stop;
}

/** A document as it is: moments as ISO-8601 in UTC, all else as plain JSON. */
export interface PlainDocument {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is asked of a collection: equalities, an order, and never more than a number of documents. */
export interface LiveQuery {
  /** The path of the collection. */
  readonly path: string;
  readonly equals: readonly (readonly [field: string, value: unknown])[];
  readonly orderBy?: readonly [field: string, direction: 'asc' | 'desc'];
  /** The rules demand one. */
  readonly limit: number;
}

/** Firestore, as far as the rules open it. */
export interface Documents {
  /** Follows a document; undefined while it does not exist. An error ends it. */
  watch(
    path: string,
    onData: (found: PlainDocument | undefined) => void,
    onError: (fault: unknown) => void,
  ): Stop;
  /** Follows a query. An error ends it. */
  watchAll(
    query: LiveQuery,
    onData: (found: readonly PlainDocument[]) => void,
    onError: (fault: unknown) => void,
  ): Stop;
  /** What a query finds on the server now. */
  list(query: LiveQuery): Promise<readonly PlainDocument[]>;
  /** Sets `at` of an existing document to the server's time: a beat. Waits until the server has it. */
  beat(path: string): Promise<void>;
  /** Makes a document, with the server's time in the field `stamp`. Dates become moments. */
  create(path: string, data: Readonly<Record<string, unknown>>, stamp: string): Promise<void>;
}

/** Timers, so that tests need not wait. */
export interface Timers {
  after(delayMs: number, run: () => void): Stop;
  every(periodMs: number, run: () => void): Stop;
  nowMs(): number;
}

export const realTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  },
  nowMs: () => Date.now(),
};
