/** Every choice of a schedule comes from here, so that its seed alone replays it. */

const { imul, floor } = Math;

/** A small fast generator (mulberry32). Its quality is enough to pick interleavings; it is no source of secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring schedules.
    this.#state = imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
    this.next();
  }

  /** @returns a number from 0 up to but not including 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** @returns an integer from `least` to `most`, both included */
  integer(least: number, most: number): number {
    return least + floor(this.next() * (most - least + 1));
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[floor(this.next() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** Picks by weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const names = Object.keys(weights) as T[];
    const total = names.reduce((sum, name) => sum + weights[name], 0);
    let left = this.next() * total;
    const found = names.find((name) => {
      left -= weights[name];
      return left < 0;
    });
    return found ?? this.pick(names);
  }

  /** 128 bits as hex. */
  hex128(): string {
    let text = '';
    // Eight digits at a time, without a look at how many came out: the highest bit is one more than can be drawn.
    for (let word = 0; word < 4; word++)
      text += (2 ** 32 + floor(this.next() * 2 ** 32)).toString(16).slice(1);
    return text;
  }
}
