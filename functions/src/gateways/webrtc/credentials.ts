/** What lets two apps reach each other: addresses of STUN servers, and of a relay (TURN) with credentials that end. */
import { createHmac } from 'node:crypto';
import type { IceServer, PeerCredentials, PeerGateway } from '../media.ts';

export interface IceAccount {
  /** `stun:host:port`; they tell an app its public address. */
  readonly stunUrls: readonly string[];
  /** `turn:…` or `turns:…`, all of whom know the secret; empty: there is no relay. */
  readonly turnUrls: readonly string[];
  /** coturn's `static-auth-secret`; read only where there is a relay. */
  turnSecret(): string;
}

/**
 * @param text addresses separated by commas
 * @returns each of them, without empty ones
 */
export function addressesOf(text: string): string[] {
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

/**
 * Credentials as coturn takes them with `use-auth-secret`: the name begins with the second of its end (Unix time), and
 * the password is a signature of the name. The relay checks the time when somebody asks it for a place, and no more.
 * @param name no colon in front of which a number could be mistaken for the time
 */
export function relayCredentials(
  secret: string,
  name: string,
  expiresAt: Date,
): Required<Pick<IceServer, 'username' | 'credential'>> {
  const username = `${Math.floor(expiresAt.getTime() / 1000)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** @returns undefined for an address that is none, a relay without a secret, a wish for a relay that is not there, or a time that has passed */
export function buildPeerCredentials(
  account: IceAccount,
  { name, relayOnly, now, expiresAt }: Parameters<PeerGateway['credentials']>[0],
): PeerCredentials | undefined {
  const { stunUrls, turnUrls } = account;
  const isAddressed = stunUrls.every(isStun) && turnUrls.every(isTurn);
  if (!isAddressed || expiresAt <= now || (relayOnly && turnUrls.length === 0)) return undefined;
  const secret = turnUrls.length === 0 ? undefined : account.turnSecret();
  if (secret === '') return undefined;
  const iceServers: IceServer[] = [
    // Who may only use the relay has no business with a server that learns the app's address.
    ...(relayOnly || stunUrls.length === 0 ? [] : [{ urls: stunUrls }]),
    ...(secret === undefined ? [] : [{ urls: turnUrls, ...relayCredentials(secret, name, expiresAt) }]),
  ];
  return { provider: 'webrtc', iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all', expiresAt };
}

const isStun = (url: string): boolean => /^stuns?:[^\s:?]+(?::\d{1,5})?$/u.test(url);
const isTurn = (url: string): boolean =>
  /^turns?:[^\s:?]+(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/u.test(url);
