/** Calls in a fake world. */
import type { Call } from '../api/index.ts';
import { callDocument, makeWorld, MEDIA, settle, type World } from './world.ts';

export const ACCEPTED: Partial<Call> = { state: 'connecting', acceptedAt: '2026-01-05T10:00:02.000Z' };
export const ONGOING: Partial<Call> = {
  ...ACCEPTED,
  state: 'ongoing',
  connectedAt: '2026-01-05T10:00:04.000Z',
  grantedUntil: '2026-01-05T10:10:04.000Z',
};
export const RECEIPT = { connectedAt: ONGOING.connectedAt, coinsSpent: 10 };

/** A world whose backend does what a call needs; `me` is the caller. */
export function callWorld(live = true): World {
  const world = makeWorld('me', live);
  const { backend } = world;
  backend.answers('calls/start', () => ({ callId: 'call' }));
  backend.answers('calls/accept', () => ({ callId: 'call', state: 'connecting', media: MEDIA }));
  backend.answers('calls/token', () => ({ media: MEDIA, grantedUntil: null, final: false }));
  backend.answers('calls/joined', () => ({
    state: 'connecting',
    connectedAt: null,
    grantedUntil: null,
    media: MEDIA,
  }));
  backend.answers('calls/end', () => ({ callId: 'call', endReason: 'completed', receipt: RECEIPT }));
  return world;
}

/** The document of the call, with what has changed. */
export async function tell({ documents }: World, change: Partial<Call>): Promise<void> {
  documents.only.tell([callDocument(change)]);
  await settle();
}

/** A call that `me` has started and in which both talk. */
export async function connected(world: World) {
  const call = world.earshot.call({ calleeId: 'other', type: 'audio' });
  await settle();
  await tell(world, {});
  await tell(world, ACCEPTED);
  world.backend.answers('calls/token', () => ({
    media: { ...MEDIA, token: 'longer' },
    grantedUntil: ONGOING.grantedUntil,
    final: false,
  }));
  await tell(world, ONGOING);
  return call;
}

/** That somebody calls `me`. */
export const CALLEE = { callerId: 'other', calleeId: 'me' };
