/** Agora RTC tokens (AccessToken2) through the vendor's package, wrapped once so that a bad token cannot leave. */
import { secBetween } from '../../platform/clock.ts';
import type { MediaCredentials } from '../media.ts';

/** Agora honours no token longer than 24 h. */
const MAX_TOKEN_SEC = 86_400;

export interface AgoraProject {
  readonly appId: string;
  readonly appCertificate: string;
}

/**
 * Builds a publisher's token. `privilegeExpire` equals the token's life: with 0 a member would stay for ever.
 * @returns undefined when the package makes none, which it does silently for a malformed app id or certificate
 */
export async function buildRtcCredentials(
  project: AgoraProject,
  request: { readonly channel: string; readonly uid: number; readonly now: Date; readonly expiresAt: Date },
): Promise<MediaCredentials | undefined> {
  const { channel, uid, now, expiresAt } = request;
  if (!/^[\w-]{1,63}$/u.test(channel) || !Number.isInteger(uid) || uid < 1 || uid > 2 ** 31 - 1)
    return undefined;
  const lifeSec = Math.min(MAX_TOKEN_SEC, Math.ceil(secBetween(now, expiresAt)));
  if (lifeSec <= 0) return undefined;
  const { RtcRole, RtcTokenBuilder } = await agoraToken();
  const { appId, appCertificate } = project;
  const token = RtcTokenBuilder.buildTokenWithUid(
    appId,
    appCertificate,
    channel,
    uid,
    RtcRole.PUBLISHER,
    lifeSec,
    lifeSec,
  );
  if (token === '') return undefined;
  return { provider: 'agora', channel, uid, token, appId, expiresAt };
}

async function agoraToken() {
  const { default: agora } = await import('agora-token');
  return agora;
}
