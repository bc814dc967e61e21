/** Figures of the bench: what was measured, beside what, and whether that is enough. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is held against, in the same unit and measured in the same run; null where it stands alone. */
  readonly baseline: number | null;
  /** Value by baseline; null without a baseline. */
  readonly ratio: number | null;
  /** Of `limited`: the most that is allowed; null for what is only printed. */
  readonly limit: number | null;
  readonly ok: boolean;
  /** What the limit holds: the ratio, the difference to the baseline, or the value itself. */
  readonly limited: 'ratio' | 'difference' | 'value' | 'nothing';
}

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const ratioOf = (value: number, baseline: number): number => (baseline === 0 ? Infinity : value / baseline);

/** @param limit the most that value by baseline may be */
export function byRatio(measured: Measured, baseline: number, limit: number): Figure {
  const ratio = ratioOf(measured.value, baseline);
  return { ...measured, baseline, ratio, limit, ok: ratio <= limit, limited: 'ratio' };
}

/** @param limit the most that value minus baseline may be */
export function byDifference(measured: Measured, baseline: number, limit: number): Figure {
  const ok = measured.value - baseline <= limit;
  return {
    ...measured,
    baseline,
    ratio: ratioOf(measured.value, baseline),
    limit,
    ok,
    limited: 'difference',
  };
}

/** @param limit the most that the value itself may be */
export function byValue(measured: Measured, limit: number): Figure {
  return { ...measured, baseline: null, ratio: null, limit, ok: measured.value <= limit, limited: 'value' };
}

/** For information; it may stand beside something. */
export function told(measured: Measured, baseline: number | null = null): Figure {
  const ratio = baseline === null ? null : ratioOf(measured.value, baseline);
  return { ...measured, baseline, ratio, limit: null, ok: true, limited: 'nothing' };
}

/** The middle value; of an even number of values the upper of the two in the middle. 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** How long something takes, in milliseconds. */
export async function timedMs(run: () => Promise<unknown>): Promise<number> {
  const beginMs = performance.now();
  await run();
  return performance.now() - beginMs;
}

const SIGNIFICANT = 4;
const short = (value: number): number => Number(value.toPrecision(SIGNIFICANT));

/** Writes figures as a table to standard output. */
export function print(figures: readonly Figure[]): void {
  console.table(
    Object.fromEntries(
      figures.map(({ name, value, unit, baseline, ratio, limit, limited, ok }) => [
        name,
        {
          value: short(value),
          unit,
          beside: baseline === null ? '' : short(baseline),
          ratio: ratio === null ? '' : short(ratio),
          limit: limit === null ? '' : `${limited === 'difference' ? '+' : ''}${limit}`,
          ok: limit === null ? '' : ok ? 'yes' : 'NO',
        },
      ]),
    ),
  );
}
