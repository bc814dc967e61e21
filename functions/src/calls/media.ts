/** Media credentials of one party, bound to the paid time. */
import type { MediaCredentials } from '../gateways/media.ts';
import { addSec } from '../platform/clock.ts';
import { sha256 } from '../platform/ids.ts';
import type { AppPorts } from '../ports.ts';
import type { Call, CallMedia, Party, Seat } from './documents.ts';
import { connectDeadline } from './domain/lifecycle.ts';

/** Media uids are integers 1 … 2^31−1 in every Agora SDK. */
const MAX_MEDIA_UID = 2 ** 31 - 1;

/** Call id and 128 random bits, 55 characters: Agora takes 63 of these. */
const CHANNEL = /^([0-9a-f]{32})-[\w-]{22}$/u;

/**
 * A new channel that nobody can guess, and two different uids in it. The name begins with the id of the call, so that
 * whatever the provider says of a channel finds its call without an index.
 */
export function newMedia(
  { ids }: AppPorts,
  { callId, call, acceptRequestId }: { callId: string; call: Call; acceptRequestId: string },
): CallMedia {
  const callerUid = ids.integer(MAX_MEDIA_UID);
  const drawn = ids.integer(MAX_MEDIA_UID);
  const calleeUid = drawn === callerUid ? (drawn % MAX_MEDIA_UID) + 1 : drawn;
  const secret = Buffer.from(ids.random128(), 'hex').toString('base64url');
  const channel = `${callId}-${secret}`;
  return { channel, callerUid, calleeUid, acceptRequestId, expireAt: call.expireAt };
}

/** @returns the call that a channel names; undefined for a channel that is none of ours */
export function callIdOf(channel: string): string | undefined {
  return CHANNEL.exec(channel)?.[1];
}

/** @returns the place of one party in the channel of a call */
export function seatOf({ channel, callerUid, calleeUid }: CallMedia, party: Party): Seat {
  return { channel, mediaUid: party === 'caller' ? callerUid : calleeUid };
}

/** What a seat is known by to whoever has only its hash; the random bits of the channel cannot be found from it. */
export function seatKeyOf({ channel, mediaUid }: Seat): string {
  return sha256(`${channel}/${mediaUid}`);
}

/** When a token of this call must end: the paid time (or the time to connect) and a short grace. */
export function tokenEnd(call: Call): Date {
  const accepted = call.acceptedAt ?? call.createdAt;
  return addSec(call.grantedUntil ?? connectDeadline(call, accepted), call.terms.tokenGraceSec);
}

/** @returns the party's credentials; undefined when the provider is not configured rightly */
export async function credentialsFor(
  ports: AppPorts,
  { call, seat }: { readonly call: Call; readonly seat: Seat },
): Promise<MediaCredentials | undefined> {
  return await ports.media.credentials({
    channel: seat.channel,
    uid: seat.mediaUid,
    now: ports.clock.now(),
    expiresAt: tokenEnd(call),
  });
}

/**
 * As `credentialsFor`, for a call that has had a token before.
 * @throws when no token can be made any more: a fault of ours, answered as `internal`
 */
export async function mediaAnswer(ports: AppPorts, request: { readonly call: Call; readonly seat: Seat }) {
  const credentials = await credentialsFor(ports, request);
  if (credentials === undefined) throw new Error('the media provider makes no token');
  return mediaOutputOf(credentials);
}

/** Credentials as plain JSON. */
export function mediaOutputOf(credentials: MediaCredentials) {
  return { ...credentials, expiresAt: credentials.expiresAt.toISOString() };
}
