/** What the parts of a world see of it. */
import type { AppPorts } from '../../functions/src/ports.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { Refusal } from '../../functions/src/platform/errors.ts';
import type { Counter } from './counters.ts';
import type { FaultRates } from './faults.ts';
import type { Auditor } from './invariants.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Script } from './script.ts';

/** What came of an invocation, as far as its client can know. */
export type Result<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** An internal error, or no answer at all: it may or may not have happened. */
  | { readonly kind: 'unknown' };

export interface Surroundings {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly script: Script;
  readonly store: MemoryStore;
  readonly auditor: Auditor;
  /** Of this moment. */
  readonly rates: FaultRates;
  hit(counter: Counter): void;
  /** An invariant does not hold. */
  violated(invariant: string): void;
  /** Runs a use case as an invocation of its own. */
  invoke<T>(name: string, work: (ports: AppPorts) => Promise<T>): Promise<Result<T>>;
  /** A call of a provider takes its time, and whoever makes it may die of it. */
  portPause(): Promise<void>;
  /** The same between what a provider does and its answer, where every point is tried. */
  answerPause(): Promise<void>;
}
