/** Takes away what the apps of a call have said to find each other: it holds their network addresses. */
import { describeFault } from '../platform/log.ts';
import type { AppPorts } from '../ports.ts';
import { signals, signalsOfCall } from './documents.ts';

/** The rules let two parties write no more than 400, and one commit takes 500. */
const MOST_SIGNALS = 500;

/** After the end of the call, when the rules let nobody write another one. Repeating it is harmless. */
export async function deleteSignals({ store, log }: AppPorts, callId: string): Promise<void> {
  const left = await store.query({
    query: signalsOfCall,
    parentIds: [callId],
    values: [],
    limit: MOST_SIGNALS,
    onUnreadable: (fault) => {
      log.write('ERROR', 'a signal cannot be read and is left to its expiry', {
        callId,
        fault: describeFault(fault),
      });
    },
  });
  if (left.length === 0) return;
  await store.commit((writer) => {
    for (const { id } of left) writer.delete(signals.doc(callId, id));
  });
}
