/** What a callable's body may hold, looked at before Firebase's own decoder does, which would answer with a fault of ours. */

/** The decoder calls itself for each level; no input of ours has more than three. */
const MOST_LEVELS = 32;
const LONGS: readonly unknown[] = [
  'type.googleapis.com/google.protobuf.Int64Value',
  'type.googleapis.com/google.protobuf.UInt64Value',
];

/**
 * @param data `data` of a callable's body, as it was parsed
 * @returns what is wrong with it for the client to read; undefined when the decoder can take it
 */
export function callableBodyProblem(data: unknown): string | undefined {
  let level: unknown[] = [data];
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > MOST_LEVELS) return 'nested too deep';
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    if (objects.some((value) => '@type' in value && !isLong(value))) return 'of an unknown type';
    level = objects.flatMap((value) => Object.values(value) as unknown[]);
  }
  return undefined;
}

/** Apps on phones send their 64-bit integers like this. */
function isLong(value: object): boolean {
  const { '@type': type, value: digits } = value as { readonly '@type': unknown; readonly value?: unknown };
  if (!type) return true;
  return LONGS.includes(type) && typeof digits === 'string' && /^-?\d{1,20}$/u.test(digits);
}
