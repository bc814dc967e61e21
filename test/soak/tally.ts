const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** What happened, counted by what it was. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #tookMs = new Map<string, number[]>();

  hit(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Notes how long something took. */
  took(name: string, ms: number): void {
    const all = this.#tookMs.get(name);
    if (all === undefined) this.#tookMs.set(name, [ms]);
    else all.push(ms);
  }

  /** How often, and how long in the middle and at most, in whole milliseconds. */
  durations(): Readonly<Record<string, Readonly<Record<'times' | 'medianMs' | 'longestMs', number>>>> {
    const rows = [...this.#tookMs].toSorted(byName).map(([name, all]) => {
      const sorted = all.map(Math.round).toSorted((a, b) => a - b);
      const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
      return [name, { times: sorted.length, medianMs, longestMs: sorted.at(-1) ?? 0 }] as const;
    });
    return Object.fromEntries(rows);
  }

  /** By name. */
  rows(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(byName));
  }
}
