/**
 * The listeners of two clients of a call, and what Firestore charges for them: a read for each document when the listener
 * begins, one for each change it shows, one for a document that leaves a query by a change, and the document that a rule
 * looks up (the session) once a listener.
 */

/** Of hasSession() in the rules. */
const RULE_READS = 1;
/** A query that finds nothing costs one read. */
const EMPTY_QUERY_READS = 1;

export class Watchers {
  readonly #listeners = new Map<string, number>();
  #reads = 0;

  get reads(): number {
    return this.#reads;
  }

  /** A client opens a listener on a document. */
  watch(path: string): void {
    this.#listeners.set(path, (this.#listeners.get(path) ?? 0) + 1);
    this.#reads += 1 + RULE_READS;
  }

  /** A client opens the query for calls that ring, while none does. */
  watchRinging(): void {
    this.#reads += EMPTY_QUERY_READS + RULE_READS;
  }

  /** A call has come into such a query, or left it by a change. */
  ringingChanged(): void {
    this.#reads += 1;
  }

  /** Both clients have hung up and look elsewhere. */
  leave(path: string): void {
    this.#listeners.delete(path);
  }

  changed(path: string): void {
    this.#reads += this.#listeners.get(path) ?? 0;
  }
}
