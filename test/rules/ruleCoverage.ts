/** What the emulator reports of the expressions of the rules: which of them was never true, or never false. */
/** An expression, with everything it evaluated to: `boolValue`, another value, or neither where it failed. */
interface Expression {
  readonly sourcePosition?: { readonly currentOffset: number; readonly endOffset: number };
  readonly values?: readonly { readonly value?: Readonly<Record<string, unknown>> }[];
  readonly children?: readonly Expression[];
}

/** The emulator's answer to `:ruleCoverage`. */
export interface CoverageReport {
  readonly rules: { readonly files: readonly { readonly content: string }[] };
  readonly report: readonly Expression[];
}

/** One expression of the rules and what it came to. */
export interface Evaluated {
  readonly text: string;
  readonly wasTrue: boolean;
  readonly wasFalse: boolean;
  /** Whether it ever had a value of any kind. */
  readonly hadValue: boolean;
  readonly isOfSignals: boolean;
}

/** What is tried by a test of its own: the beginning of its block in the rules. */
export const OF_SIGNALS = 'match /signals/{signalId} {';

/** @returns every expression, outer ones before those they consist of */
export function evaluatedExpressions({ rules, report: expressions }: CoverageReport): Evaluated[] {
  const [source = ''] = rules.files.map(({ content }) => content);
  const from = source.indexOf(OF_SIGNALS);
  const to = endOfBlock(source, from + OF_SIGNALS.length);
  return expressions.flatMap((expression) => {
    const at = expression.sourcePosition?.currentOffset ?? 0;
    return within(expression, source).map((one) => ({ ...one, isOfSignals: at > from && at < to }));
  });
}

/** @returns where the block ends whose bracket was opened just before `from` */
function endOfBlock(source: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; depth > 0 && at < source.length; at += 1) {
    if (source.charAt(at) === '{') depth += 1;
    if (source.charAt(at) === '}') depth -= 1;
  }
  return at;
}

function within(
  { sourcePosition, values = [], children = [] }: Expression,
  source: string,
): Omit<Evaluated, 'isOfSignals'>[] {
  const seen = values.map(({ value = {} }) => value);
  const text =
    sourcePosition === undefined
      ? ''
      : source.slice(sourcePosition.currentOffset, sourcePosition.endOffset + 1).replaceAll(/\s+/gu, ' ');
  const self = {
    text,
    wasTrue: seen.some((value) => value['boolValue'] === true),
    wasFalse: seen.some((value) => value['boolValue'] === false),
    hadValue: seen.some((value) => Object.keys(value).some((kind) => kind !== 'undefined')),
  };
  return [self, ...children.flatMap((child) => within(child, source))];
}

/** @returns what is not proven, a line for each expression that was evaluated one way only, or not at all */
export function oneSided(expressions: readonly Omit<Evaluated, 'isOfSignals'>[]): string[] {
  const found = expressions.flatMap(({ text, wasTrue, wasFalse, hadValue }) => {
    if (!hadValue) return [`never evaluated: ${text}`];
    if (wasTrue === wasFalse) return [];
    return [`never ${wasTrue ? 'false' : 'true'}: ${text}`];
  });
  return [...new Set(found)];
}
