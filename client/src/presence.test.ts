import { describe, expect, it } from '@jest/globals';
import { makeWorld } from './testing/world.ts';

function online() {
  const world = makeWorld();
  world.backend.answers('presence/heartbeat', () => ({ onlineUntil: '2026-01-05T10:01:30.000Z' }));
  return world;
}

describe('staying online', () => {
  it('begins with the operation, and beats into the document from then on', async () => {
    const { backend, documents, earshot, timers } = online();
    const stop = earshot.presence.keep();
    await timers.pass(60);
    expect(backend.times('presence/heartbeat')).toBe(1);
    expect(documents.beats).toEqual(['presence/me', 'presence/me']);
    stop();
    await timers.pass(60);
    expect(documents.beats).toHaveLength(2);
  });

  it('goes back to the operation when a beat is refused', async () => {
    const { backend, documents, earshot, timers } = online();
    earshot.presence.keep();
    await timers.pass(30);
    documents.refusal = new Error('the lease has lapsed');
    await timers.pass(30);
    expect(backend.times('presence/heartbeat')).toBe(2);
  });

  it('ends when the person leaves', async () => {
    const { backend, documents, earshot, session, timers } = online();
    earshot.presence.keep();
    await timers.pass(1);
    session.signIn(undefined);
    await timers.pass(90);
    expect([backend.asked.length, documents.beats.length]).toEqual([1, 0]);
  });
});
