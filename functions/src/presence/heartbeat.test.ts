import { describe, expect, it } from '@jest/globals';
import { listenerCards } from '../listeners/documents.ts';
import type { Actor } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import { CALLEE, callWorld } from '../testing/callWorld.ts';
import { users } from '../users/documents.ts';
import { heartbeat } from './heartbeat.ts';
import { updatePresence } from './updatePresence.ts';

describe('coming back', () => {
  it.each<readonly [string, (ports: AppPorts, actor: Actor) => Promise<unknown>]>([
    ['a beat', heartbeat],
    ['an update', async (ports, actor) => await updatePresence(ports, actor, { online: true })],
  ])('by %s follows the profile, and undoes no change of prices or masking', async (_way, comeBack) => {
    const { ports, store, clock, actor } = await callWorld(100);
    // The settings of these ports are those of an instance that has not heard of the change yet.
    const masked = { displayName: 'OTO#1', rates: { audio: 20, video: 90 } };
    await store.commit((writer) => {
      writer.update(listenerCards.doc(CALLEE), masked);
      writer.update(users.doc(CALLEE), { bio: 'I listen.' });
    });
    clock.advance(91);
    await comeBack(ports, actor(CALLEE));
    expect(await store.getAll(listenerCards.doc(CALLEE))).toMatchObject([
      { ...masked, bio: 'I listen.', availability: 'available' },
    ]);
  });
});
