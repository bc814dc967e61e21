/** Agora's channel management over REST: the kicking rule that ends a channel. */
import { z } from 'zod';

export interface AgoraRestAccount {
  readonly baseUrl: string;
  readonly appId: string;
  readonly customerId: string;
  readonly customerSecret: string;
}

export interface KickingRule {
  readonly channel: string;
  /** How long nobody may join, in seconds. */
  readonly lockSec: number;
  /** Whom alone it concerns; everyone when left out. */
  readonly uid?: number | undefined;
}

/** Bounds of `time_in_seconds`, from Agora's documentation. */
const MIN_RULE_SEC = 10;
const MAX_RULE_SEC = 86_430;
/** The least that Agora asks for. It recommends 20 s, but who hangs up waits for this; the outbox tries again. */
const TIMEOUT_MS = 5_000;
/** A proxy gave up waiting: the rule may be there or not. */
const GATEWAY_TIMEOUT = 504;
const RULES_PATH = '/dev/v1/kicking-rule';

/**
 * Forbids joining a channel, which also removes whoever is in it. Best effort by nature: the token's expiry is the
 * real limit. When no answer comes, the rules are listed, and the rule is asked for again only if it is not there.
 * @throws when Agora refuses, or was not heard to take it; the message carries the status and the id of the request
 */
export async function createKickingRule(account: AgoraRestAccount, rule: KickingRule): Promise<void> {
  const seconds = Math.min(MAX_RULE_SEC, Math.max(MIN_RULE_SEC, Math.ceil(rule.lockSec)));
  const answer = await ask(account, 'POST', RULES_PATH, {
    appid: account.appId,
    cname: rule.channel,
    ...(rule.uid !== undefined && { uid: rule.uid }),
    time_in_seconds: seconds,
    privileges: ['join_channel'],
  });
  if (answer?.ok === true) return;
  const unheard = answer === undefined || answer.status === GATEWAY_TIMEOUT;
  if (unheard && (await isInForce(account, rule))) return;
  throw new Error(`Agora answered ${statusOf(answer)} to a kicking rule`);
}

const rulesSchema = z.object({
  rules: z.array(
    z.looseObject({
      cname: z.string().nullish(),
      uid: z.number().nullish(),
      privileges: z.array(z.string()),
    }),
  ),
});

/** A rule for everyone is listed with this uid, or with none. */
const EVERYONE = 0;

/** Channel names are never used again, so any rule on this one for the same people is ours. */
async function isInForce(
  account: AgoraRestAccount,
  { channel, uid: wanted = EVERYONE }: KickingRule,
): Promise<boolean> {
  const query = new URLSearchParams({ appid: account.appId });
  const answer = await ask(account, 'GET', `${RULES_PATH}?${query.toString()}`);
  if (answer?.ok !== true) return false;
  const listed = rulesSchema.safeParse(await answer.json().catch(() => undefined));
  return (
    listed.success &&
    listed.data.rules.some(
      ({ cname, uid, privileges }) =>
        cname === channel && (uid ?? EVERYONE) === wanted && privileges.includes('join_channel'),
    )
  );
}

/** @returns undefined when no answer came in time */
async function ask(
  account: AgoraRestAccount,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Response | undefined> {
  const credentials = Buffer.from(`${account.customerId}:${account.customerSecret}`).toString('base64');
  try {
    return await fetch(`${account.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Basic ${credentials}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return undefined;
  }
}

/** The status, and what Agora's support asks for. */
function statusOf(answer: Response | undefined): string {
  if (answer === undefined) return 'nothing';
  const requestId = answer.headers.get('x-request-id');
  return requestId === null ? String(answer.status) : `${answer.status} (request ${requestId})`;
}
