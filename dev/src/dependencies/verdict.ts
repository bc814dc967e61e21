/** What npm's report says about the packages that are deployed. */
import { z } from 'zod';

const severity = z.enum(['info', 'low', 'moderate', 'high', 'critical']);
const reportSchema = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity, range: z.string() })),
  metadata: z.object({ dependencies: z.object({ prod: z.number() }) }),
});

/** Severities with which nothing may be deployed. */
const STOPPING: readonly string[] = ['high', 'critical'];

export interface Verdict {
  readonly lines: readonly string[];
  /** Whether there is a report at all. Without one, nothing is known, and nobody may take it for a good sign. */
  readonly checked: boolean;
  readonly clean: boolean;
}

/** @param text what `npm audit --json` has printed */
export function verdictOf(text: string): Verdict {
  const parsed = reportSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const lines = [
      'NOT CHECKED: the registry gave no report, so nothing is known about vulnerabilities of what is deployed.',
      'Run "npm run check:dependencies" again where npm’s registry can be reached, before a deploy.',
    ];
    return { lines, checked: false, clean: false };
  }
  const { vulnerabilities, metadata } = parsed.data;
  const found = Object.entries(vulnerabilities).map(([name, { severity: how, range }]) => ({
    name,
    how,
    range,
  }));
  const stopping = found.filter(({ how }) => STOPPING.includes(how));
  const summary = `${metadata.dependencies.prod} deployed packages checked: ${stopping.length} high or critical, ${found.length - stopping.length} lesser`;
  const lines = [...found.map(({ name, how, range }) => `${how}: ${name} ${range}`), summary];
  return { lines, checked: true, clean: stopping.length === 0 };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
