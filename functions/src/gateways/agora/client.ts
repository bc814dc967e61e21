/** Agora's channel management over REST: the kicking rule that ends a channel. */

export interface AgoraRestAccount {
  readonly baseUrl: string;
  readonly appId: string;
  readonly customerId: string;
  readonly customerSecret: string;
}

/** Bounds of `time_in_seconds`, from Agora's documentation. */
const MIN_RULE_SEC = 10;
const MAX_RULE_SEC = 86_430;
/** The least that Agora asks for. It recommends 20 s, but who hangs up waits for this; the outbox tries again. */
const TIMEOUT_MS = 5_000;

/**
 * Forbids joining a channel, which also removes whoever is in it. Best effort by nature: the token's expiry is the
 * real limit. Repeating it adds one more rule of the same effect.
 * @throws when Agora refuses or does not answer in time; the message carries the status only
 */
export async function createKickingRule(
  account: AgoraRestAccount,
  rule: { readonly channel: string; readonly lockSec: number },
): Promise<void> {
  const credentials = Buffer.from(`${account.customerId}:${account.customerSecret}`).toString('base64');
  const seconds = Math.min(MAX_RULE_SEC, Math.max(MIN_RULE_SEC, Math.ceil(rule.lockSec)));
  const answer = await fetch(`${account.baseUrl}/dev/v1/kicking-rule`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify({
      appid: account.appId,
      cname: rule.channel,
      time_in_seconds: seconds,
      privileges: ['join_channel'],
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`Agora answered ${answer.status} to a kicking rule`);
}
