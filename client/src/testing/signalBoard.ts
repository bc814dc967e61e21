/** The documents under a call that two parties share: each write and each piece of news takes its time. */
import type { Documents, LiveQuery, PlainDocument } from '../ports.ts';
import type { FakeTimers } from './world.ts';

interface Watcher {
  readonly query: LiveQuery;
  readonly tell: (found: readonly PlainDocument[]) => void;
  readonly fail: (fault: unknown) => void;
}

export const REFUSED = Object.assign(new Error('refused'), { code: 'permission-denied' });

export class SignalBoard {
  readonly #timers: FakeTimers;
  readonly #documents = new Map<string, PlainDocument>();
  readonly #watchers = new Set<Watcher>();
  /** Between 0 and 1, for the time that things take. */
  random: () => number = () => 0;
  /** Whether the answer to the next write gets lost: it is sent again, and then refused. */
  losesAnswer = false;
  /** Whether candidates that are written now tell nothing. */
  losesCandidates = false;
  /** Refuses writes while set. */
  refuses = false;
  /** Documents of which whoever listens is never told. */
  readonly untold = new Set<string>();

  constructor(timers: FakeTimers) {
    this.#timers = timers;
  }

  /** All that was written, in the order of the ids. */
  get all(): readonly PlainDocument[] {
    return [...this.#documents.values()];
  }

  /** What a party has said, by kind. */
  said(uid: string): string[] {
    return this.all.filter(({ data }) => data['from'] === uid).map(({ data }) => String(data['kind']));
  }

  /** Puts a document there at once. */
  put(data: Readonly<Record<string, unknown>>): void {
    const id = `${String(data['from'])}_${String(data['seq'])}`;
    this.#documents.set(id, { id, data });
    for (const watcher of this.#watchers) this.#notify(watcher);
  }

  /** Takes a document away, as if it had never been written. */
  lose(id: string): void {
    this.#documents.delete(id);
  }

  /** Ends what everybody watches. */
  breakOff(): void {
    for (const watcher of this.#watchers) watcher.fail(REFUSED);
    this.#watchers.clear();
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** The documents as every party has them. */
  readonly documents: Documents = {
    watch: () => {
      throw new Error('signals are not watched one by one');
    },
    watchAll: (query, tell, fail) => {
      const watcher = { query, tell, fail };
      this.#watchers.add(watcher);
      this.#notify(watcher);
      return () => this.#watchers.delete(watcher);
    },
    list: async (query) => await this.#later(() => this.#find(query)),
    beat: async () => undefined,
    create: async (path, data) =>
      await this.#later(() => {
        const id = path.split('/').at(-1) ?? '';
        if (this.refuses || this.#documents.has(id)) throw REFUSED;
        this.put('candidate' in data && this.losesCandidates ? { ...data, candidate: '[]' } : data);
        if (!this.losesAnswer) return;
        this.losesAnswer = false;
        throw REFUSED;
      }),
  };

  #find({ equals, limit }: LiveQuery): PlainDocument[] {
    const found = this.all.filter(({ data }) => equals.every(([field, value]) => data[field] === value));
    // The order of Firestore is that of the ids, in which 10 comes before 2.
    return found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  #notify(watcher: Watcher): void {
    this.#timers.after(this.#delayMs(), () => {
      if (!this.#watchers.has(watcher)) return;
      watcher.tell(this.#find(watcher.query).filter(({ id }) => !this.untold.has(id)));
    });
  }

  #delayMs(): number {
    return Math.floor(this.random() * 400);
  }

  async #later<T>(run: () => T): Promise<T> {
    return await new Promise((resolve, reject) => {
      this.#timers.after(this.#delayMs(), () => {
        try {
          resolve(run());
        } catch (fault) {
          reject(fault);
        }
      });
    });
  }
}
