/** What an app follows with the client, with a way to wait for what it should show. */
import type { OnError, Stop } from '../../../client/src/index.ts';

/** Far longer than anything here takes, also on a busy machine. */
const LIMIT_MS = 30_000;

interface Waiter<T> {
  readonly matches: (shown: T) => boolean;
  readonly resolve: (shown: T) => void;
  readonly reject: (fault: Error) => void;
}

/** Something that is followed. */
export class Live<T> {
  readonly #what: string;
  readonly #waiters = new Set<Waiter<T>>();
  readonly #stop: Stop;
  #latest: { readonly shown: T } | undefined;
  #fault: Error | undefined;

  /**
   * @param what names it in errors
   * @param open follows it, e.g. with `earshot.watchCall`
   */
  constructor(what: string, open: (onChange: (shown: T) => void, onError: OnError) => Stop) {
    this.#what = what;
    this.#stop = open(
      (shown) => {
        this.#latest = { shown };
        for (const waiter of this.#waiters) if (waiter.matches(shown)) waiter.resolve(shown);
      },
      (fault) => {
        this.#fault = new Error(`${what}: ${fault.message}`);
        for (const waiter of this.#waiters) waiter.reject(this.#fault);
      },
    );
  }

  /**
   * Waits until it shows what is expected; at once if it does already.
   * @throws when it was refused, or does not show it in time
   */
  async until(expected: string, matches: (shown: T) => boolean): Promise<T> {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#latest !== undefined && matches(this.#latest.shown)) return this.#latest.shown;
    return await new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter<T> = {
        matches,
        resolve: (shown) => {
          settle();
          resolve(shown);
        },
        reject: (fault) => {
          settle();
          reject(fault);
        },
      };
      const timer = setTimeout(() => {
        waiter.reject(new Error(`${this.#what} did not show ${expected} within ${LIMIT_MS / 1000} s`));
      }, LIMIT_MS);
      this.#waiters.add(waiter);
    });
  }

  close(): void {
    this.#stop();
  }
}
