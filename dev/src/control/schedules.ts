/** Scheduled functions: which boundaries of their interval the virtual clock has passed. */

/** A scheduled function of the bundle. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000 } as const;

/**
 * Reads the interval of a schedule.
 * @param text App Engine's words: `every 5 minutes`, `every 1 hours`, `every 24 hours`
 * @returns undefined for a form the stack does not play
 */
export function parseInterval(text: string): number | undefined {
  const found = /^every (\d+) (minute|hour|min)s?$/u.exec(text.trim());
  if (found === null || Number(found[1]) < 1) return undefined;
  return Number(found[1]) * (found[2] === 'hour' ? UNIT_MS.hour : UNIT_MS.minute);
}

/** The first boundary after `afterMs`. Boundaries are multiples of the interval since 1970. */
export function nextBoundary(schedule: Schedule, afterMs: number): number {
  return (Math.floor(afterMs / schedule.everyMs) + 1) * schedule.everyMs;
}

/** The last boundary that is not after `untilMs`. */
export function lastBoundary(schedule: Schedule, untilMs: number): number {
  return Math.floor(untilMs / schedule.everyMs) * schedule.everyMs;
}

/** One boundary that has to be run. */
export interface Firing {
  readonly schedule: Schedule;
  readonly atMs: number;
}

/** Remembers up to where each schedule has been served. */
export class ScheduleBook {
  readonly #servedUntilMs = new Map<Schedule, number>();

  /** @param startMs boundaries up to then belong to the past */
  constructor(schedules: readonly Schedule[], startMs: number) {
    for (const schedule of schedules) this.#servedUntilMs.set(schedule, startMs);
  }

  /**
   * The next firing within (…, untilMs], in order of time and then of name.
   * @param worthFromMs boundaries before it cannot find any work, except that the last one due is always run
   */
  next(untilMs: number, worthFromMs: number): Firing | undefined {
    const firings = [...this.#servedUntilMs].flatMap(([schedule, servedMs]) => {
      const lastMs = lastBoundary(schedule, untilMs);
      if (lastMs <= servedMs) return [];
      const worthMs = Math.max(nextBoundary(schedule, servedMs), nextBoundary(schedule, worthFromMs - 1));
      return [{ schedule, atMs: Math.min(worthMs, lastMs) }];
    });
    return firings.toSorted((a, b) => a.atMs - b.atMs || a.schedule.name.localeCompare(b.schedule.name))[0];
  }

  /** Notes that a boundary, and with it every one before it, was served. */
  served({ schedule, atMs }: Firing): void {
    this.#servedUntilMs.set(schedule, atMs);
  }

  /** Starts over, after the clock was set back. */
  restart(startMs: number): void {
    for (const schedule of this.#servedUntilMs.keys()) this.#servedUntilMs.set(schedule, startMs);
  }
}
