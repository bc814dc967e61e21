/** What the emulator reports of the expressions of the rules: which of them was never true, or never false. */
import { z } from 'zod';

/** An expression, with everything it evaluated to: `boolValue`, another value, or neither where it failed. */
interface Expression {
  readonly sourcePosition?: Position | undefined;
  readonly values?: readonly { readonly value?: Readonly<Record<string, unknown>> | undefined }[] | undefined;
  readonly children?: readonly Expression[] | undefined;
}

const positionSchema = z.object({ currentOffset: z.number(), endOffset: z.number() });
type Position = z.infer<typeof positionSchema>;
const expressionSchema: z.ZodType<Expression> = z.lazy(() =>
  z.object({
    sourcePosition: positionSchema.optional(),
    values: z.array(z.object({ value: z.record(z.string(), z.unknown()).optional() })).optional(),
    children: z.array(expressionSchema).optional(),
  }),
);
const reportSchema = z.object({
  rules: z.object({ files: z.array(z.object({ content: z.string() })).length(1) }),
  report: z.array(expressionSchema).min(1),
});

/** One expression of the rules and what it came to. */
export interface Evaluated {
  readonly text: string;
  readonly wasTrue: boolean;
  readonly wasFalse: boolean;
  /** Whether it ever had a value of any kind. */
  readonly hadValue: boolean;
}

/**
 * @param report the emulator's answer to `:ruleCoverage`
 * @returns every expression, outer ones before those they consist of
 */
export function evaluatedExpressions(report: unknown): Evaluated[] {
  const { rules, report: expressions } = reportSchema.parse(report);
  const [source = ''] = rules.files.map(({ content }) => content);
  return expressions.flatMap((expression) => within(expression, source));
}

function within({ sourcePosition, values = [], children = [] }: Expression, source: string): Evaluated[] {
  const seen = values.map(({ value = {} }) => value);
  const text =
    sourcePosition === undefined
      ? ''
      : source.slice(sourcePosition.currentOffset, sourcePosition.endOffset + 1).replaceAll(/\s+/gu, ' ');
  const self: Evaluated = {
    text,
    wasTrue: seen.some((value) => value['boolValue'] === true),
    wasFalse: seen.some((value) => value['boolValue'] === false),
    hadValue: seen.some((value) => Object.keys(value).some((kind) => kind !== 'undefined')),
  };
  return [self, ...children.flatMap((child) => within(child, source))];
}

/** @returns what is not proven, a line for each expression that was evaluated one way only, or not at all */
export function oneSided(expressions: readonly Evaluated[]): string[] {
  const found = expressions.flatMap(({ text, wasTrue, wasFalse, hadValue }) => {
    if (!hadValue) return [`never evaluated: ${text}`];
    if (wasTrue === wasFalse) return [];
    return [`never ${wasTrue ? 'false' : 'true'}: ${text}`];
  });
  return [...new Set(found)];
}
