/** A soak in which nothing went on, or nothing went wrong, proves nothing: what a right run surely meets. */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { Known, Rest } from './evidence.ts';

/** Of all calls: what has to happen this often at least, rounded down, so that a short run asks for less. */
const LEAST = { charged: 0.3, captured: 0.05, killed: 0.015, any: 0.005 } as const;
/** The ends that people and faults make. */
const ENDS: readonly Call['endReason'][] = ['completed', 'cancelled', 'rejected', 'connection_lost'];

/** @param calls how many there should have been at least */
export function missed({ calls: made, entries, wallets }: Rest, known: Known, calls: number): string[] {
  const talked = [...made].filter(([, { connectedAt }]) => connectedAt !== null).map(([callId]) => callId);
  const charged = new Set(
    [...entries.values()].filter(({ type }) => type === 'charge').map(({ ref }) => ref.id),
  );
  const ended = [...made.values()];
  const counts: readonly (readonly [string, number, number])[] = [
    ['calls connected and charged', talked.filter((callId) => charged.has(callId)).length, LEAST.charged],
    ['payments captured', known.captured.length, LEAST.captured],
    ['workers killed', known.kills, LEAST.killed],
    ...Object.entries(known.faults).map(([name, count]) => [`faults ${name}`, count, LEAST.any] as const),
    ...ENDS.map((end) => {
      const count = ended.filter(({ endReason }) => endReason === end).length;
      return [`calls ${end}`, count, LEAST.any] as const;
    }),
  ];
  const few = counts.flatMap(([what, count, share]) => {
    const least = Math.floor(calls * share);
    return count < least ? [`${what}: ${count}, fewer than ${least}`] : [];
  });
  const strangers = [...wallets.keys()].filter((uid) => !known.people.includes(uid));
  return [...few, ...strangers.map((uid) => `${uid} has a wallet and is nobody of the soak`)];
}
