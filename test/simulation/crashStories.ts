/** The canonical scenarios whose every step is tried for a crash, shortest first. */
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { callToken } from '../../functions/src/calls/callToken.ts';
import type { EndReason, Party } from '../../functions/src/calls/documents.ts';
import { emergencyEnd, hangUp, rejectCall } from '../../functions/src/calls/endCall.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { deliverPosted } from '../../functions/src/platform/outbox.ts';
import { beHere } from './comings.ts';
import { payForPackage } from './crashPayment.ts';
import { CALLEE, CALLER, type CrashStory } from './crashStory.ts';

/** One scenario, and what has to come of it wherever a crash strikes, as long as people ask again. */
export interface CrashScenario {
  readonly name: string;
  /** The caller's coins at the beginning. */
  readonly coins: number;
  /** Coins of the caller that were spent, and how the call ended; null where there is none. */
  readonly outcome: { readonly endReason: EndReason | null; readonly purchasedCoins: number };
  readonly play: (story: CrashStory) => Promise<void>;
}

async function ring(story: CrashStory): Promise<void> {
  const { world } = story;
  await beHere(world, CALLEE);
  const input = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
  await story.ask('start', async (ports) => await startCall(ports, world.actor(CALLER), input));
  await world.scheduler.sleep(5);
}

async function connect(story: CrashStory): Promise<void> {
  const { world } = story;
  await ring(story);
  const { callId } = story;
  const taken = { callId, requestId: 'accept' };
  await story.ask('accept', async (ports) => await acceptCall(ports, world.actor(CALLEE), taken));
  // Both do so on their own: neither waits for the other.
  await Promise.all(
    (['caller', 'callee'] as const).map(async (by) => {
      const actor = world.actor(by === 'caller' ? CALLER : CALLEE);
      await story.ask('join', async (ports) =>
        world.script.claim(callId, by, async () => await joinCall(ports, actor, { callId })),
      );
    }),
  );
}

async function hangsUp(story: CrashStory, party: Party): Promise<void> {
  const { world, callId } = story;
  const uid = party === 'caller' ? CALLER : CALLEE;
  await story.ask('end', async (ports) =>
    world.script.end(callId, party, async () => await hangUp(ports, world.actor(uid), { callId })),
  );
}

async function buyCoins(story: CrashStory, coins: number): Promise<void> {
  const key = `purchase-${coins}`;
  const ref = { kind: 'payment', id: key } as const;
  const credit = { key, source: 'purchase', coins, description: '', ref } as const;
  const { kind } = await story.ask('credit', async (ports) => {
    const { posted } = await creditCoins(ports.store, CALLER, credit, ports.clock.now());
    await deliverPosted(ports, posted, ports.deliver);
  });
  if (kind === 'ok') story.credited(key, coins);
}

/** The first ones are short enough for every pair of crashes. */
export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'payment by confirmation and webhook',
    coins: 0,
    outcome: { endReason: null, purchasedCoins: 300 },
    play: payForPackage,
  },
  {
    name: 'declined',
    coins: 100,
    outcome: { endReason: 'rejected', purchasedCoins: 100 },
    play: async (story) => {
      await ring(story);
      const { world, callId } = story;
      await story.ask('reject', async (ports) => await rejectCall(ports, world.actor(CALLEE), { callId }));
    },
  },
  {
    name: 'missed',
    coins: 100,
    outcome: { endReason: 'no_answer', purchasedCoins: 100 },
    play: ring,
  },
  {
    name: 'short call',
    coins: 100,
    outcome: { endReason: 'completed', purchasedCoins: 100 },
    play: async (story) => {
      await connect(story);
      await story.world.scheduler.sleep(90);
      await hangsUp(story, 'caller');
    },
  },
  {
    name: 'extend and cut',
    coins: 50,
    outcome: { endReason: 'coins_exhausted', purchasedCoins: 50 },
    play: async (story) => {
      await connect(story);
      const { world, callId } = story;
      await world.scheduler.sleep(150);
      await story.ask('token', async (ports) => await callToken(ports, world.actor(CALLER), { callId }));
    },
  },
  {
    name: 'top-up in the middle of a call',
    coins: 20,
    outcome: { endReason: 'completed', purchasedCoins: 120 },
    play: async (story) => {
      await connect(story);
      await story.world.scheduler.sleep(90);
      await buyCoins(story, 100);
      await story.world.scheduler.sleep(120);
      await hangsUp(story, 'callee');
    },
  },
  {
    name: 'emergency',
    coins: 100,
    outcome: { endReason: 'emergency', purchasedCoins: 100 },
    play: async (story) => {
      await connect(story);
      const { world, callId } = story;
      await world.scheduler.sleep(30);
      const help = { callId, note: 'help' };
      await story.ask('emergencyEnd', async (ports) =>
        world.script.end(callId, 'callee', async () => await emergencyEnd(ports, world.actor(CALLEE), help)),
      );
    },
  },
  {
    name: 'connection lost',
    coins: 100,
    outcome: { endReason: 'connection_lost', purchasedCoins: 100 },
    play: async (story) => {
      await connect(story);
      const { world, callId } = story;
      await world.scheduler.sleep(70);
      world.beats.silence(callId, CALLEE, world.scheduler.nowMs);
      world.script.silenced(callId, 'callee');
    },
  },
];
