/** Counters of what an invocation cost, by operation: the numbers a bill is made of. */
import type { StoreMeter } from './store/port.ts';

export interface Counts {
  invocations: number;
  reads: number;
  writes: number;
  deletes: number;
  /** Cloud Tasks operations: an API call or a delivery. */
  taskOps: number;
  /** Reads of `config/*`, at most one round each 30 s an instance; apart from `reads`. */
  configReads: number;
  transactionRetries: number;
}

export function noCounts(): Counts {
  return {
    invocations: 0,
    reads: 0,
    writes: 0,
    deletes: 0,
    taskOps: 0,
    configReads: 0,
    transactionRetries: 0,
  };
}

/** Counts for one invocation. */
export class Meter implements StoreMeter {
  readonly counts: Counts = noCounts();
  reads(count: number, path: string): void {
    if (path.startsWith('config/')) this.counts.configReads += count;
    else this.counts.reads += count;
  }
  writes(count: number): void {
    this.counts.writes += count;
  }
  deletes(count: number): void {
    this.counts.deletes += count;
  }
  retry(): void {
    this.counts.transactionRetries += 1;
  }
  taskOp(): void {
    this.counts.taskOps += 1;
  }
  invocation(): void {
    this.counts.invocations += 1;
  }
}
