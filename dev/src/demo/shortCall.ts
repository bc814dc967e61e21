/** A second call, made by the example that the README shows: what is printed there is what runs here. */
import type { CallState, Receipt } from '../../../client/src/index.ts';
import { firstCall } from '../../../docs/examples/first-call.ts';
import type { Stage } from './stage.ts';
import { LISTENER, OPERATOR, SHORT_CALL_SEC } from './plan.ts';
import { incomingCallsOf } from './opening.ts';

/** The operator calls the listener and hangs up within the free seconds. @returns the operator's receipt */
export async function playShortCall(stage: Stage): Promise<Receipt> {
  const { timeline, control, operator, listener } = stage;
  timeline.hungUp();
  timeline.chapter('A call shorter than ten seconds is free (made by docs/examples/first-call.ts)');
  const phases: string[] = [];
  const screen = {
    show: ({ phase }: CallState) => void (phases.at(-1) === phase || phases.push(phase)),
    offerCoins: () => undefined,
  };
  const [call] = await Promise.all([
    timeline.step(
      { name: 'firstCall', who: OPERATOR, what: () => `calls and sees: ${phases.join(', ')}` },
      async () => await firstCall(operator.earshot, listener.uid, screen),
    ),
    acceptNextCall(stage),
  ]);
  await control.advance(SHORT_CALL_SEC);
  return await timeline.step(
    {
      name: 'hangUp',
      who: OPERATOR,
      what: ({ durationSec, coinsSpent, coinsReleased }) =>
        `hangs up after ${durationSec} s: ${coinsSpent ?? '?'} coins spent, ${coinsReleased ?? '?'} released`,
    },
    async () => {
      await call.end();
      if (call.state.receipt === undefined) throw new Error('the call has ended without a receipt');
      return call.state.receipt;
    },
  );
}

async function acceptNextCall({ timeline, listener, watch }: Stage): Promise<void> {
  const incoming = watch(incomingCallsOf(listener));
  const [ringing] = await incoming.until('a call', (calls) => calls.length > 0);
  await timeline.step({ name: 'acceptShort', who: LISTENER, what: 'accepts and joins' }, async () => {
    const call = listener.earshot.call(ringing?.callId ?? '');
    await call.accept();
    await call.until('ongoing');
  });
}
