/** What a suite has met. A simulation that never meets a fault proves nothing about it, so each must be above 0. */
import { endReasonSchema } from '../../functions/src/calls/documents.ts';

export const FAULT_COUNTERS = [
  'task duplicated',
  'task delayed',
  'task reordered',
  'task lost',
  'handler retried',
  'crash before commit',
  'crash after commit',
  'crash elsewhere',
  'handler hung',
  'late handler goes on',
  'commit aborted',
  'acknowledgement lost',
  'commit answered with an error',
  'commit failed',
  'slow read',
  'slow step',
  'lock left behind',
  'lock met',
  'tasks refused',
  'push refused',
  'media refused',
  'port answer lost',
  'client clock off',
  'answer lost',
  'client retry',
  'double tap',
  'both ends at once',
  'two versions at once',
  'document of the previous version',
  'field of the next version kept',
  'call across a deploy',
  'silent client',
  'sweep skipped',
  'media notice lost',
  'media notice delayed',
  'media notice doubled',
  'media notice reordered',
  'payment report lost',
  'payment report delayed',
  'payment report doubled',
  'payment report reordered',
  'gateway silent',
  'gateway answer lost',
] as const;

export const OUTCOME_COUNTERS = [
  'call started',
  'extend',
  'final slice',
  'announced end',
  'rearmed by credit',
  'extended by credit',
  'credit during call',
  'credit repeated',
  'paid by confirmation',
  'paid by webhook',
  'paid by poll',
  'payment failed first',
  'payment failed',
  'order paid twice',
  'order abandoned',
  'order refused',
  'forged signature',
  'confirmed by a stranger',
  'signature of another order',
  'report of another account',
  'report of another amount',
  ...endReasonSchema.options,
  'sweep settle',
  'surplus release',
  'free call settled',
  'bonus charged',
  'settle race',
  'glare',
  'callee busy',
  'answered elsewhere',
  'idempotency mismatch',
  'insufficient coins',
  'failed token',
  'refused without a write',
  'outbox swept',
  'missed attempt told',
  'presence said',
  'join withheld',
  'connected by media',
  'left for 1',
  'left for 2',
  'left for 4',
  'left for 5',
  'left for 9',
  'left for 10',
  'left for 999',
  'came back',
  'lost by media',
  'stays after the end',
  'removed from the channel',
  'kept out of a closed channel',
  'closed again',
  'media after the end',
] as const;

export type Counter = (typeof FAULT_COUNTERS)[number] | (typeof OUTCOME_COUNTERS)[number];

export class Counters {
  readonly #counts = new Map<Counter, number>();

  hit(counter: Counter): void {
    this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + 1);
  }

  get(counter: Counter): number {
    return this.#counts.get(counter) ?? 0;
  }

  /** What was counted, to hand it on to another thread. */
  counts(): ReadonlyMap<Counter, number> {
    return this.#counts;
  }

  /** Adds what another part of the suite has counted. */
  add(counts: ReadonlyMap<Counter, number>): void {
    for (const [counter, count] of counts) this.#counts.set(counter, this.get(counter) + count);
  }

  /** What was never met. */
  missing(): Counter[] {
    return [...FAULT_COUNTERS, ...OUTCOME_COUNTERS].filter((counter) => this.get(counter) === 0);
  }

  /** A table for people, faults first. */
  table(): string {
    const rows = [...FAULT_COUNTERS, ...OUTCOME_COUNTERS].map(
      (counter) => `  ${counter.padEnd(34)}${String(this.get(counter)).padStart(10)}`,
    );
    return rows.join('\n');
  }
}
