/** Live queries as an app has them, with a way to wait for what they should show. */
import {
  onSnapshot,
  Timestamp,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
} from 'firebase/firestore';

/** Far longer than anything here takes, also on a busy machine. */
const LIMIT_MS = 30_000;

type Documents = readonly DocumentSnapshot[];

interface Waiter {
  readonly matches: (documents: Documents) => boolean;
  readonly resolve: (documents: Documents) => void;
  readonly reject: (fault: Error) => void;
}

/** One open live query. */
export class Live {
  readonly #what: string;
  readonly #waiters = new Set<Waiter>();
  readonly #stop: () => void;
  #latest: Documents | undefined;
  #fault: Error | undefined;

  private constructor(
    what: string,
    open: (next: (documents: Documents) => void, fail: (fault: Error) => void) => () => void,
  ) {
    this.#what = what;
    this.#stop = open(
      (documents) => {
        this.#latest = documents;
        for (const waiter of this.#waiters) if (waiter.matches(documents)) waiter.resolve(documents);
      },
      (fault) => {
        this.#fault = new Error(`${what}: ${fault.message}`);
        for (const waiter of this.#waiters) waiter.reject(this.#fault);
      },
    );
  }

  /** @param what names it in errors */
  static query(what: string, query: Query): Live {
    return new Live(what, (next, fail) => onSnapshot(query, ({ docs }) => next(docs), fail));
  }

  /** @param what names it in errors */
  static document(what: string, ref: DocumentReference): Live {
    return new Live(what, (next, fail) => onSnapshot(ref, (document) => next([document]), fail));
  }

  /**
   * Waits until the query shows what is expected; at once if it does already.
   * @throws when it was refused, or does not show it in time
   */
  async until(expected: string, matches: (documents: Documents) => boolean): Promise<Documents> {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#latest !== undefined && matches(this.#latest)) return this.#latest;
    return await new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        matches,
        resolve: (documents) => {
          settle();
          resolve(documents);
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

/** @returns the field of a live document as a date; undefined when it holds none */
export function dateOf(document: DocumentSnapshot | undefined, field: string): Date | undefined {
  const value: unknown = document?.get(field);
  return value instanceof Timestamp ? value.toDate() : undefined;
}
