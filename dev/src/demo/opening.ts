/** From the price list to the moment both are in the channel. */
import { randomUUID } from 'node:crypto';
import { serverTimestamp, updateDoc, type DocumentSnapshot } from 'firebase/firestore';
import {
  acceptContract,
  joinedContract,
  ratesContract,
  startContract,
  tokenContract,
} from '../../../functions/src/calls/contract.ts';
import { ask } from './ask.ts';
import type { Stage } from './stage.ts';
import { Live } from './live.ts';
import { CALLER, LISTENER } from './plan.ts';
import { describePush, newestPush } from './pushes.ts';
import { beatDocument, callDocument, feedOf, incomingCallsOf } from './queries.ts';
import { callTime } from './timeline.ts';

const shows = (availability: string) => (cards: readonly DocumentSnapshot[]) =>
  cards.some((card) => card.get('availability') === availability);

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
    async () => await ask(caller, ratesContract, {}),
  );
  const feed = watch(Live.query('the feed', feedOf(caller)));
  await timeline.step(
    { name: 'feed', who: CALLER, what: `opens the live feed: ${LISTENER} is available` },
    async () => await feed.until('an available listener', shows('available')),
  );
  const incoming = watch(Live.query('incoming calls', incomingCallsOf(listener)));
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
    async () => await ask(caller, startContract, { calleeId: listener.uid, ...wish }),
  );
  return callId;
}

/** The listener accepts; the caller learns of it only by watching the call. */
export async function answer({ timeline, caller, listener, watch }: Stage, callId: string): Promise<Live> {
  const watched = watch(Live.document('the call', callDocument(caller, callId)));
  await watched.until('ringing', ([call]) => call?.get('state') === 'ringing');
  const sinceMs = performance.now();
  await Promise.all([
    timeline.step(
      { name: 'accept', who: LISTENER, what: ({ state }) => `accepts: the call is ${state}` },
      async () => await ask(listener, acceptContract, { callId, requestId: randomUUID() }),
    ),
    timeline.step(
      { name: 'acceptSeen', who: CALLER, what: 'learns of it by watching the call', sinceMs },
      async () => await watched.until('connecting', ([call]) => call?.get('state') === 'connecting'),
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
    async () => await ask(caller, tokenContract, { callId }),
  );
  await timeline.step(
    { name: 'joinedCallee', who: LISTENER, what: ({ state }) => `is in the channel: ${state}` },
    async () => await ask(listener, joinedContract, { callId }),
  );
  const joined = await timeline.step(
    { name: 'joinedCaller', who: CALLER, what: ({ state }) => `is in the channel: ${state}` },
    async () => await ask(caller, joinedContract, { callId }),
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
          async (phone) => await updateDoc(beatDocument(phone, callId), { at: serverTimestamp() }),
        ),
      ),
  );
  return connectedAt;
}
