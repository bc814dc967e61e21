/**
 * The log: structured lines with an allow-list of fields. A field that is not on the list never reaches a log,
 * so a phone number, a code or a token cannot leak by accident.
 */

/** What may be logged, and nothing else. */
export interface LogFields {
  operation?: string;
  correlationId?: string;
  uid?: string;
  callId?: string;
  reason?: string;
  code?: string;
  state?: string;
  event?: string;
  effect?: string;
  key?: string;
  durationMs?: number;
  attempt?: number;
  count?: number;
  /** Name and stack of an unknown fault, without its message where that could carry input. */
  fault?: string;
  parameter?: string;
}

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface Log {
  write(severity: Severity, message: string, fields?: LogFields): void;
}

const ALLOWED: readonly (keyof LogFields)[] = [
  'operation',
  'correlationId',
  'uid',
  'callId',
  'reason',
  'code',
  'state',
  'event',
  'effect',
  'key',
  'durationMs',
  'attempt',
  'count',
  'fault',
  'parameter',
];

/** Keeps only the fields of the allow-list, whatever an object carried at run time. */
export function allowedFields(fields: LogFields): LogFields {
  return Object.fromEntries(
    ALLOWED.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
}

/** One JSON object a line on stdout, in the form Cloud Logging reads. */
export const consoleLog: Log = {
  write(severity, message, fields = {}) {
    process.stdout.write(`${JSON.stringify({ severity, message, ...allowedFields(fields) })}\n`);
  },
};

/**
 * What may be told of an unknown fault: its class, its code, its message scrubbed of long digit runs and secrets, and
 * the frames.
 */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return `thrown ${typeof fault}`;
  const frames = (fault.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8);
  return [`${fault.name}: ${scrub(fault.message)}`, ...frames].join('\n');
}

/** Removes what looks like a phone number, a code, a token or an address from a text. */
export function scrub(text: string): string {
  return text
    .replaceAll(/eyJ[\w-]+\.[\w-]*\.?[\w-]*/gu, '<token>')
    .replaceAll(/007[A-Za-z0-9+/=]{40,}/gu, '<token>')
    .replaceAll(/[\w.+-]+@[\w-]+\.[\w.]+/gu, '<address>')
    .replaceAll(/\+?\d{6,}/gu, '<digits>');
}
