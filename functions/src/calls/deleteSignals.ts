/** Takes away what the apps of a call have said to find each other: it holds their network addresses. */
import { describeFault } from '../platform/log.ts';
import { walk } from '../platform/store/walk.ts';
import type { AppPorts } from '../ports.ts';
import { signals, signalsOfCall } from './documents.ts';

/** The rules let two parties write 400 of up to 66 kB: all at once they might not fit into the memory of the service. */
const PAGE = 25;

/** After the end of the call, when the rules let nobody write another one. Repeating it is harmless. */
export async function deleteSignals({ store, log }: AppPorts, callId: string): Promise<void> {
  const left = walk(
    store,
    {
      query: signalsOfCall,
      parentIds: [callId],
      values: [],
      onUnreadable: (fault) => {
        log.write('ERROR', 'a signal cannot be read and is left to its expiry', {
          callId,
          fault: describeFault(fault),
        });
      },
    },
    PAGE,
  );
  for await (const page of left) {
    if (page.length === 0) continue;
    await store.commit((writer) => {
      for (const { id } of page) writer.delete(signals.doc(callId, id));
    });
  }
}
