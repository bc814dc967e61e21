/** What a call that the backend tells says of the server's time. */
import type { Call } from '../api/index.ts';
import type { ServerClock } from '../serverClock.ts';

/** The device's time before the request that made the start or the accept of a call. */
export interface Asked {
  readonly made: 'start' | 'accept';
  readonly atMs: number;
}

/** @returns what is still to be compared: a request counts once, for told later it would say nothing of the clocks then */
export function learnTime(clock: ServerClock, call: Call, asked: Asked | undefined): Asked | undefined {
  const { createdAt, acceptedAt, connectedAt, grantedUntil, endedAt } = call;
  for (const at of [createdAt, acceptedAt, connectedAt, endedAt]) clock.hasPassed(at);
  const named = asked?.made === 'accept' ? acceptedAt : createdAt;
  const compares = asked !== undefined && named !== null;
  if (compares) clock.isAfter(named, asked.atMs);
  if (call.state === 'ongoing') clock.isAfter(grantedUntil);
  return compares ? undefined : asked;
}
