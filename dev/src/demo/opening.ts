/** From the price list to the moment both are in the channel. */
import { randomUUID } from 'node:crypto';
import { doc, serverTimestamp, updateDoc } from 'firebase/firestore';
import type { Call, ListenerCard } from '../../../client/src/index.ts';
import type { Phone } from '../phone/phone.ts';
import type { Stage } from './stage.ts';
import { Live } from './live.ts';
import { CALLER, LISTENER } from './plan.ts';
import { describePush, newestPush } from './pushes.ts';
import { callTime } from './timeline.ts';

const shows = (availability: string) => (cards: readonly ListenerCard[]) =>
  cards.some((card) => card.availability === availability);

/** A call as its caller follows it. */
export type WatchedCall = Live<Call | undefined>;

/** What rings somebody. */
export function incomingCallsOf({ earshot }: Phone): Live<Call[]> {
  return new Live('incoming calls', (...to) => earshot.watchIncoming(...to));
}

/** The caller finds the listener and rings. */
export async function ring(stage: Stage): Promise<{ callId: string; earnedPerMinute: number }> {
  const { timeline, caller, listener, watch } = stage;
  const { earnings } = await timeline.step(
    {
      name: 'rates',
      who: CALLER,
      what: ({ rates }) =>
        `reads the prices: audio ${rates.audio.coinsPerMinute} coins a minute (a first request, so a process starts)`,
    },
    async () => await caller.earshot.calls.rates(),
  );
  const feed = watch(new Live<ListenerCard[]>('the feed', (...to) => caller.earshot.watchFeed({}, ...to)));
  await timeline.step(
    { name: 'feed', who: CALLER, what: `opens the live feed: ${LISTENER} is available` },
    async () => await feed.until('an available listener', shows('available')),
  );
  const incoming = watch(incomingCallsOf(listener));
  await incoming.until('no call yet', (calls) => calls.length === 0);
  const sinceMs = performance.now();
  const [callId] = await Promise.all([
    start(stage),
    timeline.step(
      { name: 'incoming', who: LISTENER, what: 'sees it in the live query of incoming calls', sinceMs },
      async () => await incoming.until('the call', (calls) => calls.length === 1),
    ),
    timeline.step(
      { name: 'busy', who: CALLER, what: `sees ${LISTENER} become busy in the live feed`, sinceMs },
      async () => await feed.until('a busy listener', shows('busy')),
    ),
  ]);
  await timeline.step(
    { name: 'ringPush', who: LISTENER, what: describePush, sinceMs },
    async () => await newestPush(stage, listener, { type: 'incoming_call', callId }),
  );
  return { callId, earnedPerMinute: earnings.audio.earnedPerMinute };
}

async function start({ timeline, caller, listener }: Stage): Promise<string> {
  const wish = { type: 'audio', estimatedMinutes: 5, requestId: randomUUID() } as const;
  const { callId } = await timeline.step(
    {
      name: 'start',
      who: CALLER,
      what: (call) =>
        `calls ${LISTENER}: ${call.heldCoins} coins are held, enough for ${call.affordableMinutes} minutes`,
    },
    async () => await caller.earshot.calls.start({ calleeId: listener.uid, ...wish }),
  );
  return callId;
}

/** The listener accepts; the caller learns of it only by watching the call. */
export async function answer(
  { timeline, caller, listener, watch }: Stage,
  callId: string,
): Promise<WatchedCall> {
  const watched = watch<Call | undefined>(
    new Live('the call', (...to) => caller.earshot.watchCall(callId, ...to)),
  );
  await watched.until('ringing', (call) => call?.state === 'ringing');
  const sinceMs = performance.now();
  await Promise.all([
    timeline.step(
      { name: 'accept', who: LISTENER, what: ({ state }) => `accepts: the call is ${state}` },
      async () => await listener.earshot.calls.accept({ callId, requestId: randomUUID() }),
    ),
    timeline.step(
      { name: 'acceptSeen', who: CALLER, what: 'learns of it by watching the call', sinceMs },
      async () => await watched.until('connecting', (call) => call?.state === 'connecting'),
    ),
  ]);
  return watched;
}

/** Both join the channel. @returns when the call was connected */
export async function connect({ timeline, caller, listener }: Stage, callId: string): Promise<Date> {
  await timeline.step(
    {
      name: 'token',
      who: CALLER,
      what: ({ media }) => `fetches a token for the ${media.provider} channel`,
    },
    async () => await caller.earshot.calls.token({ callId }),
  );
  await timeline.step(
    { name: 'joinedCallee', who: LISTENER, what: ({ state }) => `is in the channel: ${state}` },
    async () => await listener.earshot.calls.joined({ callId }),
  );
  const joined = await timeline.step(
    { name: 'joinedCaller', who: CALLER, what: ({ state }) => `is in the channel: ${state}` },
    async () => await caller.earshot.calls.joined({ callId }),
  );
  if (joined.connectedAt === null || joined.grantedUntil === null)
    throw new Error('both have joined, and the call is not connected');
  const connectedAt = new Date(joined.connectedAt);
  timeline.connected(connectedAt);
  const until = callTime(connectedAt, new Date(joined.grantedUntil));
  await timeline.step(
    { name: 'beats', who: 'both', what: `beat straight into Firestore; the call is paid until ${until}` },
    async () =>
      await Promise.all(
        [caller, listener].map(
          async ({ db, uid }) =>
            await updateDoc(doc(db, 'calls', callId, 'beats', uid), { at: serverTimestamp() }),
        ),
      ),
  );
  return connectedAt;
}
