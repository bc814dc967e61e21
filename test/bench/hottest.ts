/** How often each document is written over virtual time: Firestore takes about one write a second of one document. */

/** Firestore's limit is for what goes on, so a moment's writes are averaged over this much time. */
const WINDOW_SEC = 10;

export interface HotDocument {
  readonly path: string;
  /** In all. */
  readonly writes: number;
  /** In its busiest ten seconds. */
  readonly writesPerSec: number;
}

export class WriteTimes {
  readonly #secsOf = new Map<string, number[]>();

  /** Written at a second; seconds never go back. */
  note(path: string, sec: number): void {
    const secs = this.#secsOf.get(path);
    if (secs === undefined) this.#secsOf.set(path, [sec]);
    else secs.push(sec);
  }

  /** The document that was written most often within ten seconds, of those whose path is asked for. */
  hottest(asked: (path: string) => boolean = () => true): HotDocument {
    let hottest: HotDocument = { path: '', writes: 0, writesPerSec: 0 };
    for (const [path, secs] of this.#secsOf) {
      if (!asked(path)) continue;
      const writesPerSec = busiest(secs) / WINDOW_SEC;
      if (writesPerSec > hottest.writesPerSec) hottest = { path, writes: secs.length, writesPerSec };
    }
    return hottest;
  }
}

/** The most writes within one window. */
function busiest(secs: readonly number[]): number {
  let from = 0;
  let most = 0;
  for (const [index, sec] of secs.entries()) {
    while (sec - (secs[from] ?? sec) >= WINDOW_SEC) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
