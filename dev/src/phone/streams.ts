/**
 * Streams of the Firestore emulator that break. Now and then it writes two messages into one gRPC stream at once
 * (firebase-tools issue 8654). The SDK takes what it cannot read for an exhausted quota and is deaf for a minute;
 * Firestore itself does no such thing. So apps on the stack begin a new stream at once.
 */

/** What the SDK tells before it waits for its longest time. */
const DEAF = 'Using maximum backoff delay';

/** Hears what an SDK logs. */
export type LogListener = (entry: { readonly message: string }) => void;

export interface StreamPorts<Db> {
  /** Calls back with each error that the SDKs log. */
  readonly onError: (listener: LogListener) => void;
  /** Ends the streams of an app and begins new ones. */
  readonly restart: (db: Db) => Promise<void>;
}

/** Watches over the streams of every app that is open. */
export class Streams<Db> {
  readonly #ports: StreamPorts<Db>;
  readonly #open = new Set<Db>();
  #listening = false;

  constructor(ports: StreamPorts<Db>) {
    this.#ports = ports;
  }

  /** @returns to call before the app is closed */
  watch(db: Db): () => void {
    this.#open.add(db);
    if (!this.#listening) this.#ports.onError(({ message }) => this.#heard(message));
    this.#listening = true;
    return () => void this.#open.delete(db);
  }

  /** The SDK does not tell whose stream it was. */
  #heard(message: string): void {
    if (!message.includes(DEAF)) return;
    for (const db of this.#open) void this.#restart(db);
  }

  async #restart(db: Db): Promise<void> {
    // One that is being closed needs no stream.
    await this.#ports.restart(db).catch(() => undefined);
  }
}
