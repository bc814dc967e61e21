/** A second call, made by the example that the README shows: what is printed there is what runs here. */
import { randomUUID } from 'node:crypto';
import { firstCall } from '../../../docs/examples/first-call.ts';
import { acceptContract, endContract, joinedContract } from '../../../functions/src/calls/contract.ts';
import { ask } from './ask.ts';
import type { Stage } from './stage.ts';
import { Live } from './live.ts';
import { LISTENER, OPERATOR, SHORT_CALL_SEC } from './plan.ts';
import { incomingCallsOf } from './queries.ts';
import type { Receipt } from './verdict.ts';

/** The operator calls the listener and hangs up within the free seconds. @returns the operator's receipt */
export async function playShortCall(stage: Stage): Promise<Receipt> {
  const { timeline, control, operator, listener } = stage;
  timeline.hungUp();
  timeline.chapter('A call shorter than ten seconds is free (made by docs/examples/first-call.ts)');
  const [callId] = await Promise.all([
    timeline.step(
      { name: 'firstCall', who: OPERATOR, what: 'calls, waits for the accept, fetches a token and joins' },
      async () => await firstCall(operator, listener.uid, async () => undefined),
    ),
    acceptNextCall(stage),
  ]);
  await control.advance(SHORT_CALL_SEC);
  const { receipt } = await timeline.step(
    {
      name: 'hangUp',
      who: OPERATOR,
      what: ({ receipt: { durationSec, coinsSpent, coinsReleased } }) =>
        `hangs up after ${durationSec} s: ${coinsSpent ?? '?'} coins spent, ${coinsReleased ?? '?'} released`,
    },
    async () => await ask(operator, endContract, { callId }),
  );
  return receipt;
}

async function acceptNextCall({ timeline, listener, watch }: Stage): Promise<void> {
  const incoming = watch(Live.query('incoming calls', incomingCallsOf(listener)));
  const [call] = await incoming.until('a call', (calls) => calls.length > 0);
  const callId = call?.id ?? '';
  await timeline.step({ name: 'acceptShort', who: LISTENER, what: 'accepts and joins' }, async () => {
    await ask(listener, acceptContract, { callId, requestId: randomUUID() });
    await ask(listener, joinedContract, { callId });
  });
}
