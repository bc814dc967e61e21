/** What a party of an accepted call is given to reach the other, by provider. */
import { z } from 'zod';
import { isoTime } from '../platform/contract.ts';

const agoraOutput = z.object({
  provider: z.literal('agora'),
  channel: z.string(),
  uid: z.number().int(),
  token: z.string(),
  appId: z.string(),
  expiresAt: isoTime,
});

/** For a call from app to app; the first two go to `RTCPeerConnection` as they are. */
const webrtcOutput = z.object({
  provider: z.literal('webrtc'),
  iceServers: z.array(
    z.object({
      urls: z.array(z.string()),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
  /** `relay`: neither side learns the other's network address. */
  iceTransportPolicy: z.enum(['all', 'relay']),
  /** The collection in which the apps leave each other their signals. */
  signalPath: z.string(),
  /** Gives way when both offer at once: the callee. */
  polite: z.boolean(),
  /** `expireAt` of each signal. */
  signalsExpireAt: isoTime,
  expiresAt: isoTime,
});

export const mediaOutput = z.discriminatedUnion('provider', [agoraOutput, webrtcOutput]);
