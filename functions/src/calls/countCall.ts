/** Keeps the monthly counters, which outlive the calls. */
import { increment, type Patch, type Writer } from '../platform/store/port.ts';
import { callMonths, partySchema, type Call, type CallMonth } from './documents.ts';
import { addedBy, monthOf } from './domain/statistics.ts';

/** Adds an ended call to the months of both parties, in the transaction that ends it: one write each, no read. */
export function countCall(writer: Writer, ended: Call): void {
  const month = monthOf(ended);
  for (const party of partySchema.options) {
    const uid = party === 'caller' ? ended.callerId : ended.calleeId;
    const added: Patch<CallMonth> = Object.fromEntries(
      Object.entries(addedBy(ended, party)).map(([name, amount]) => [name, increment(amount)]),
    );
    writer.merge(callMonths.doc(uid, month), { month, ...added });
  }
}
