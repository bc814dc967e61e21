/** Platform ports for unit tests: the store in memory, a clock that stands still, a log that can be read. */
import type { Clock } from '../platform/clock.ts';
import type { Log, LogFields, Severity } from '../platform/log.ts';
import { MemoryStore } from '../platform/store/memory.ts';
import { START } from './calls.ts';

export interface LogLine {
  readonly severity: Severity;
  readonly message: string;
  readonly fields: LogFields;
}

/** A clock that moves only when told. */
export class TestClock implements Clock {
  #now: Date;
  constructor(now: Date = START) {
    this.#now = now;
  }
  now(): Date {
    return this.#now;
  }
  fromServerTime(at: Date): Date {
    return at;
  }
  toServerTime(at: Date): Date {
    return at;
  }
  authSec(): number {
    return Math.floor(this.#now.getTime() / 1000);
  }
  advance(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }
}

/** Ports and what can be looked at afterwards. */
export function testPorts() {
  const lines: LogLine[] = [];
  const log: Log = {
    write: (severity, message, fields = {}) => void lines.push({ severity, message, fields }),
  };
  return {
    store: new MemoryStore(),
    clock: new TestClock(),
    log,
    lines,
    ids: { random128: () => 'correlation' },
  };
}
