/** The paid time: it passes on the virtual clock, the coins run low, a top-up extends it, the last coin ends it. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../../../client/src/index.ts';
import type { Stage } from './stage.ts';
import type { WatchedCall } from './opening.ts';
import {
  CALLER,
  CUT_AT_SEC,
  LISTENER,
  OPERATOR,
  TOP_UP_AT_SEC,
  TOP_UP_COINS,
  WARNED_AT_SEC,
} from './plan.ts';
import { describePush, isPush, newestPush } from './pushes.ts';
import { callTime } from './timeline.ts';

/** The connected call and the caller's live view of it. */
export interface ConnectedCall {
  readonly callId: string;
  readonly watched: WatchedCall;
  readonly connectedAt: Date;
}

/** Moves the virtual clock; what comes due on the way runs as it would in real time. */
export async function passTime(
  { timeline, control }: Stage,
  name: string,
  { seconds, connectedAt }: { readonly seconds: number; readonly connectedAt: Date },
): Promise<void> {
  await timeline.step(
    {
      name,
      who: 'clock',
      what: ({ ran }) => {
        const runs = ran.map(
          (one) => `${one.name.split('/')[0] ?? ''} at ${callTime(connectedAt, new Date(one.at))}`,
        );
        return `moves ${seconds} s on; on the way ran: ${runs.join(', ') || 'nothing'}`;
      },
    },
    async () => await control.advance(seconds),
  );
}

/** A minute before the grant ends the caller is warned. */
export async function runLow(stage: Stage, { callId, connectedAt }: ConnectedCall): Promise<void> {
  const { timeline, caller } = stage;
  await passTime(stage, 'passToWarning', { seconds: WARNED_AT_SEC, connectedAt });
  await timeline.step(
    { name: 'lowBalancePush', who: CALLER, what: describePush },
    async () => await newestPush(stage, caller, { type: 'low_balance', callId }),
  );
}

/** An operator's credit extends the call at once, because less than a minute is left. */
export async function topUp(stage: Stage, { callId, watched, connectedAt }: ConnectedCall): Promise<void> {
  const { timeline, caller, operator } = stage;
  await passTime(stage, 'passToTopUp', { seconds: TOP_UP_AT_SEC - WARNED_AT_SEC, connectedAt });
  const grantEnd = (call: Call | undefined) => new Date(call?.grantedUntil ?? connectedAt);
  const cutMs = connectedAt.getTime() + CUT_AT_SEC * 1000;
  const credit = { userId: caller.uid, coins: TOP_UP_COINS, note: 'Goodwill', requestId: randomUUID() };
  const sinceMs = performance.now();
  await Promise.all([
    timeline.step(
      {
        name: 'topUp',
        who: OPERATOR,
        what: `credits ${TOP_UP_COINS} coins as an operator (a first request to the wallet, so a process starts)`,
      },
      async () => await operator.earshot.wallet.adjust(credit),
    ),
    timeline.step(
      {
        name: 'extensionSeen',
        who: CALLER,
        what: (call) => `sees the call extended: it is paid until ${callTime(connectedAt, grantEnd(call))}`,
        sinceMs,
      },
      async () => await watched.until('the extension', (call) => grantEnd(call).getTime() === cutMs),
    ),
  ]);
  await timeline.step(
    { name: 'renewedToken', who: CALLER, what: 'renews the media token for the longer time' },
    async () => await caller.earshot.calls.token({ callId }),
  );
}

/**
 * Nobody hangs up: the backend cuts the call when its paid time is over.
 * @returns how many low-balance pushes the whole call has caused
 */
export async function runOut(stage: Stage, { callId, watched, connectedAt }: ConnectedCall): Promise<number> {
  const { timeline, control, caller, listener } = stage;
  await passTime(stage, 'passToCut', { seconds: CUT_AT_SEC - TOP_UP_AT_SEC, connectedAt });
  await timeline.step(
    {
      name: 'endSeen',
      who: CALLER,
      what: (call) => `sees the call ended and settled: ${String(call?.endReason)}`,
    },
    async () => await watched.until('the end', (call) => call?.state === 'ended'),
  );
  await timeline.step(
    { name: 'endPushCaller', who: CALLER, what: describePush },
    async () => await newestPush(stage, caller, { type: 'call_ended', callId }),
  );
  await timeline.step(
    { name: 'endPushListener', who: LISTENER, what: describePush },
    async () => await newestPush(stage, listener, { type: 'call_ended', callId }),
  );
  const pushes = await control.pushes(caller.uid);
  return pushes.filter((push) => isPush(push, { type: 'low_balance', callId })).length;
}
