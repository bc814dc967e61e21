/** The paid call, scene by scene: ring, connect, run low, top up, run out, settle. */
import type { Call } from '../../../client/src/index.ts';
import type { Stage } from './stage.ts';
import { Live } from './live.ts';
import { answer, connect, ring } from './opening.ts';
import { runLow, runOut, topUp } from './paidTime.ts';
import { CALLER, LISTENER } from './plan.ts';
import type { Receipt } from '../../../client/src/index.ts';

/** What the call came to, as its people saw it. */
export interface PaidCall {
  readonly callId: string;
  readonly endReason: string | null;
  readonly callerReceipt: Receipt;
  readonly listenerReceipt: Receipt;
  readonly earnedPerMinute: number;
  readonly lowBalancePushes: number;
}

/** A call in which everything happens. */
export async function playPaidCall(stage: Stage): Promise<PaidCall> {
  const { timeline } = stage;
  timeline.chapter('The call rings');
  const { callId, earnedPerMinute } = await ring(stage);
  const watched = await answer(stage, callId);
  timeline.chapter('Both join: the paid time begins');
  const call = { callId, watched, connectedAt: await connect(stage, callId) };
  timeline.chapter('The coins run low, and a top-up in mid-call extends it');
  await runLow(stage, call);
  await topUp(stage, call);
  timeline.chapter('The last coin is spent');
  const lowBalancePushes = await runOut(stage, call);
  return { callId, earnedPerMinute, lowBalancePushes, ...(await readReceipts(stage, callId)) };
}

async function readReceipts({ timeline, caller, listener, watch }: Stage, callId: string) {
  const ofCaller = await timeline.step(
    { name: 'receiptCaller', who: CALLER, what: 'reads the receipt' },
    async () => await caller.earshot.calls.get({ callId }),
  );
  const ofListener = await timeline.step(
    { name: 'receiptListener', who: LISTENER, what: 'reads the receipt' },
    async () => await listener.earshot.calls.get({ callId }),
  );
  const history = watch(
    new Live<Call[]>('the history', (next, onError) =>
      caller.earshot.watchHistory('caller', next, { onError }),
    ),
  );
  await timeline.step(
    {
      name: 'history',
      who: CALLER,
      what: ([call]) => `has the call in the live history: ${call?.durationSec ?? '?'} s`,
    },
    async () =>
      await history.until('the call', ([call, more]) => more === undefined && call?.state === 'ended'),
  );
  await timeline.step(
    {
      name: 'earnings',
      who: LISTENER,
      what: ({ earnings }) => `has earned ${earnings.total} coins, ${earnings.available} of them payable`,
    },
    async () => await listener.earshot.wallet.balance(),
  );
  const [callerReceipt, listenerReceipt] = [ofCaller.receipt, ofListener.receipt];
  if (callerReceipt === undefined || listenerReceipt === undefined)
    throw new Error('the call has ended without receipts');
  return { endReason: ofCaller.call.endReason, callerReceipt, listenerReceipt };
}
