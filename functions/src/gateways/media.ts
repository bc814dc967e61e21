/** The media ports: what the calls need of whoever carries the audio and video, or helps two apps to do it themselves. */

/** What a client needs to join; made for one party of one call. */
export interface MediaCredentials {
  readonly provider: 'agora';
  readonly channel: string;
  /** Integer 1 … 2^31−1, unique in the channel. */
  readonly uid: number;
  readonly token: string;
  readonly appId: string;
  readonly expiresAt: Date;
}

export interface MediaGateway {
  /**
   * @returns credentials that end at `expiresAt`, join privilege included; undefined when the provider's
   *   configuration makes no token
   */
  credentials(request: {
    readonly channel: string;
    readonly uid: number;
    readonly now: Date;
    readonly expiresAt: Date;
  }): Promise<MediaCredentials | undefined>;
  /**
   * Removes everyone from the channel and keeps them out, or one of them. Repeating it is harmless.
   * @param request.lockSec how long nobody may join: until the last token has expired
   * @param request.uid the one whom alone it concerns; everyone when left out
   * @throws when the provider did not take it; the outbox tries again
   */
  closeChannel(request: {
    readonly channel: string;
    readonly lockSec: number;
    readonly uid?: number;
  }): Promise<void>;
}

/** One entry of `RTCConfiguration.iceServers`. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What one party of one call needs to reach the other without a media server. */
export interface PeerCredentials {
  readonly provider: 'webrtc';
  readonly iceServers: readonly IceServer[];
  /** `relay`: neither learns the other's network address. */
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly expiresAt: Date;
}

export interface PeerGateway {
  /**
   * @param request.name what the relay knows this party by
   * @returns credentials with which the relay lets nobody in after `expiresAt`; undefined when the configuration makes
   *   none, also when only a relay is wanted and there is none
   */
  credentials(request: {
    readonly name: string;
    readonly relayOnly: boolean;
    readonly now: Date;
    readonly expiresAt: Date;
  }): PeerCredentials | undefined;
}

/** What the provider tells of somebody in a channel. It may come late, twice and out of order. */
export interface MediaNotice {
  readonly channel: string;
  readonly uid: number;
  readonly event: 'join' | 'leave';
  /** The provider's time. */
  readonly at: Date;
  /** Grows with every event of one uid. */
  readonly seq: number;
  /** Of a leave, in a word. */
  readonly reason?: string;
  /** A leave that a join follows by itself: the connection moved, or the person did to another device. */
  readonly passing?: boolean;
  /** Of a leave: they come and go so often that the provider tells no more of them unless they are removed later. */
  readonly unstable?: boolean;
  /** Of a leave: how long they were in the channel, in seconds. */
  readonly staySec?: number;
}
