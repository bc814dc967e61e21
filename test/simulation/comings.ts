/** Listeners come and go, and say so. */
import { presences } from '../../functions/src/presence/documents.ts';
import { heartbeat } from '../../functions/src/presence/heartbeat.ts';
import { updatePresence } from '../../functions/src/presence/updatePresence.ts';
import { presenceOf } from './listeners.ts';
import { LISTENERS } from './scene.ts';
import { HEALED_MS, START_MS, type World } from './world.ts';

/** A beat as an app makes it: written directly while the server says online, else through the operation. */
export async function beHere(world: World, uid: string): Promise<void> {
  const { store, scheduler } = world;
  const presence = presenceOf(store, uid);
  if (presence.online) store.write(presences.doc(uid).path, { ...presence, at: new Date(scheduler.nowMs) });
  else await world.invoke('presence', async (ports) => await heartbeat(ports, world.actor(uid)));
}

/** Now and then a listener pauses, leaves, or is busy for a while. */
export function planSayings(world: World): void {
  for (const uid of LISTENERS) if (world.random.chance(0.3)) void sayings(world, uid);
}

async function sayings(world: World, uid: string): Promise<void> {
  const { random, scheduler } = world;
  const say = async (input: Parameters<typeof updatePresence>[2]) =>
    await world.invoke('presence', async (ports) => await updatePresence(ports, world.actor(uid), input));
  await scheduler.sleep(random.between(60, (HEALED_MS - START_MS) / 1000));
  world.hit('presence said');
  const what = random.pick(['pause', 'leave', 'busy', 'busyTwice'] as const);
  const markSec = random.between(30, 1200);
  const mark = async (sec: number) =>
    // Until when is said by the app's clock.
    await say({
      busyUntil: new Date(scheduler.nowMs + (sec + world.clockOffSec(uid)) * 1000).toISOString(),
    });
  if (what === 'leave') await say({ online: false });
  else if (what === 'pause') await pause(world, say);
  else await mark(markSec);
  if (what === 'busyTwice') await mark(random.between(30, 1200));
}

async function pause(world: World, say: (input: { willing: boolean }) => Promise<unknown>): Promise<void> {
  await say({ willing: false });
  await world.scheduler.sleep(world.random.between(10, 900));
  await say({ willing: true });
}
