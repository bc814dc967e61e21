/** What happens at which second of virtual time: one thing after the other, so that every run is the same. */

type Work = () => Promise<unknown>;

export class Agenda {
  readonly #bySec = new Map<number, Work[]>();
  #nowSec = 0;

  /** Seconds since the beginning. */
  get nowSec(): number {
    return this.#nowSec;
  }

  /** Plans `work`; what is planned for the past comes now. */
  at(sec: number, work: Work): void {
    const due = Math.max(Math.ceil(sec), this.#nowSec);
    const planned = this.#bySec.get(due);
    if (planned === undefined) this.#bySec.set(due, [work]);
    else planned.push(work);
  }

  /** Runs everything that is planned until then, also what is planned meanwhile. */
  async runUntil(sec: number): Promise<void> {
    for (; this.#nowSec <= sec; this.#nowSec += 1) {
      const works = this.#bySec.get(this.#nowSec) ?? [];
      // Grows while it is walked: work may plan more for the same second.
      for (const work of works) await work();
      this.#bySec.delete(this.#nowSec);
    }
  }
}
