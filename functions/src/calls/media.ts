/** Media credentials of one party, bound to the paid time. */
import type { z } from 'zod';
import type { MediaCredentials, PeerCredentials } from '../gateways/media.ts';
import { addSec } from '../platform/clock.ts';
import { sha256 } from '../platform/ids.ts';
import type { AppPorts } from '../ports.ts';
import type { Features } from '../settings.ts';
import type { Call, CallMedia, Party, Seat } from './documents.ts';
import { connectDeadline } from './domain/lifecycle.ts';
import type { mediaOutput } from './mediaOutput.ts';

/** Media uids are integers 1 … 2^31−1 in every Agora SDK. */
const MAX_MEDIA_UID = 2 ** 31 - 1;

/** 128 bits in hex, of a name that the relay has no use for. */
const RELAY_NAME_LENGTH = 32;

/** Longer than any call. firestore.rules holds each signal to it. */
const SIGNALS_SEC = 24 * 3600;

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

/** @returns what an accepted call keeps of the settings, whatever becomes of them: who carries it, and how */
export function mediaTerms({ type }: Pick<Call, 'type'>, features: Features) {
  const { mediaProviders, relayOnly, masking } = features;
  // Whoever is shown by an alias must not be found by an address.
  return { mediaProvider: mediaProviders[type], relayOnly: relayOnly || masking };
}

/** Of whom, in which call. */
export interface SeatInCall {
  readonly callId: string;
  readonly call: Call;
  readonly party: Party;
  readonly seat: Seat;
}

/** What the apps of a call without a media server get beside the credentials. */
interface Meeting {
  /** Where the apps leave each other their signals. */
  readonly signalPath: string;
  /** Gives way when both offer at once. */
  readonly polite: boolean;
  /** What each signal says of its own deletion. */
  readonly signalsExpireAt: Date;
}

export type PartyCredentials = MediaCredentials | (PeerCredentials & Meeting);

/** @returns when the signals of an accepted call are deleted, should its end not have done it */
export function signalsEnd(call: Call): Date {
  return addSec(call.acceptedAt ?? call.createdAt, SIGNALS_SEC);
}

/** @returns the party's credentials; undefined when the provider is not configured rightly */
export async function credentialsFor(
  ports: AppPorts,
  { callId, call, party, seat }: SeatInCall,
): Promise<PartyCredentials | undefined> {
  const times = { now: ports.clock.now(), expiresAt: tokenEnd(call) };
  if (call.mediaProvider !== 'webrtc')
    return await ports.media.credentials({ channel: seat.channel, uid: seat.mediaUid, ...times });
  // The seat is of this call only: a relay cannot follow anybody from call to call.
  const name = seatKeyOf(seat).slice(0, RELAY_NAME_LENGTH);
  const credentials = ports.peers.credentials({ name, relayOnly: call.relayOnly, ...times });
  return (
    credentials && {
      ...credentials,
      signalPath: `calls/${callId}/signals`,
      polite: party === 'callee',
      signalsExpireAt: signalsEnd(call),
    }
  );
}

/**
 * As `credentialsFor`, for a call that has had a token before.
 * @throws when no token can be made any more: a fault of ours, answered as `internal`
 */
export async function mediaAnswer(ports: AppPorts, request: SeatInCall) {
  const credentials = await credentialsFor(ports, request);
  if (credentials === undefined) throw new Error('the media provider makes no token');
  return mediaOutputOf(credentials);
}

/** Credentials as plain JSON. */
export function mediaOutputOf(credentials: PartyCredentials): z.input<typeof mediaOutput> {
  const expiresAt = credentials.expiresAt.toISOString();
  if (credentials.provider === 'agora') return { ...credentials, expiresAt };
  const { iceServers, signalsExpireAt } = credentials;
  return {
    ...credentials,
    iceServers: iceServers.map(({ urls, ...login }) => ({ urls: [...urls], ...login })),
    signalsExpireAt: signalsExpireAt.toISOString(),
    expiresAt,
  };
}
